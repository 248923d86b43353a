import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ContractError, EngineError } from "./errors.ts";
import { relations, runPointRelation } from "./relations.ts";
import type { Relation } from "./relations.ts";
import { requireDayAndRun } from "./sql-engine-order.ts";
import { createSmallTable } from "./sql-engine-duckdb-load.ts";
import { quoteText } from "./sql-engine-duckdb-open.ts";
import type {
  EarlierDay, EngineOutput, EngineRequest, EngineResult, Model, SourceFile,
} from "./sql-engine.ts";

/** Relations that models may read as `src_<name>`: everything that is not personal. */
export const sourceRelations: readonly Relation[] =
  [...relations.filter((r) => !r.isPrivate), runPointRelation];

/** A day of a request: its own, or the earlier one. */
export interface Day extends EarlierDay {
  readonly only?: EngineRequest["only"];
}
export interface DayWork {
  /** Finds names in the schema first; nothing there yet. */
  readonly connection: DuckDBConnection;
  readonly schema: string;
  readonly day: Day;
  readonly models: readonly Model[];
  readonly sources: ReadonlyMap<string, readonly SourceFile[]>;
  /**
   * SELECT from a relation under the alias p, without WHERE; `system`: rows of other systems may
   * be left out.
   */
  selectSource(relation: Relation, system?: string): string;
  /** Save memory: run system by system what can be, drop what is no longer read. */
  readonly isLarge: boolean;
}

/** Seconds by what took them. */
export type Seconds = Record<string, number>;

/** Runs the models of a day one after the other, as they come in order; writes what is kept. */
export async function runDay(work: DayWork): Promise<EngineResult> {
  const { connection, models } = work;
  const seconds: Seconds = {};
  await timed(seconds, "sources", () => createInputs(work));
  const outputs: EngineOutput[] = [];
  const lastReader = new Map<string, string>();
  for (const model of models) for (const name of model.reads) lastReader.set(name, model.name);
  for (const model of models) {
    await timed(seconds, model.name, async () => {
      outputs.push(...await runModel(work, model));
      const isOver = (done: Model): boolean =>
        (lastReader.get(done.name) ?? done.name) === model.name;
      for (const done of work.isLarge ? models.filter(isOver) : []) {
        await connection.run(`DROP TABLE ${done.name}`);
      }
    });
  }
  return { outputs, seconds };
}

export async function timed<T>(seconds: Seconds, name: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  seconds[name] = Math.round(performance.now() - start) / 1000;
  return result;
}

/** Makes one relation, whose inputs are there; writes it if it is kept. */
export async function runModel(
  work: DayWork, model: Model,
): Promise<readonly EngineOutput[]> {
  const { connection, day } = work;
  await createModel(work, model);
  if (!day.keep.includes(model.name)) return [];
  await requireColumns(connection, model);
  return [await writeModel(connection, model, day)];
}

/** What the models of a day read besides one another. */
export async function createInputs(work: DayWork): Promise<void> {
  const { connection, day: { asOf, runId, tables }, models, schema } = work;
  requireDayAndRun(work.day);
  await connection.run(`CREATE TABLE run_context AS SELECT DATE '${asOf}' AS as_of_date, ` +
    `CAST('${runId}' AS varchar) AS run_id`);
  const read = new Set(models.flatMap((m) => m.reads));
  for (const relation of sourceRelations) {
    if (read.has(`src_${relation.name}`)) await createSourceView(work, relation);
  }
  for (const table of tables) {
    if (read.has(table.name)) await createSmallTable(connection, table, schema);
  }
}

/** `system` restricts the view to the rows of one system, for `per: system` models. */
async function createSourceView(
  { connection, day, selectSource }: DayWork, relation: Relation, system?: string,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE VIEW src_${relation.name} AS ` +
    `SELECT s.* FROM (${selectSource(relation, system)}) AS s ` +
    `WHERE s.known_on <= DATE '${day.asOf}'`);
}

async function createModel(work: DayWork, model: Model): Promise<void> {
  const make = async (start: string): Promise<void> => {
    try {
      await work.connection.run(`${start} (\n${model.sql}\n)`);
    } catch (error) {
      throw modelError(model, error);
    }
  };
  if (!model.isPerSystem || !work.isLarge) return make(`CREATE TABLE ${model.name} AS`);
  const read = sourceRelations.filter((r) => model.reads.includes(`src_${r.name}`));
  const systems = [...new Set(
    read.flatMap((r) => (work.sources.get(r.name) ?? []).map((f) => f.system)),
  )].sort();
  if (systems.length === 0) return make(`CREATE TABLE ${model.name} AS`);
  for (const [i, system] of systems.entries()) {
    for (const relation of read) await createSourceView(work, relation, system);
    await make(i === 0 ? `CREATE TABLE ${model.name} AS` : `INSERT INTO ${model.name}`);
  }
  for (const relation of read) await createSourceView(work, relation);
}

function modelError(model: Model, error: unknown): Error {
  const text = error instanceof Error ? error.message : String(error);
  // What the text of a model can be blamed for; everything else is the engine's.
  const isModels =
    /^(Parser|Binder|Catalog|Conversion|Out of Range|Not implemented|Invalid Input) /i.test(text);
  return isModels
    ? new ContractError(`${model.name}.sql: invalid: ${text.split("\n")[0]}`, { cause: error })
    : new EngineError(`${model.name}: engine failed`, { cause: error });
}

/** Throws ContractError when the made columns are not those of the header. */
async function requireColumns(connection: DuckDBConnection, model: Model): Promise<void> {
  const rows = (await connection.runAndReadAll(`DESCRIBE ${model.name}`)).getRowsJson();
  const found = rows.map((r) => `${r[0]} ${r[1]}`).join(", ");
  const stated = model.columns.map((c) => `${c.name} ${c.type}`).join(", ");
  if (found !== stated) {
    throw new ContractError(`${model.name}.sql: invalid columns: ${found}; header: ${stated}`);
  }
}

/** Sorted by grain, then by every column, so that the bytes do not depend on threads. */
async function writeModel(
  connection: DuckDBConnection, model: Model, day: Day,
): Promise<EngineOutput> {
  const path = join(day.outDir, `${model.name}.parquet`);
  const names = model.columns.map((c) => c.name);
  const order = [...model.grain, ...names.filter((n) => !model.grain.includes(n))];
  const only = day.only?.[model.name];
  const where = only ? ` WHERE ${only.column} = ${quoteText(only.value)}` : "";
  const result = await connection.run(
    `COPY (SELECT ${names.join(", ")} FROM ${model.name}${where} ORDER BY ${order.join(", ")}) ` +
    `TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  return { name: model.name, path, rows: result.rowsChanged };
}

/** By SQL: a night asks for two days, and every question anew. */
const namesBySql = new Map<string, readonly string[]>();

/** Relations named in the SQL, CTEs left out. */
export function tableNames(connection: DuckDBConnection, model: Model): readonly string[] {
  const known = namesBySql.get(model.sql);
  if (known) return known;
  try {
    const names = connection.getTableNames(model.sql, false);
    namesBySql.set(model.sql, names);
    return names;
  } catch (error) {
    throw modelError(model, error);
  }
}
