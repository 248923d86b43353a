import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readHomeSeed } from "../shared/home-seeds.ts";
import { priceQueries } from "../shared/query-price.ts";
import { settleAll } from "../shared/settle-all.ts";
import type {
  EngineOutput, EngineQuery, EngineResult, SqlEngine,
} from "../shared/sql-engine.ts";
import { dayBefore, type FiguresBefore } from "./figures-before.ts";
import { planMeasure } from "./plan-measure.ts";
import type { MeasurePlan } from "./plan-measure.ts";
import { keepRunTexts } from "./run-texts.ts";
import { findStoredFigures, findStoredRun, pointDay, pointMart } from "./stored-runs.ts";

/** Relations stored with a run; `mart_figure_before` is mart_figure of 28 days before. */
export const runMarts = [
  "mart_figure", "mart_series", "mart_finding", "mart_system", "mart_school", "int_unmatched",
  pointMart,
] as const;
export const beforeMart = "mart_figure_before";
/** Relations of a brief run: what a day that nobody will see published leaves behind. */
const briefMarts = ["mart_figure", "mart_finding", "int_unmatched", pointMart] as const;

export interface MeasureRequest {
  readonly store: ObjectStore;
  readonly asOf: string;
  /** Local folder for what is on its way; a folder of its own is made inside and removed. */
  readonly scratch: string;
  readonly log: Log;
  readonly engine: SqlEngine;
  /** Only figures, findings and unmatched persons: not enough for a publication. */
  readonly isBrief?: boolean;
  /** Where figures of 28 days before may be on their way already. */
  readonly figuresBefore?: FiguresBefore | undefined;
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
  const { store, asOf, log, isBrief = false } = request;
  const plan = await planMeasure(store, request.engine, asOf);
  const { runId, identity } = plan.runOf(asOf, storedRelations(isBrief));
  const known = await findStoredRun(store, runId, identity);
  if (known) {
    await pointDay(store, known);
    return { runId, asOf, manifest: known, isKnown: true, seconds: {} };
  }
  mkdirSync(request.scratch, { recursive: true });
  const work = mkdtempSync(join(request.scratch, "measure-"));
  try {
    log.progress(`measure ${asOf}: ${identity.inputs.length} inputs, ${plan.models.length} models`);
    const { outputs, seconds, queries } = await (isBrief
      ? computeBrief(plan, asOf, work) : computeRun(plan, request, work));
    const { relations: _, ...named } = identity;
    const manifest: RunManifest = {
      run_id: runId,
      ...named,
      outputs: outputs.map(({ name, rows, path }) =>
        ({ name, rows, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") })),
    };
    await keepRunTexts(store, plan.texts);
    for (const output of outputs) {
      await store.putFile(homeKeys.run(runId, `${output.name}.parquet`), output.path);
    }
    if (queries) await storeQueries(request, runId, queries);
    await store.put(homeKeys.run(runId, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
    await pointDay(store, manifest);
    log.record("measure", { as_of: asOf, run_id: runId, inputs: identity.inputs.length });
    return { runId, asOf, manifest, isKnown: false, seconds };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function storedRelations(isBrief: boolean): readonly string[] {
  return isBrief ? briefMarts : [...runMarts, beforeMart];
}

interface Computed {
  /** By name. */
  readonly outputs: readonly EngineOutput[];
  readonly seconds: Readonly<Record<string, number>>;
  readonly queries?: EngineResult["queries"];
}

/** What the queries of the run read and cost, by the price list in force. */
async function storeQueries(
  { store, engine, log, asOf }: MeasureRequest, runId: string, queries: readonly EngineQuery[],
): Promise<void> {
  if (!engine.billing) return;
  const prices = await readHomeSeed(store, "cloud_prices.csv");
  const ledger = priceQueries(engine.billing, queries, prices);
  await store.put(homeKeys.run(runId, "queries.json"), `${JSON.stringify(ledger, null, 1)}\n`);
  log.record("measure.queries", {
    as_of: asOf, run_id: runId, queries: queries.length, scanned_bytes: ledger.scanned_bytes,
    billed_bytes: ledger.billed_bytes, price: ledger.price?.amount ?? null,
    currency: ledger.price?.currency ?? null,
  });
}

async function computeBrief(plan: MeasurePlan, asOf: string, work: string): Promise<Computed> {
  const { outputs, seconds, queries } =
    await plan.compute(asOf, briefMarts, work, { isChecked: true });
  return { outputs: byName(outputs.filter((o) => isOneOf(briefMarts, o))), seconds, queries };
}

async function computeRun(
  plan: MeasurePlan, { store, asOf, figuresBefore }: MeasureRequest, work: string,
): Promise<Computed> {
  const before = dayBefore(asOf);
  const begun = await figuresBefore?.find(plan.runOf(before).identity);
  const stored = begun ? undefined : await findBefore(plan, store, before, work);
  const isMissing = !begun && !stored;
  const [result, early] = await settleAll([
    plan.compute(asOf, runMarts, work, {
      isChecked: true, ...(isMissing && { earlier: { asOf: before, keep: ["mart_figure"] } }),
    }),
    begun?.result ?? Promise.resolve(undefined),
  ] as const);
  const earlier = early ?? result.earlier;
  const queries = early?.queries ? [...result.queries ?? [], ...early.queries] : result.queries;
  const outputs = byName([
    ...result.outputs.filter((o) => isOneOf(runMarts, o)),
    { ...(stored ?? earlier!.outputs[0]!), name: beforeMart },
  ]);
  const seconds = { ...result.seconds, before: sumOf(earlier?.seconds) };
  return { outputs, seconds, queries };
}

function isOneOf(names: readonly string[], output: EngineOutput): boolean {
  return names.includes(output.name);
}

function byName(outputs: readonly EngineOutput[]): readonly EngineOutput[] {
  return outputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** mart_figure of the stored run of the day if it has the figures that would be computed. */
async function findBefore(
  plan: MeasurePlan, store: ObjectStore, day: string, work: string,
): Promise<{ rows: number; path: string } | undefined> {
  const stored = await findStoredFigures(store, plan.runOf(day).identity);
  const rows = stored?.outputs.find((o) => o.name === "mart_figure")?.rows;
  if (!stored || rows === undefined) return undefined;
  const key = homeKeys.run(stored.run_id, "mart_figure.parquet");
  // A copy: putFile may move the file it is given.
  const path = join(work, "stored-before.parquet");
  copyFileSync(await store.fetchToFile(key, work), path);
  return { rows, path };
}

function sumOf(seconds: Readonly<Record<string, number>> = {}): number {
  return Math.round(1000 * Object.values(seconds).reduce((sum, s) => sum + s, 0)) / 1000;
}
