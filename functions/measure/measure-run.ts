import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import { checkSeeds } from "../shared/check-seeds.ts";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { packageRoot } from "../shared/package-root.ts";
import { readJson } from "../shared/read-json.ts";
import { neededModels } from "../shared/sql-engine-order.ts";
import type { EngineRequest, EngineResult, Model, SqlEngine } from "../shared/sql-engine.ts";
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
  "mart_figure", "mart_series", "mart_finding", "mart_system", "mart_school",
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
    const [result, before] = await both(
      plan.compute(asOf, [...runMarts], work, { isChecked: true, isShared: true }),
      computeBefore(plan, store, asOf, work),
    );
    const outputs = [
      ...result.outputs.filter((o) => runMarts.some((name) => name === o.name)),
      { ...before.output, name: beforeMart },
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
    const seconds = { ...result.seconds, before: before.seconds };
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
  readonly isShared?: boolean;
}

/** Reads everything that decides the figures of days up to `until`. */
export async function planMeasure(
  store: ObjectStore, engine: SqlEngine, until: string,
): Promise<MeasurePlan> {
  const models = readModels();
  const checks = readChecks();
  const contracts = readContracts();
  const homeSeeds = await readHomeSeeds(store);
  checkSeeds(homeSeeds);
  const seeds = new Map(measuredSeedNames.map((name) => [name, homeSeeds.get(name)!]));
  const inputs = await readInputs(store, until);
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
    async compute(asOf, keep, folder, options = {}) {
      const cut = cutInputs(inputs, asOf);
      const checkNames = options.isChecked ? checks.map((c) => c.name) : [];
      const wanted = [...keep, ...checkNames];
      const result = await engine.run({
        asOf,
        runId: runOf(asOf).runId,
        sources: await fetchSources(store, cut.objects, join(folder, "lake")),
        tables: [
          ...buildSeedTables(seeds),
          buildContractTable(contracts.map((c) => c.contract)),
          buildArrivalTable(cut),
        ],
        models: neededModels([...models, ...checks], wanted),
        keep: wanted,
        only: options.only ?? {},
        isShared: options.isShared ?? false,
        outDir: join(folder, `out-${asOf}`),
      });
      if (options.isChecked) await requireChecksPassed(checks, result.outputs);
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

/** mart_figure as of 28 days before: of the stored run of that day if it would be the same. */
async function computeBefore(
  plan: MeasurePlan, store: ObjectStore, asOf: string, work: string,
): Promise<{ output: { rows: number; path: string }; seconds: number }> {
  const start = performance.now();
  const day = new Date(Date.parse(asOf) - beforeDays * 86_400_000).toISOString().slice(0, 10);
  const { runId, identity } = plan.runOf(day);
  const stored = await findStoredRun(store, runId, identity);
  const rows = stored?.outputs.find((o) => o.name === "mart_figure")?.rows;
  const output = rows === undefined
    ? (await plan.compute(day, ["mart_figure"], join(work, "before"), { isShared: true }))
      .outputs[0]!
    : { rows, path: await copyStored(store, homeKeys.run(runId, "mart_figure.parquet"), work) };
  return { output, seconds: Math.round(performance.now() - start) / 1000 };
}

/** Both results; a failure is thrown only when neither works on the shared folder any more. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === "rejected") throw a.reason;
  if (b.status === "rejected") throw b.reason;
  return [a.value, b.value];
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
