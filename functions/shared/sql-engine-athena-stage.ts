import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ContractError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { Column } from "./relations.ts";
import type { ExternalTable } from "./sql-engine-athena-ddl.ts";
import { createSmallTable } from "./sql-engine-duckdb-load.ts";
import { quoteText } from "./sql-engine-duckdb-open.ts";
import type { SmallTable, SourceFile } from "./sql-engine.ts";

/** Where the inputs of a run are laid for Athena to read. */
export interface Stage {
  readonly work: ObjectStore;
  /** Key of the run in the work store, ending in `/`. */
  readonly runKey: string;
  /** Makes small Parquet files; nothing stays in it. */
  readonly connection: DuckDBConnection;
  /** Local folder that the connection may write to. */
  readonly scratch: string;
}

/**
 * A lake relation as external table `lake_<relation>`: files that lie in S3 already are named in a
 * text, local ones are sent there first.
 */
export async function stageLake(
  { work, runKey }: Stage, relation: string, columns: readonly Column[],
  files: readonly SourceFile[],
): Promise<ExternalTable> {
  const paths = files.map((f) => f.path);
  const isLinked = paths.some((path) => path.startsWith("s3://"));
  const folder = `${runKey}in/lake_${relation}/`;
  if (isLinked) {
    const local = paths.find((path) => !path.startsWith("s3://"));
    if (local !== undefined) {
      throw new ContractError(`${relation}: source neither all local nor all in S3: ${local}`);
    }
    await work.put(`${folder}files.txt`, `${paths.join("\n")}\n`);
  } else {
    for (const [i, path] of paths.entries()) await work.putFile(`${folder}${i}.parquet`, path);
  }
  return { name: `lake_${relation}`, columns, location: `${work.name}/${folder}`, isLinked };
}

/**
 * Rows as external table; `place` keeps apart tables of the same name. Throws ContractError for a
 * cell that is not of its column's type.
 */
export async function stageSmallTable(
  { work, runKey, connection, scratch }: Stage, table: SmallTable, place: number,
): Promise<ExternalTable> {
  await createSmallTable(connection, table);
  const path = join(scratch, `${table.name}-${place}.parquet`);
  await connection.run(`COPY ${table.name} TO ${quoteText(path)} (FORMAT parquet)`);
  await connection.run(`DROP TABLE ${table.name}`);
  const folder = `${runKey}in/${table.name}-${place}/`;
  await work.putFile(`${folder}rows.parquet`, path);
  return {
    name: table.name, columns: table.columns, location: `${work.name}/${folder}`, isLinked: false,
  };
}

/** The one row that every model may read. */
export function buildContextTable(asOf: string, runId: string): SmallTable {
  return {
    name: "run_context",
    columns: [
      { name: "as_of_date", type: "DATE", meaning: "as-of day" },
      { name: "run_id", type: "VARCHAR", meaning: "run" },
    ],
    rows: [[asOf, runId]],
  };
}
