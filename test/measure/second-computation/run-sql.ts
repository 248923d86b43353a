import type { DuckDBConnection } from "@duckdb/node-api";
import { buildSeedTables } from "../../../functions/measure/seed-tables.ts";
import { exportRelation, ledgerRelation } from "../../../functions/shared/relations.ts";
import type { Column, Relation } from "../../../functions/shared/relations.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import type { Seed } from "../../../functions/shared/seeds.ts";
import { createSmallTable } from "../../../functions/shared/sql-engine-duckdb-load.ts";
import { sourceRelations, tableNames } from "../../../functions/shared/sql-engine-duckdb.ts";
import { neededModels, orderModels } from "../../../functions/shared/sql-engine-order.ts";
import type { Model, SmallTable } from "../../../functions/shared/sql-engine.ts";
import type { History } from "./lake.ts";

type Row = Readonly<Record<string, unknown>>;
let schemas = 0;
/** Text of a model → relations named in it: the same for every history. */
const namesInSql = new Map<string, readonly string[]>();

/** Rows of the wanted relations, from the models of sql/, over a history as of a day. */
export async function runSql(
  connection: DuckDBConnection, models: readonly Model[], history: History, asOf: string,
  wanted: readonly string[],
): Promise<Readonly<Record<string, readonly Row[]>>> {
  const schema = `history_${++schemas}`;
  await connection.run(`CREATE SCHEMA ${schema}; USE ${schema};
    CREATE TABLE run_context AS
      SELECT DATE '${asOf}' AS as_of_date, CAST('second' AS varchar) AS run_id`);
  const tables = buildTables(history, asOf);
  for (const table of tables) await createSmallTable(connection, table, schema);
  const given = new Set(["run_context", ...tables.map((t) => t.name)]);
  const order = orderModels(models, given, (m) => {
    const names = namesInSql.get(m.sql) ?? tableNames(connection, m);
    namesInSql.set(m.sql, names);
    return names;
  });
  for (const model of neededModels(order, wanted)) {
    await connection.run(`CREATE TABLE ${model.name} AS (\n${model.sql}\n)`);
  }
  const found: Record<string, readonly Row[]> = {};
  for (const name of wanted) found[name] = await readRows(connection, name);
  await connection.run(`USE main; DROP SCHEMA ${schema} CASCADE`);
  return found;
}

function buildTables(history: History, asOf: string): readonly SmallTable[] {
  const sources = sourceRelations.map((r) => ({
    ...lakeTable(history, r, (row) => String(row.known_on) <= asOf), name: `src_${r.name}`,
  }));
  return [...sources, ...buildSideTables(history, asOf)];
}

/** Rows of a lake relation of the history. */
export function lakeTable(
  history: History, relation: Relation, isWanted: (row: Row) => boolean,
): SmallTable {
  const rows = (history as unknown as Record<string, readonly Row[]>)[relation.name] ?? [];
  return table(relation.name, relation.columns, rows.filter(isWanted));
}

/** Arrivals known on the day, contracts and seeds. */
export function buildSideTables(history: History, asOf: string): readonly SmallTable[] {
  const known = (rows: readonly object[]): readonly Row[] =>
    (rows as Row[]).filter((r) => String(r.known_on) <= asOf);
  return [
    table(ledgerRelation.name, ledgerRelation.columns, known(history.file_arrival)),
    table(exportRelation.name, exportRelation.columns, history.export_contract),
    ...buildSeedTables(buildSeeds(history)),
  ];
}

function table(name: string, columns: readonly Column[], rows: readonly object[]): SmallTable {
  return {
    name, columns,
    rows: rows.map((row) => columns.map((c) =>
      ((row as Row)[c.name] ?? null) as string | number | boolean | null)),
  };
}

/** The seeds that a history replaces, without their texts. */
export function buildSeeds(history: History): ReadonlyMap<string, Seed> {
  const seed = (name: string, rows: readonly Readonly<Record<string, string>>[]):
  [string, Seed] => [name, { name, text: "", columns: Object.keys(rows[0] ?? {}), rows }];
  return new Map([
    ["figures.csv", readShippedSeed("figures.csv")], ["states.csv", readShippedSeed("states.csv")],
    seed("divisions.csv", history.divisions.map((d) => ({
      county_code: d.county_code, county_name: d.county_name, city_code: `${d.city_code}00`,
      city_name: d.city_name, deep_poverty: String(d.is_deep_poverty),
      poverty: String(d.is_poverty), ethnic: String(d.is_ethnic),
      three_prefectures: String(d.is_three_prefectures),
    }))),
    seed("ability_points.csv", [...history.abilityPoints].map(([ability_code, dimension_code]) =>
      ({ ability_code, dimension_code }))),
    seed("programmes.csv", history.programmes.map((p) => ({
      programme_code: p.programme_code, title: p.title, phases: String(p.phases),
      seats_per_phase: p.seats_per_phase === undefined ? "" : String(p.seats_per_phase),
      online_hours: "", practice_hours: "",
    }))),
    seed("parameters.csv", history.parameters.map((p) => ({ ...p }))),
    seed("system_priority.csv", history.priority.map((system, i) =>
      ({ system, priority: String(i + 1) }))),
    seed("training_crosswalk.csv", [...history.crosswalk].flatMap(([source_system, ids]) =>
      [...ids].map(([source_training_id, training_id]) =>
        ({ source_system, source_training_id, training_id })))),
  ]);
}

/** Rows with days as text and counts as numbers. */
async function readRows(connection: DuckDBConnection, name: string): Promise<readonly Row[]> {
  const reader = await connection.runAndReadAll(`SELECT * FROM ${name}`);
  const names = reader.columnNames();
  return reader.getRows().map((row) => Object.fromEntries(row.map((value, i) => [
    names[i]!,
    typeof value === "bigint" ? Number(value)
      : value !== null && typeof value === "object" ? String(value) : value,
  ])));
}
