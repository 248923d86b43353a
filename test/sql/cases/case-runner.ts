import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { createSmallTable } from "../../../functions/shared/sql-engine-duckdb-load.ts";
import { sourceRelations, tableNames } from "../../../functions/shared/sql-engine-duckdb.ts";
import { neededModels, orderModels } from "../../../functions/shared/sql-engine-order.ts";
import type { Model, SmallTable } from "../../../functions/shared/sql-engine.ts";
import { sharedTables } from "./case-inputs.ts";
import type { CaseInputs } from "./case-inputs.ts";
import { readDouble } from "./fill-defaults.ts";
import type { CaseExpectation, SqlCase } from "./read-case.ts";

/** Both sides as sorted lines, `column=value` each: a difference can be read off. */
export interface Comparison {
  readonly found: readonly string[];
  readonly expected: readonly string[];
}
export interface CaseRunner {
  /** Compares all expectations of one day; their models run once. */
  compare(
    sqlCase: SqlCase, inputs: CaseInputs, asOf: string, wanted: readonly CaseExpectation[],
  ): Promise<readonly Comparison[]>;
  close(): void;
}

/**
 * One DuckDB for all cases: a schema a case. What is shared is made once: in `main` seeds, empty
 * sources, and models that read nothing but seeds; in a schema a day the models that a case of
 * that day needs and that nothing it brings reaches. The others a case makes again.
 */
