import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Column } from "../../functions/shared/relations.ts";
import { sourceRelations } from "../../functions/shared/sql-engine-duckdb.ts";
import { createSmallTable } from "../../functions/shared/sql-engine-duckdb-load.ts";
import type { EngineRequest, SmallTable } from "../../functions/shared/sql-engine.ts";
import { trinoType } from "./plain-rows.ts";
import { queryTrino } from "./trino-client.ts";
import type { TrinoServer } from "./trino-server.ts";

/**
 * Makes in a new schema what models read beside other models: the lake's Parquet files under
 * views cut at the day, the small tables and run_context.
 */
export async function createTrinoInputs(
  trino: TrinoServer, schema: string, request: EngineRequest,
): Promise<void> {
  const { url, root } = trino;
  await queryTrino(url, `CREATE SCHEMA hive.${schema}`, schema);
  const read = new Set(request.models.flatMap((m) => m.reads));
  const createTable = async (
    name: string, columns: readonly Column[], fill: (folder: string) => Promise<void> | void,
  ): Promise<void> => {
    mkdirSync(join(root, schema, name), { recursive: true });
    await fill(join(root, schema, name));
    const list = columns.map((c) => `${c.name} ${trinoType(c.type)}`).join(", ");
    await queryTrino(url, `CREATE TABLE hive.${schema}.${name} (${list}) WITH (` +
      `external_location = 'local:///${schema}/${name}', format = 'PARQUET')`, schema);
  };
  for (const { name, columns } of sourceRelations.filter((r) => read.has(`src_${r.name}`))) {
    await createTable(`lake_${name}`, columns, (folder) => {
      for (const [i, { path }] of (request.sources.get(name) ?? []).entries()) {
        copyFileSync(path, join(folder, `${i}.parquet`));
      }
    });
    const list = columns.map((c) => `l.${c.name}`).join(", ");
    await queryTrino(url, `CREATE VIEW src_${name} AS SELECT ${list} FROM lake_${name} AS l ` +
      `WHERE l.known_on <= DATE '${request.asOf}'`, schema);
  }
  for (const table of [contextTable(request), ...request.tables]) {
    if (!read.has(table.name)) continue;
    await createTable(table.name, table.columns, (folder) =>
      writeParquet(table, join(folder, "rows.parquet")));
  }
}

function contextTable({ asOf, runId }: EngineRequest): SmallTable {
  return {
    name: "run_context",
    columns: [
      { name: "as_of_date", type: "DATE", meaning: "" },
      { name: "run_id", type: "VARCHAR", meaning: "" },
    ],
    rows: [[asOf, runId]],
  };
}

async function writeParquet(table: SmallTable, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await createSmallTable(connection, table);
  await connection.run(`COPY ${table.name} TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}
