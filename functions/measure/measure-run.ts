import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import { checkSeeds } from "../shared/check-seeds.ts";
import { readHomeContracts } from "../shared/home-contracts.ts";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { packageRoot } from "../shared/package-root.ts";
import { readJson } from "../shared/read-json.ts";
import { neededModels } from "../shared/sql-engine-order.ts";
import type {
  EarlierDay, EngineRequest, EngineResult, Model, SqlEngine,
} from "../shared/sql-engine.ts";
import { requireChecksPassed } from "./require-checks-passed.ts";
import { buildContractTable, readContracts } from "./read-contracts.ts";
import { buildArrivalTable, cutInputs, fetchSources, readInputs } from "./read-inputs.ts";
import type { MeasureInputs } from "./read-inputs.ts";
import { readChecks, readModels } from "./read-models.ts";
import { buildRunId, buildRunIdentity, canonicalIdentity } from "./run-manifest.ts";
import type { RunIdentity } from "./run-manifest.ts";
import { buildSeedTables, measuredSeedNames } from "./seed-tables.ts";

/** Relations stored with a run; `mart_figure_before` is mart_figure of 28 days before. */
export const runMarts = [
  "mart_figure", "mart_series", "mart_finding", "mart_system", "mart_school", "int_unmatched",
] as const;
export const beforeMart = "mart_figure_before";
const beforeDays = 28;

export interface MeasureRequest {
  readonly store: ObjectStore;
  readonly asOf: string;
  /** Local folder for what is on its way; a folder of its own is made inside and removed. */
  readonly scratch: string;
  readonly log: Log;
  readonly engine: SqlEngine;
}
export interface MeasuredRun {
  readonly runId: string;
  readonly asOf: string;
  readonly manifest: RunManifest;
  /** true: the same inputs had been measured before, nothing was computed. */
  readonly isKnown: boolean;
  /** Relation → seconds; `before` for the run of 28 days before; empty for a known run. */
  readonly seconds: Readonly<Record<string, number>>;
}

/**
 * Measures the home as of a day: closed nights → sql/ → `runs/<run id>/<mart>.parquet`, the
 * manifest last, then the day's pointer. The same inputs give the same run id and bytes.
 * Throws ContractError for a broken model, seed or contract, NotPublishedError for a failed check.
 */
