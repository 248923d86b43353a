import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { GetWorkGroupCommand } from "@aws-sdk/client-athena";
import type { AthenaClient } from "@aws-sdk/client-athena";
import { version as duckDbVersion } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ContractError, EngineError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { settleAll } from "./settle-all.ts";
import { runAthenaDay } from "./sql-engine-athena-day.ts";
import type { AthenaDayWork } from "./sql-engine-athena-day.ts";
import type { ExternalTable } from "./sql-engine-athena-ddl.ts";
import { explainFailedRequest } from "./sql-engine-athena-fault.ts";
import type { AthenaSession } from "./sql-engine-athena-query.ts";
import { buildContextTable, stageLake, stageSmallTable } from "./sql-engine-athena-stage.ts";
import type { Stage } from "./sql-engine-athena-stage.ts";
import { sourceRelations, tableNames } from "./sql-engine-duckdb-day.ts";
import type { Day } from "./sql-engine-duckdb-day.ts";
import { openDuckDb } from "./sql-engine-duckdb-open.ts";
import { neededModels, orderModels, requireDayAndRun } from "./sql-engine-order.ts";
import type { EngineRequest, EngineResult, Model, SmallTable, SqlEngine } from "./sql-engine.ts";

export interface AthenaEngineOptions {
  readonly client: AthenaClient;
  /** A store in S3: what a run reads and writes beside the lake lies there while it runs. */
  readonly work: ObjectStore;
  readonly workgroup: string;
  /** Databases of runs are named `<database>_<run>_<id>`. */
  readonly database: string;
  /** A new id of lower-case letters and digits; two runs must not have the same. */
  readonly newId: () => string;
  readonly sleep?: AthenaSession["sleep"];
  /** Stops the queries of a run; the run then throws EngineError. */
  readonly signal?: AbortSignal;
  /** Queries beside one another, default 8. */
  readonly atOnce?: number;
}

/**
 * Athena as engine: models run as CTAS in a database of the run over the lake's own objects in S3;
 * kept relations come back and are written here, so that marts have the bytes of the embedded
 * engine. Nothing of a run stays but what an enforced workgroup keeps at its own place.
 * Throws EngineError for a workgroup that is missing, off or out of reach.
 */
export async function openAthenaEngine(options: AthenaEngineOptions): Promise<SqlEngine> {
  const { client, work, workgroup, signal } = options;
  if (!work.name.startsWith("s3://")) {
    throw new ContractError(`athena: output: invalid: ${work.name}; accepted: s3://bucket/prefix`);
  }
  if (!/^[a-z][a-z0-9_]{0,100}$/.test(options.database)) {
    throw new ContractError(`athena: database: invalid: ${options.database}; accepted: ` +
      "lower-case letters, digits, _");
  }
  const group = await readWorkgroup(client, workgroup);
  const session: AthenaSession = {
    client, workgroup, signal, sleep: options.sleep ?? sleepUnlessAborted,
  };
  return {
    name: `athena ${group.version}, duckdb ${duckDbVersion()}`,
    readsInPlace: true,
    billing: { service: "athena", region: await client.config.region() },
    async run(request) {
      const days: readonly Day[] = [request, ...(request.earlier ? [request.earlier] : [])];
      for (const day of days) {
        requireDayAndRun(day);
        mkdirSync(day.outDir, { recursive: true });
      }
      const scratch = mkdtempSync(join(request.outDir, ".athena-"));
      const runName = `${options.database}_${request.runId.toLowerCase().replace(/\W/g, "_")}_` +
        options.newId();
      const runKey = `${runName}/`;
      const db = await openDuckDb({
        threads: 1, memoryLimit: "1GB", tempDir: join(scratch, "spill"),
        allowed: [scratch, ...days.map((d) => d.outDir)],
      });
      try {
        const orders = orderDays(db.connection, request, days);
        const stage: Stage = { work, runKey, connection: db.connection, scratch };
        const inputs = await stageInputs(stage, request, days);
        const [result, earlier] = await settleAll(days.map((day, i) => runAthenaDay({
          session: group.isPlaceGiven ? session
            : { ...session, results: `${work.name}/${runKey}results/` },
          stage, day, models: orders[i]!, database: i === 0 ? runName : `${runName}_before`,
          lakes: inputs.lakes.filter((l) => isRead(orders[i]!, `src_${l.relation.name}`)),
          tables: inputs.tables[i]!.filter((t) => isRead(orders[i]!, t.name)),
          isPlaceGiven: group.isPlaceGiven, atOnce: options.atOnce ?? 8,
        })));
        return mergeResults(result!, earlier);
      } finally {
        db.close();
        rmSync(scratch, { recursive: true, force: true });
        for (const { key } of await work.list(runKey)) await work.delete(key);
      }
    },
  };
}

