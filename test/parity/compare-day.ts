import { rmSync } from "node:fs";
import { join } from "node:path";
import { orderModels } from "../../functions/shared/sql-engine-order.ts";
import type { EngineRequest, EngineResult, Model } from "../../functions/shared/sql-engine.ts";
import { hashRelation, plainTrinoRelation, readDuckRelation } from "./plain-rows.ts";
import type { PlainRelation } from "./plain-rows.ts";
import { queryTrino } from "./trino-client.ts";
import { createTrinoInputs } from "./trino-tables.ts";
import type { TrinoServer } from "./trino-server.ts";

export interface ComparedModel {
  readonly name: string;
  readonly rows: number;
  /** Of columns and rows, as DuckDB gave them. */
  readonly sha256: string;
  /** What is not the same, some lines; empty where nothing differs. */
  readonly differences: readonly string[];
}

/**
 * Runs every model of a request that DuckDB has run, keeping all, on Trino over the same Parquet
 * and compares columns, types and rows. A model that Trino refuses is a difference, and so are all
 * that read it. The schema is gone afterwards.
 */
export async function compareDay(
  trino: TrinoServer, request: EngineRequest, result: EngineResult,
): Promise<readonly ComparedModel[]> {
  const schema = `day_${request.asOf.replaceAll("-", "_")}`;
  await createTrinoInputs(trino, schema, request);
  const compared: ComparedModel[] = [];
  const given = new Set(request.models.flatMap((m) => m.reads));
  for (const model of orderModels(request.models, given, (m) => m.reads)) {
    const path = result.outputs.find((o) => o.name === model.name)?.path;
    if (path === undefined) throw new Error(`${model.name}: not kept by DuckDB`);
    const duck = await readDuckRelation(path);
    const differences = await runOnTrino(trino, schema, model).then(
      (found) => describeDifferences(duck, found),
      (error: unknown) => [`refused: ${error instanceof Error ? error.message : String(error)}`]);
    compared.push({
      name: model.name, rows: duck.rows.length, sha256: hashRelation(duck), differences,
    });
  }
  await queryTrino(trino.url, `DROP SCHEMA hive.${schema} CASCADE`, schema);
  rmSync(join(trino.root, schema), { recursive: true, force: true });
  return compared;
}

async function runOnTrino(
  { url }: TrinoServer, schema: string, model: Model,
): Promise<PlainRelation> {
  await queryTrino(url, `CREATE TABLE ${model.name} WITH (format = 'PARQUET') AS\n${model.sql}`,
    schema);
  const described = await queryTrino(url, `DESCRIBE ${model.name}`, schema);
  const names = model.columns.map((c) => c.name).join(", ");
  const { columns, rows } = await queryTrino(url, `SELECT ${names} FROM ${model.name}`, schema);
  return plainTrinoRelation(described.rows, columns, rows);
}

function describeDifferences(duck: PlainRelation, trino: PlainRelation): readonly string[] {
  const lines: string[] = [];
  if (duck.columns.join() !== trino.columns.join()) {
    lines.push(`columns: duckdb ${duck.columns.join(", ")}; trino ${trino.columns.join(", ")}`);
  }
  if (hashRelation({ ...duck, columns: [] }) !== hashRelation({ ...trino, columns: [] })) {
    const [inDuck, inTrino] = [new Set(duck.rows), new Set(trino.rows)];
    lines.push(`rows: duckdb ${duck.rows.length}, trino ${trino.rows.length}`);
    for (const row of duck.rows.filter((r) => !inTrino.has(r)).slice(0, 3)) {
      lines.push(`only duckdb: ${row}`);
    }
    for (const row of trino.rows.filter((r) => !inDuck.has(r)).slice(0, 3)) {
      lines.push(`only trino: ${row}`);
    }
  }
  return lines;
}
