import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { version } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ContractError, EngineError } from "./errors.ts";
import { relations } from "./relations.ts";
import type { Relation } from "./relations.ts";
import { createSmallTable, sourceSelect } from "./sql-engine-duckdb-load.ts";
import { openDuckDb, quoteText } from "./sql-engine-duckdb-open.ts";
import { orderModels } from "./sql-engine-order.ts";
import type {
  EngineOutput, EngineRequest, EngineResult, Model, SqlEngine,
} from "./sql-engine.ts";

/** Relations that models may read as `src_<name>`: everything that is not personal. */
export const sourceRelations: readonly Relation[] = relations.filter((r) => !r.isPrivate);

export interface DuckDbEngineOptions {
  readonly threads?: number;
  /** As DuckDB writes it, default `2GB`. */
  readonly memoryLimit?: string;
  /**
   * From so many bytes of Parquet on memory is saved: `per: system` models run system by system
   * and relations go after their last reader. Below, one run over all systems gives the same rows
   * (the SQL cases prove it of every model) for less planning.
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
    async run(request) {
      mkdirSync(request.outDir, { recursive: true });
      const tempDir = mkdtempSync(join(request.outDir, ".spill-"));
      const paths = [...request.sources.values()].flat().map((f) => f.path);
      const allowed = [...commonFolders(paths), request.outDir];
      // Two instances with all threads each wait for one another: twice as slow, measured.
      const own = request.isShared ? Math.max(1, Math.floor(threads / 2)) : threads;
      const db = await openDuckDb({ threads: own, memoryLimit, tempDir, allowed });
      try {
        const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
        return await runModels(db.connection, request, bytes >= largeBytes);
      } finally {
        db.close();
        rmSync(tempDir, { recursive: true, force: true });
      }
    },
  };
}

async function runModels(
  connection: DuckDBConnection, request: EngineRequest, isLarge: boolean,
): Promise<EngineResult> {
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    seconds[name] = Math.round(performance.now() - start) / 1000;
    return result;
  };
  const given = new Set([
    "run_context",
    ...sourceRelations.map((r) => `src_${r.name}`),
    ...request.tables.map((t) => t.name),
  ]);
  // Before any view is made: DuckDB names what lies below a view, not the view.
  const order = orderModels(request.models, given, (m) => tableNames(connection, m));
  for (const name of request.keep) {
    if (!order.some((m) => m.name === name)) {
      throw new ContractError(`keep: unknown model: ${name}; see sql/models`);
    }
  }
  await timed("sources", () => createInputs(connection, request));
  const outputs: EngineOutput[] = [];
  const lastReader = new Map<string, string>();
  for (const model of order) for (const name of model.reads) lastReader.set(name, model.name);
  for (const model of order) {
    await timed(model.name, async () => {
      await createModel(connection, request, model, isLarge);
      if (request.keep.includes(model.name)) {
        await requireColumns(connection, model);
        outputs.push(await writeModel(connection, model, request));
      }
      const isOver = (done: Model): boolean =>
        (lastReader.get(done.name) ?? done.name) === model.name;
      for (const done of isLarge ? order.filter(isOver) : []) {
        await connection.run(`DROP TABLE ${done.name}`);
      }
    });
  }
  return { outputs, seconds };
}

async function createInputs(connection: DuckDBConnection, request: EngineRequest): Promise<void> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(request.asOf) || !/^[\w-]*$/.test(request.runId)) {
    throw new ContractError(`run: invalid day or run id: ${request.asOf} ${request.runId}`);
  }
  await connection.run(`CREATE TABLE run_context AS SELECT DATE '${request.asOf}' AS as_of_date, ` +
    `CAST('${request.runId}' AS varchar) AS run_id`);
  const read = new Set(request.models.flatMap((m) => m.reads));
  for (const relation of sourceRelations) {
    if (read.has(`src_${relation.name}`)) await createSourceView(connection, request, relation);
  }
  for (const table of request.tables) await createSmallTable(connection, table);
}

/** `system` restricts the view to the rows of one system, for `per: system` models. */
async function createSourceView(
  connection: DuckDBConnection, request: EngineRequest, relation: Relation, system?: string,
): Promise<void> {
  const files = (request.sources.get(relation.name) ?? [])
    .filter((f) => system === undefined || f.system === system).map((f) => f.path);
  await connection.run(`CREATE OR REPLACE VIEW src_${relation.name} AS ` +
    sourceSelect(relation.columns, files, request.asOf));
}

async function createModel(
  connection: DuckDBConnection, request: EngineRequest, model: Model, isLarge: boolean,
): Promise<void> {
  const make = async (start: string): Promise<void> => {
    try {
      await connection.run(`${start} (\n${model.sql}\n)`);
    } catch (error) {
      throw modelError(model, error);
    }
  };
  if (!model.isPerSystem || !isLarge) return make(`CREATE TABLE ${model.name} AS`);
  const read = sourceRelations.filter((r) => model.reads.includes(`src_${r.name}`));
  const systems = [...new Set(
    read.flatMap((r) => (request.sources.get(r.name) ?? []).map((f) => f.system)),
  )].sort();
  if (systems.length === 0) return make(`CREATE TABLE ${model.name} AS`);
  for (const [i, system] of systems.entries()) {
    for (const relation of read) await createSourceView(connection, request, relation, system);
    await make(i === 0 ? `CREATE TABLE ${model.name} AS` : `INSERT INTO ${model.name}`);
  }
  for (const relation of read) await createSourceView(connection, request, relation);
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
  connection: DuckDBConnection, model: Model, request: EngineRequest,
): Promise<EngineOutput> {
  const path = join(request.outDir, `${model.name}.parquet`);
  const names = model.columns.map((c) => c.name);
  const order = [...model.grain, ...names.filter((n) => !model.grain.includes(n))];
  const only = request.only?.[model.name];
  const where = only ? ` WHERE ${only.column} = ${quoteText(only.value)}` : "";
  const result = await connection.run(
    `COPY (SELECT ${names.join(", ")} FROM ${model.name}${where} ORDER BY ${order.join(", ")}) ` +
    `TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  return { name: model.name, path, rows: result.rowsChanged };
}

/** Relations named in the SQL, CTEs left out. */
export function tableNames(connection: DuckDBConnection, model: Model): readonly string[] {
  try {
    return connection.getTableNames(model.sql, false);
  } catch (error) {
    throw modelError(model, error);
  }
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
