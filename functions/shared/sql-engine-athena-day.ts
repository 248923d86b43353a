import { join } from "node:path";
import { ContractError, EngineError } from "./errors.ts";
import type { Relation } from "./relations.ts";
import { runInOrder } from "./run-in-order.ts";
import {
  createDatabase, createExternalTable, createSourceViewSql, createTableAs, dropDatabase,
  parseAthenaType, selectColumns, unload,
} from "./sql-engine-athena-ddl.ts";
import type { ExternalTable } from "./sql-engine-athena-ddl.ts";
import { readRows, runStatement } from "./sql-engine-athena-query.ts";
import type { AthenaSession, FinishedQuery } from "./sql-engine-athena-query.ts";
import type { Stage } from "./sql-engine-athena-stage.ts";
import type { Day } from "./sql-engine-duckdb-day.ts";
import { selectFiles } from "./sql-engine-duckdb-load.ts";
import { quoteText } from "./sql-engine-duckdb-open.ts";
import type { EngineOutput, EngineQuery, EngineResult, Model } from "./sql-engine.ts";

export interface AthenaDayWork {
  readonly session: AthenaSession;
  readonly stage: Stage;
  readonly day: Day;
  /** In order. */
  readonly models: readonly Model[];
  /** Its own, made and dropped here. */
  readonly database: string;
  readonly lakes: readonly { readonly relation: Relation; readonly table: ExternalTable }[];
  readonly tables: readonly ExternalTable[];
  /** The workgroup says where tables lie. */
  readonly isPlaceGiven: boolean;
  /** So many queries beside one another. */
  readonly atOnce: number;
}

/** One statement of a day, in its database. */
type Run = (
  name: string, sql: (attempt: number) => string, more?: { isModel?: true; isScan?: true },
) => Promise<FinishedQuery>;

/** Runs the models of a day in a database of their own; writes what is kept. */
export async function runAthenaDay(work: AthenaDayWork): Promise<EngineResult> {
  const { session, database, day } = work;
  const queries: EngineQuery[] = [];
  const seconds: Record<string, number> = {};
  // Where one statement fails the others under way are stopped: they cost money.
  const failed = new AbortController();
  const run: Run = async (name, sql, { isModel = false, isScan = false } = {}) => {
    const finished = await runStatement(session,
      { name, sql, isModel, isScan, database, signal: failed.signal });
    const { attempt: _, ...query } = finished;
    queries.push(query);
    return finished;
  };
  const timed = async <T>(name: string, step: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await step();
    const taken = Math.round(performance.now() - start) / 1000;
    seconds[name] = Math.round(1000 * ((seconds[name] ?? 0) + taken)) / 1000;
    return result;
  };
  await runStatement(session, {
    name: `create database ${database}`, sql: () => createDatabase(database), isScan: false,
  });
  try {
    await timed("sources", () => createInputs(work, run, failed));
    await runInOrder(work.models, work.atOnce, failed, (model) => timed(model.name, async () => {
      await run(model.name, (attempt) => createTableAs(model.name, model.sql,
        work.isPlaceGiven ? undefined : placeOf(work, `int/${model.name}/${attempt}`)),
      { isModel: true, isScan: true });
    }));
    const kept = work.models.filter((m) => day.keep.includes(m.name));
    if (kept.length === 0) return { outputs: [], seconds, queries };
    await requireColumns(work, run, kept);
    const counts = await countRows(work, run, kept);
    const outputs: EngineOutput[] = [];
    await runInOrder(kept, work.atOnce, failed, async (model) => {
      outputs.push(await timed(model.name, () =>
        writeModel(work, run, model, counts.get(model.name) ?? 0)));
    });
    outputs.sort((a, b) => placeIn(kept, a.name) - placeIn(kept, b.name));
    return { outputs, seconds, queries };
  } finally {
    // Also after an abort, which stops the statements of the day alone.
    const { signal: _, ...cleaning } = session;
    await runStatement(cleaning, {
      name: `drop database ${database}`, sql: () => dropDatabase(database), isScan: false,
    });
  }
}