export async function measureRun(request: MeasureRequest): Promise<MeasuredRun> {
  const { store, asOf, log } = request;
  const before = new Date(Date.parse(asOf) - beforeDays * 86_400_000).toISOString().slice(0, 10);
  const plan = await planMeasure(store, request.engine, asOf);
  const { runId, identity } = plan.runOf(asOf);
  const known = await findStoredRun(store, runId, identity);
  if (known) {
    await pointDay(store, asOf, runId);
    return { runId, asOf, manifest: known, isKnown: true, seconds: {} };
  }
  mkdirSync(request.scratch, { recursive: true });
  const work = mkdtempSync(join(request.scratch, "measure-"));
  try {
    log.progress(`measure ${asOf}: ${identity.inputs.length} inputs, ${plan.models.length} models`);
    const stored = await findBefore(plan, store, before, work);
    const result = await plan.compute(asOf, [...runMarts], work, {
      isChecked: true, ...(stored ? {} : { earlier: { asOf: before, keep: ["mart_figure"] } }),
    });
    const outputs = [
      ...result.outputs.filter((o) => runMarts.some((name) => name === o.name)),
      { ...(stored ?? result.earlier!.outputs[0]!), name: beforeMart },
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
    const manifest: RunManifest = {
      run_id: runId,
      ...identity,
      outputs: outputs.map(({ name, rows, path }) =>
        ({ name, rows, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") })),
    };
    for (const output of outputs) {
      await store.putFile(homeKeys.run(runId, `${output.name}.parquet`), output.path);
    }
    await store.put(homeKeys.run(runId, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
    await pointDay(store, asOf, runId);
    const seconds = { ...result.seconds, before: sumOf(result.earlier?.seconds) };
    log.record("measure", { as_of: asOf, run_id: runId, inputs: identity.inputs.length });
    return { runId, asOf, manifest, isKnown: false, seconds };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What a question about a day needs: which run it would be, and computing relations of it. */
export interface MeasurePlan {
  readonly models: readonly Model[];
  readonly inputs: MeasureInputs;
  runOf(asOf: string): { readonly runId: string; readonly identity: RunIdentity };
  /** Parquet files of the relations `keep` in `folder`. */
  compute(
    asOf: string, keep: readonly string[], folder: string, options?: ComputeOptions,
  ): Promise<EngineResult>;
}

export interface ComputeOptions {
  /** Run sql/checks too; throws NotPublishedError where one finds faults. */
  readonly isChecked?: boolean;
  readonly only?: EngineRequest["only"];
  /** A day before to be computed too; unchecked. */
  readonly earlier?: Pick<EarlierDay, "asOf" | "keep">;
}

/** Reads everything that decides the figures of days up to `until`. */
export async function planMeasure(
  store: ObjectStore, engine: SqlEngine, until: string,
): Promise<MeasurePlan> {
  const models = readModels();
  const checks = readChecks();
  const contracts = readContracts(await readHomeContracts(store));
  const homeSeeds = await readHomeSeeds(store);
  checkSeeds(homeSeeds);
  const seeds = new Map(measuredSeedNames.map((name) => [name, homeSeeds.get(name)!]));
  const inputs = await readInputs(store, until);
  const sameTables = [
    ...buildSeedTables(seeds), buildContractTable(contracts.map((c) => c.contract)),
  ];
  const versions = { dudao: readPackageVersion(), engine: engine.name };
  const runOf = (asOf: string): { runId: string; identity: RunIdentity } => {
    const identity = buildRunIdentity({
      asOf, inputs: cutInputs(inputs, asOf), contracts, seeds: [...seeds.values()],
      models: [...models, ...checks], versions,
    });
    return { runId: buildRunId(identity), identity };
  };
  return {
    models,
    inputs,
    runOf,
    async compute(asOf, keep, folder, { isChecked = false, only = {}, earlier } = {}) {
      const dayOf = (day: string, kept: readonly string[]): EarlierDay => ({
        asOf: day,
        runId: runOf(day).runId,
        tables: [...sameTables, buildArrivalTable(cutInputs(inputs, day))],
        keep: kept,
        outDir: join(folder, `out-${day}`),
      });
      const wanted = [...keep, ...(isChecked ? checks.map((c) => c.name) : [])];
      const needed = neededModels([...models, ...checks], wanted);
      const read = new Set(needed.flatMap((m) => m.reads));
      const objects = cutInputs(inputs, asOf).objects
        .filter((o) => read.has(`src_${o.relation}`));
      const result = await engine.run({
        ...dayOf(asOf, wanted),
        sources: await fetchSources(store, objects, join(folder, "lake")),
        models: needed,
        only,
        ...(earlier && { earlier: dayOf(earlier.asOf, earlier.keep) }),
      });
      if (isChecked) await requireChecksPassed(checks, result.outputs);
      return result;
    },
  };
}

/** The manifest of the run if it is stored; throws where six digits of a hash were too few. */
export async function findStoredRun(
  store: ObjectStore, runId: string, identity: RunIdentity,
): Promise<RunManifest | undefined> {
  const stored = await readJson<RunManifest>(store, homeKeys.run(runId, "manifest.json"));
  if (stored && canonicalIdentity(stored) !== canonicalIdentity(identity)) {
    throw new ContractError(`run: duplicate id: ${runId}; delete the older run of other inputs`);
  }
  return stored;
}

/** mart_figure of the stored run of the day if it is the one to be computed. */
async function findBefore(
  plan: MeasurePlan, store: ObjectStore, day: string, work: string,
): Promise<{ rows: number; path: string } | undefined> {
  const { runId, identity } = plan.runOf(day);
  const stored = await findStoredRun(store, runId, identity);
  const rows = stored?.outputs.find((o) => o.name === "mart_figure")?.rows;
  if (rows === undefined) return undefined;
  return { rows, path: await copyStored(store, homeKeys.run(runId, "mart_figure.parquet"), work) };
}

function sumOf(seconds: Readonly<Record<string, number>> = {}): number {
  return Math.round(1000 * Object.values(seconds).reduce((sum, s) => sum + s, 0)) / 1000;
}

/** A copy: putFile may move the file it is given. */
async function copyStored(store: ObjectStore, key: string, work: string): Promise<string> {
  const path = join(work, "stored-before.parquet");
  copyFileSync(await store.fetchToFile(key, work), path);
  return path;
}

async function pointDay(store: ObjectStore, asOf: string, runId: string): Promise<void> {
  await store.put(homeKeys.runOfDay(asOf), `${JSON.stringify({ run_id: runId })}\n`);
}

function readPackageVersion(): string {
  const text = readFileSync(join(packageRoot, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
