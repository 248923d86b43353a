import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { sourceRelations, tableNames } from "../../functions/shared/sql-engine-duckdb.ts";
import { createSmallTable, selectFiles } from "../../functions/shared/sql-engine-duckdb-load.ts";
import { quoteText } from "../../functions/shared/sql-engine-duckdb-open.ts";
import { neededModels, orderModels } from "../../functions/shared/sql-engine-order.ts";
import type {
  EarlierDay, EngineOutput, EngineRequest, EngineResult, Model, SqlEngine,
} from "../../functions/shared/sql-engine.ts";

/**
 * The statements of a request as anybody would run them in DuckDB: views over the Parquet files,
 * each model a table, what is kept copied out in its order; nothing is split, dropped or checked,
 * memory is DuckDB's default. `seconds.all` is the whole.
 */
export function createPlainEngine(spillFolder: string): SqlEngine {
  return {
    name: "plain",
    async run(request) {
      const from = performance.now();
      const instance = await DuckDBInstance.create(":memory:", {
        threads: "2", temp_directory: spillFolder,
      });
      const connection = await instance.connect();
      await connection.run("SET TimeZone = 'Asia/Shanghai'");
      const given = new Set([
        "run_context", ...sourceRelations.map((r) => `src_${r.name}`),
        ...request.tables.map((table) => table.name),
      ]);
      const order = orderModels(request.models, given, (m) => tableNames(connection, m));
      const outputs = await runDay(connection, request, request, order, "own");
      const earlier = request.earlier && await runDay(
        connection, request, request.earlier, neededModels(order, request.earlier.keep), "earlier");
      connection.closeSync();
      instance.closeSync();
      const seconds = { all: (performance.now() - from) / 1000 };
      const result: EngineResult = { outputs, seconds };
      return { ...result, ...(earlier && { earlier: { outputs: earlier, seconds: {} } }) };
    },
  };
}

async function runDay(
  connection: DuckDBConnection, request: EngineRequest, day: EarlierDay, models: readonly Model[],
  schema: string,
): Promise<readonly EngineOutput[]> {
  mkdirSync(day.outDir, { recursive: true });
  await connection.run(`CREATE SCHEMA ${schema}; SET search_path = '${schema}'`);
  await connection.run(`CREATE TABLE run_context AS SELECT DATE '${day.asOf}' AS as_of_date,
    CAST('${day.runId}' AS varchar) AS run_id`);
  for (const { name, columns } of sourceRelations) {
    const paths = (request.sources.get(name) ?? []).map((file) => file.path);
    await connection.run(`CREATE VIEW src_${name} AS SELECT s.* FROM (${
      selectFiles(columns, paths)}) AS s WHERE s.known_on <= DATE '${day.asOf}'`);
  }
  for (const table of day.tables) await createSmallTable(connection, table, schema);
  const outputs: EngineOutput[] = [];
  for (const model of models) {
    await connection.run(`CREATE TABLE ${model.name} AS (\n${model.sql}\n)`);
    if (!day.keep.includes(model.name)) continue;
    const path = join(day.outDir, `${model.name}.parquet`);
    const names = model.columns.map((column) => column.name);
    const sorted = [...model.grain, ...names.filter((name) => !model.grain.includes(name))];
    const copied = await connection.run(`COPY (SELECT ${names.join(", ")} FROM ${model.name}
      ORDER BY ${sorted.join(", ")}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`);
    outputs.push({ name: model.name, path, rows: copied.rowsChanged });
  }
  await connection.run(`SET search_path = 'main'; DROP SCHEMA ${schema} CASCADE`);
  return outputs;
}