function placeIn(models: readonly Model[], name: string): number {
  return models.findIndex((m) => m.name === name);
}

function placeOf({ stage, database }: AthenaDayWork, below: string): string {
  return `${stage.work.name}/${stage.runKey}${database}/${below}/`;
}

async function createInputs(
  { day, lakes, tables, atOnce }: AthenaDayWork, run: Run, failed: AbortController,
): Promise<void> {
  const steps = [...lakes.map((l) => l.table), ...tables].map((table) =>
    ({ name: table.name, reads: [] as string[], sql: createExternalTable(table) }));
  for (const { relation, table } of lakes) {
    steps.push({
      name: `src_${relation.name}`, reads: [table.name],
      sql: createSourceViewSql(relation.name, relation.columns, day.asOf),
    });
  }
  await runInOrder(steps, atOnce, failed, async ({ name, sql }) => {
    await run(name, () => sql);
  });
}

/** Throws ContractError when the made columns are not those of the header. */
async function requireColumns(
  { session, database }: AthenaDayWork, run: Run, kept: readonly Model[],
): Promise<void> {
  const rows = await readRows(session, await run("columns",
    () => selectColumns(database, kept.map((m) => m.name)), { isScan: true }));
  for (const model of kept) {
    const found = rows.filter(([table]) => table === model.name).map(([, name, type]) =>
      `${name} ${parseAthenaType(type ?? "") ?? type}`).join(", ");
    const stated = model.columns.map((c) => `${c.name} ${c.type}`).join(", ");
    if (found !== stated) {
      throw new ContractError(`${model.name}.sql: invalid columns: ${found}; header: ${stated}`);
    }
  }
}

function whereOf({ day }: AthenaDayWork, model: Model): string {
  const only = day.only?.[model.name];
  return only ? ` WHERE ${only.column} = ${quoteText(only.value)}` : "";
}

async function countRows(
  work: AthenaDayWork, run: Run, kept: readonly Model[],
): Promise<ReadonlyMap<string, number>> {
  const sql = kept.map((m) => `SELECT ${quoteText(m.name)} AS relation, count(*) AS n_rows ` +
    `FROM ${m.name}${whereOf(work, m)}`).join(" UNION ALL ");
  const rows = await readRows(work.session, await run("counts", () => sql, { isScan: true }));
  return new Map(rows.map(([name, n]) => [name ?? "", Number(n)]));
}

/**
 * Brings a relation here and writes it as the embedded engine does: sorted by grain, then by every
 * column, the same bytes for the same rows. Throws EngineError where rows got lost on the way.
 */
async function writeModel(
  work: AthenaDayWork, run: Run, model: Model, n: number,
): Promise<EngineOutput> {
  const { stage, day, database } = work;
  const names = model.columns.map((c) => c.name);
  const place = `out/${model.name}`;
  const { attempt } = await run(`write ${model.name}`, (tried) => unload(
    `SELECT ${names.join(", ")} FROM ${model.name}${whereOf(work, model)}`,
    placeOf(work, `${place}/${tried}`)), { isScan: true });
  const below = `${stage.runKey}${database}/${place}/${attempt}/`;
  const parts: string[] = [];
  for (const { key, sizeBytes } of await stage.work.list(below)) {
    if (sizeBytes > 0) parts.push(await stage.work.fetchToFile(key, stage.scratch));
  }
  const path = join(day.outDir, `${model.name}.parquet`);
  const order = [...model.grain, ...names.filter((name) => !model.grain.includes(name))];
  const { rowsChanged: rows } = await stage.connection.run(
    `COPY (${selectFiles(model.columns, parts)} ORDER BY ${order.join(", ")}) ` +
    `TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`);
  if (rows !== n) {
    throw new EngineError(`athena: ${model.name}: ${n} rows there, ${rows} came; run it again`);
  }
  return { name: model.name, path, rows };
}
