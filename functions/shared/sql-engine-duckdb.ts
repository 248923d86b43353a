import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { version } from "@duckdb/node-api";
import { ContractError } from "./errors.ts";
import type { Column, Relation } from "./relations.ts";
import { settleAll } from "./settle-all.ts";
import { runDay, sourceRelations, tableNames } from "./sql-engine-duckdb-day.ts";
import type { Day, DayWork } from "./sql-engine-duckdb-day.ts";
import { createSmallTable, selectFiles } from "./sql-engine-duckdb-load.ts";
import { openDuckDb } from "./sql-engine-duckdb-open.ts";
import type { OpenDuckDb } from "./sql-engine-duckdb-open.ts";
import { runDays } from "./sql-engine-duckdb-lanes.ts";
import { neededModels, orderModels } from "./sql-engine-order.ts";
import type {
  EngineRequest, EngineResult, SmallTable, SourceFile, SqlEngine,
} from "./sql-engine.ts";

export { sourceRelations, tableNames };

export interface DuckDbEngineOptions {
  readonly threads?: number;
  /** As DuckDB writes it, default `2GB`. */
  readonly memoryLimit?: string;
  /**
   * From so many bytes of Parquet on memory is saved: every model reads the files, `per: system`
   * models run system by system, relations go after their last reader and an earlier day has an
   * instance of its own. Below, sources are loaded once for both days, and one run over all
   * systems gives the same rows (the SQL cases prove it of every model) for less work.
   */
  readonly largeBytes?: number;
}

/** The embedded engine: every run has a fresh, locked-down instance in this process. */
export function createDuckDbEngine(options: DuckDbEngineOptions = {}): SqlEngine {
  const threads = options.threads ?? 2;
  const memoryLimit = options.memoryLimit ?? "2GB";
  const largeBytes = options.largeBytes ?? 32 * 1024 * 1024;
  return {
    name: `duckdb ${version()}`,
    async run(asked) {
      const request = { ...asked, sources: readSources(asked) };
      const days: readonly Day[] = [request, ...(asked.earlier ? [asked.earlier] : [])];
      const paths = [...request.sources.values()].flat().map((f) => f.path);
      const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
      // Days that run beside one another with all threads each wait for one another.
      const own = Math.max(1, Math.floor(threads / days.length));
      const limits = { paths, memoryLimit };
      const runAlone = (day: Day, dayThreads: number): Promise<EngineResult> =>
        withDuckDb({ ...limits, days: [day], threads: dayThreads, lanes: 1 }, (db) =>
          runLarge(db, request, day));
      const [result, earlier] = bytes < largeBytes
        ? await withDuckDb({ ...limits, days, threads: 1, lanes: threads }, (db) =>
          runLoaded(db, request, days))
        : bytes < hugeBytes ? await settleAll(days.map((day) => runAlone(day, own)))
          : await runInTurn(days, (day) => runAlone(day, threads));
      return { ...result!, ...(earlier && { earlier }) };
    },
  };
}

/** From so many bytes of Parquet on a day takes all its memory: two beside one another take 4 GB. */
const hugeBytes = 256 * 1024 * 1024;

async function runInTurn<T>(
  days: readonly Day[], run: (day: Day) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (const day of days) results.push(await run(day));
  return results;
}

interface OpenRequest {
  /** Each has a schema. */
  readonly days: readonly Day[];
  readonly paths: readonly string[];
  /** Of a statement. */
  readonly threads: number;
  /** Statements beside one another. */
  readonly lanes: number;
  readonly memoryLimit: string;
}
async function withDuckDb<T>(
  { days, paths, threads, lanes, memoryLimit }: OpenRequest, work: (db: OpenDuckDb) => Promise<T>,
): Promise<T> {
  const outDirs = days.map((day) => day.outDir);
  for (const outDir of outDirs) mkdirSync(outDir, { recursive: true });
  const tempDir = mkdtempSync(join(outDirs[0]!, ".spill-"));
  const allowed = [...commonFolders(paths), ...outDirs];
  const schemas = days.map((_day, i) => `day_${i}`);
  const db = await openDuckDb({ threads, lanes, memoryLimit, tempDir, allowed, schemas });
  try {
    return await work(db);
  } finally {
    db.close();
    rmSync(tempDir, { recursive: true, force: true });
  }
}

/** One day over the files. */
function runLarge(db: OpenDuckDb, request: EngineRequest, day: Day): Promise<EngineResult> {
  const { connection, schema } = db.inSchemas[0]!;
  return runDay({
    connection, schema, day, models: orderDays(db, request, [day])[0]!, sources: request.sources,
    isLarge: true,
    selectSource: (relation, system) => selectFiles(relation.columns,
      (request.sources.get(relation.name) ?? [])
        .filter((f) => system === undefined || f.system === system).map((f) => f.path)),
  });
}