export async function openCaseRunner(models: readonly Model[]): Promise<CaseRunner> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (const table of sharedTables) await createSmallTable(connection, table);
  const emptySources = sourceRelations.map((r): SmallTable =>
    ({ name: `src_${r.name}`, columns: r.columns, rows: [] }));
  for (const table of emptySources) await createSmallTable(connection, table);
  const given = new Set(
    ["run_context", ...[...sharedTables, ...emptySources].map((t) => t.name)],
  );
  const order = orderModels(models, given, (m) => tableNames(connection, m));
  const seedNames = new Set(sharedTables.map((t) => t.name).filter((n) => /^(seed|dim)_/.test(n)));
  const ofSeeds = new Set<string>();
  for (const model of order) {
    if (!model.reads.every((name) => seedNames.has(name) || ofSeeds.has(name))) continue;
    await connection.run(`CREATE TABLE main.${model.name} AS (\n${model.sql}\n)`);
    ofSeeds.add(model.name);
  }
  const ofDays = new Map<string, Set<string>>();
  let schemas = 0;
  return {
    async compare(sqlCase, inputs, asOf, wanted) {
      const compared = wanted.map(({ relation }) => {
        const model = models.find((m) => m.name === relation);
        if (!model) throw new Error(`${sqlCase.name}: unknown relation: ${relation}`);
        return model;
      });
      const day = `day_${asOf.replaceAll("-", "_")}`;
      const ofDay = ofDays.get(day) ?? new Set();
      if (!ofDays.has(day)) {
        ofDays.set(day, ofDay);
        await connection.run(`CREATE SCHEMA ${day}; CREATE TABLE ${day}.run_context AS
          SELECT DATE '${asOf}' AS as_of_date, CAST('case' AS varchar) AS run_id`);
      }
      const sources = [...inputs.sources.values()].map((t) => cutAt(t, asOf));
      const own = new Set([...sources, ...inputs.tables].map((t) => t.name));
      const reached: Model[] = [];
      await connection.run(`SET search_path = '${day},main'`);
      const toRun = order.filter((m) => !inputs.givenModels.has(m.name));
      for (const next of neededModels(toRun, compared.map((m) => m.name))) {
        if (next.reads.some((name) => own.has(name))) {
          reached.push(next);
          own.add(next.name);
        } else if (!ofSeeds.has(next.name) && !ofDay.has(next.name)) {
          await connection.run(`CREATE TABLE ${day}.${next.name} AS (\n${next.sql}\n)`);
          ofDay.add(next.name);
        }
      }
      const schema = `case_${++schemas}`;
      await connection.run(`CREATE SCHEMA ${schema}; CREATE SCHEMA ${schema}_system;
        SET search_path = '${schema}_system,${schema},${day},main'`);
      for (const table of [...sources, ...inputs.tables.map((t) => cutAt(t, asOf))]) {
        await createSmallTable(connection, table, schema);
      }
      for (const next of reached) await runModel(connection, schema, next, sources);
      const comparisons: Comparison[] = [];
      for (const [i, model] of compared.entries()) {
        comparisons.push(await compareRows(connection, sqlCase, wanted[i]!, model));
      }
      await connection.run(`SET search_path = 'main'; DROP SCHEMA ${schema}_system CASCADE;
        DROP SCHEMA ${schema} CASCADE`);
      return comparisons;
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Rows known on the day, as the source views of the engine restrict them. */
function cutAt(table: SmallTable, asOf: string): SmallTable {
  const known = table.columns.findIndex((c) => c.name === "known_on");
  if (known < 0) return table;
  return { ...table, rows: table.rows.filter((row) => String(row[known]) <= asOf) };
}

/** A `per: system` model runs both ways, all at once and system by system: same rows. */
async function runModel(
  connection: DuckDBConnection, schema: string, model: Model, sources: readonly SmallTable[],
): Promise<void> {
  const target = `${schema}.${model.name}`;
  await connection.run(`CREATE TABLE ${target} AS (\n${model.sql}\n)`);
  const read = sources.filter((t) => model.reads.includes(t.name));
  const systems = [...new Set(read.flatMap((t) => t.rows.map((row) => String(row[0]))))].sort();
  if (!model.isPerSystem || systems.length < 2) return;
  const parts = `${schema}_system.per_system`;
  await connection.run(`CREATE TABLE ${parts} AS SELECT * FROM ${target} WHERE false`);
  for (const system of systems) {
    for (const table of read) {
      const rows = table.rows.filter((row) => row[0] === system);
      await connection.run(`DROP TABLE IF EXISTS ${schema}_system.${table.name}`);
      await createSmallTable(connection, { ...table, rows }, `${schema}_system`);
    }
    await connection.run(`INSERT INTO ${parts} (\n${model.sql}\n)`);
  }
  for (const table of read) await connection.run(`DROP TABLE ${schema}_system.${table.name}`);
  const differing = (await connection.runAndReadAll(`
    (SELECT * FROM ${parts} EXCEPT ALL SELECT * FROM ${target})
    UNION ALL (SELECT * FROM ${target} EXCEPT ALL SELECT * FROM ${parts})`)).getRowsJson();
  if (differing.length > 0) {
    throw new Error(`${model.name}: other rows when run per system: ${JSON.stringify(differing)}`);
  }
  await connection.run(`DROP TABLE ${parts}`);
}

/** One row of each grain, as the model's header says. */
async function requireGrain(
  connection: DuckDBConnection, sqlCase: SqlCase, model: Model,
): Promise<void> {
  const grain = model.grain.length > 0 ? model.grain.join(", ") : "1";
  const twice = (await connection.runAndReadAll(
    `SELECT ${grain} FROM ${model.name} GROUP BY ${grain} HAVING count(*) > 1 LIMIT 1`,
  )).getRowsJson();
  if (twice.length === 0) return;
  throw new Error(`${sqlCase.name}: ${model.name}: more than one row of its grain: ` +
    `${grain} = ${JSON.stringify(twice[0])}`);
}

async function compareRows(
  connection: DuckDBConnection, sqlCase: SqlCase, wanted: CaseExpectation, model: Model,
): Promise<Comparison> {
  await requireGrain(connection, sqlCase, model);
  const columns = wanted.table.columns.map((name) => {
    const column = model.columns.find((c) => c.name === name);
    if (!column) throw new Error(`${sqlCase.name}: unknown column: ${wanted.relation}.${name}`);
    return column;
  });
  const conditions = Object.entries(sqlCase.only[wanted.relation] ?? {}).map(([column, values]) =>
    `${column} IN (${values.map((v) => `'${v.replaceAll("'", "''")}'`).join(", ")})`);
  const list = columns.map((c) =>
    c.type === "DOUBLE" ? c.name : `CAST(${c.name} AS varchar) AS ${c.name}`);
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : "";
  const reader = await connection.runAndReadAll(
    `SELECT ${list.join(", ")} FROM ${wanted.relation}${where}`,
  );
  // Bounds come from a root: how they are written decides the last digit, and the case says `~`.
  const isRounded = columns.map((c) => wanted.table.rows.some((r) => r[c.name]?.startsWith("~")));
  const line = (cell: (index: number) => unknown): string => columns.map((c, i) => {
    const value = cell(i) ?? "NULL";
    return `${c.name}=${isRounded[i] && typeof value === "number" ? value.toFixed(12) : value}`;
  }).join("  ");
  const found = reader.getRows().map((row) => line((i) => row[i]));
  const expected = wanted.table.rows.map((row, n) => line((i) => {
    const { name, type } = columns[i]!;
    const text = row[name] ?? "";
    if (text === "") return null;
    if (text === "''") return "";
    return type === "DOUBLE"
      ? readDouble(text.replace(/^~/, ""), `${wanted.relation} row ${n + 1}.${name}`) : text;
  }));
  return { found: found.sort(), expected: expected.sort() };
}