/** The queries of both days stand in the first: they are one bill. */
function mergeResults(result: EngineResult, earlier: EngineResult | undefined): EngineResult {
  if (!earlier) return result;
  const { queries = [], ...rest } = earlier;
  return { ...result, queries: [...result.queries ?? [], ...queries], earlier: rest };
}

interface Workgroup { readonly version: string; readonly isPlaceGiven: boolean }

async function readWorkgroup(client: AthenaClient, workgroup: string): Promise<Workgroup> {
  const { WorkGroup: group } = await client.send(new GetWorkGroupCommand({ WorkGroup: workgroup }))
    .catch((cause: unknown) => {
      throw explainFailedRequest({ name: "workgroup", isModel: false, workgroup }, cause);
    });
  if (group?.State === "DISABLED") {
    throw new EngineError(`athena: workgroup: disabled: ${workgroup}; enable it`);
  }
  const settings = group?.Configuration;
  const engine = settings?.EngineVersion?.EffectiveEngineVersion ?? "";
  const version = /(\d+)$/.exec(engine)?.[1];
  if (version === undefined || Number(version) < 3) {
    throw new EngineError(`athena: workgroup ${workgroup}: invalid engine: ${engine || "none"}; ` +
      "accepted: Athena engine version 3");
  }
  const isPlaceGiven = settings?.EnforceWorkGroupConfiguration === true
    && settings.ResultConfiguration?.OutputLocation !== undefined;
  return { version: `v${version}`, isPlaceGiven };
}

function orderDays(
  connection: DuckDBConnection, request: EngineRequest, days: readonly Day[],
): readonly (readonly Model[])[] {
  const given = new Set([
    "run_context", ...sourceRelations.map((r) => `src_${r.name}`),
    ...request.tables.map((t) => t.name),
  ]);
  // DuckDB reads the names only; both engines read the same SQL.
  const order = orderModels(request.models, given, (m) => tableNames(connection, m));
  return days.map((day) => {
    for (const name of day.keep) {
      if (!order.some((m) => m.name === name)) {
        throw new ContractError(`keep: unknown model: ${name}; see sql/models`);
      }
    }
    return day === request ? order : neededModels(order, day.keep);
  });
}

interface StagedInputs {
  readonly lakes: AthenaDayWork["lakes"];
  /** Of each day. */
  readonly tables: readonly (readonly ExternalTable[])[];
}

/** Everything that some model reads, once for both days where it is the same. */
async function stageInputs(
  stage: Stage, request: EngineRequest, days: readonly Day[],
): Promise<StagedInputs> {
  const lakes = [];
  for (const relation of sourceRelations) {
    if (!isRead(request.models, `src_${relation.name}`)) continue;
    const files = request.sources.get(relation.name) ?? [];
    lakes.push({
      relation, table: await stageLake(stage, relation.name, relation.columns, files),
    });
  }
  const staged = new Map<SmallTable, ExternalTable>();
  const tables: ExternalTable[][] = [];
  for (const day of days) {
    const own: ExternalTable[] = [];
    for (const table of [buildContextTable(day.asOf, day.runId), ...day.tables]) {
      if (!isRead(request.models, table.name)) continue;
      const known = staged.get(table) ?? await stageSmallTable(stage, table, staged.size);
      staged.set(table, known);
      own.push(known);
    }
    tables.push(own);
  }
  return { lakes, tables };
}

function isRead(models: readonly Model[], name: string): boolean {
  return models.some((m) => m.reads.includes(name));
}

function sleepUnlessAborted(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
  });
}