/** All days over sources that are loaded once. */
async function runLoaded(
  db: OpenDuckDb, request: EngineRequest, days: readonly Day[],
): Promise<readonly EngineResult[]> {
  const start = performance.now();
  const loads = sourceRelations.filter((r) => isRead(request, r.name)).map((r) => ({
    name: r.name,
    columns: namedColumns(request, r),
    paths: (request.sources.get(r.name) ?? []).map((f) => f.path),
  }));
  const [same, own] = splitTables(days);
  // Reading the models takes this thread while others load.
  const [, orders] = await settleAll([
    loadSources(db, loads), Promise.resolve().then(() => orderDays(db, request, days)),
  ] as const);
  for (const table of same) {
    if (request.models.some((m) => m.reads.includes(table.name))) {
      await createSmallTable(db.connection, table);
    }
  }
  const seconds = (performance.now() - start) / 1000;
  const selects = new Map(loads.map(({ name, columns }) =>
    [name, `SELECT ${columns.map((c) => `p.${c.name}`).join(", ")} FROM main.lake_${name} AS p`]));
  const [result, ...others] = await runDays(db.inSchemas.map(({ connection, schema, lanes }, i) => ({
    connections: lanes,
    work: {
      connection, schema, day: own[i]!, models: orders[i]!, sources: request.sources,
      isLarge: false, selectSource: ({ name }) => selects.get(name)!,
    },
  })));
  const sources = Math.round(1000 * (result!.seconds.sources! + seconds)) / 1000;
  return [{ ...result!, seconds: { ...result!.seconds, sources } }, ...others];
}

interface Load {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly paths: readonly string[];
}

/** A table `main.lake_<relation>` each, those of many files first. */
async function loadSources(db: OpenDuckDb, loads: readonly Load[]): Promise<void> {
  const waiting = loads.toSorted((a, b) => b.paths.length - a.paths.length);
  await settleAll(db.inSchemas[0]!.lanes.map(async (connection) => {
    for (let load = waiting.shift(); load; load = waiting.shift()) {
      await connection.run(
        `CREATE TABLE main.lake_${load.name} AS ${selectFiles(load.columns, load.paths)}`);
    }
  }));
}

/** The models of each day in order: all of the request's own, those needed of an earlier day. */
function orderDays(
  db: OpenDuckDb, request: EngineRequest, days: readonly Day[],
): readonly DayWork["models"][] {
  const given = new Set([
    "run_context",
    ...sourceRelations.map((r) => `src_${r.name}`),
    ...request.tables.map((t) => t.name),
  ]);
  const order = orderModels(request.models, given, (m) => tableNames(db.connection, m));
  return days.map((day) => {
    for (const name of day.keep) {
      if (!order.some((m) => m.name === name)) {
        throw new ContractError(`keep: unknown model: ${name}; see sql/models`);
      }
    }
    return day === request ? order : neededModels(order, day.keep);
  });
}

function isRead({ models }: EngineRequest, relation: string): boolean {
  return models.some((m) => m.reads.includes(`src_${relation}`));
}

/** Tables that are those of all days, and the days without them. */
function splitTables(days: readonly Day[]): [readonly SmallTable[], readonly Day[]] {
  const same = new Set(days[0]!.tables.filter((t) => days.every((d) => d.tables.includes(t))));
  return [[...same], days.map((day) =>
    ({ ...day, tables: day.tables.filter((t) => !same.has(t)) }))];
}

/** A column that no reader of the relation names, and all are named, need not leave its file. */
function namedColumns({ models }: EngineRequest, { name, columns }: Relation): readonly Column[] {
  const words = new Set(models.filter((m) => m.reads.includes(`src_${name}`))
    .flatMap((m) => m.sql.match(/[a-z_0-9]+/g) ?? []));
  return columns.filter((c) => c.name === "known_on" || words.has(c.name));
}

/** Files of the relations that some model reads. */
function readSources(request: EngineRequest): ReadonlyMap<string, readonly SourceFile[]> {
  return new Map([...request.sources].filter(([relation]) => isRead(request, relation)));
}

/** The deepest folder above all paths, or each path's own folder where that would be the root. */
function commonFolders(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  let common = dirname(paths[0]!).split(sep);
  for (const path of paths) {
    const parts = dirname(path).split(sep);
    const until = common.findIndex((part, i) => part !== parts[i]);
    if (until >= 0) common = common.slice(0, until);
  }
  return common.length > 1 ? [common.join(sep)] : [...new Set(paths.map((p) => dirname(p)))];
}
