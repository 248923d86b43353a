import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkSeeds } from "../shared/check-seeds.ts";
import { ContractError } from "../shared/errors.ts";
import { readHomeContracts } from "../shared/home-contracts.ts";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { packageRoot } from "../shared/package-root.ts";
import { runPointRelation } from "../shared/relations.ts";
import { neededModels } from "../shared/sql-engine-order.ts";
import type {
  EarlierDay, EngineRequest, EngineResult, Model, SmallTable, SourceFile, SqlEngine,
} from "../shared/sql-engine.ts";
import { buildContractTable, readContracts } from "./read-contracts.ts";
import { buildArrivalTable, cutInputs, fetchSources, readInputs } from "./read-inputs.ts";
import type { MeasureInputs } from "./read-inputs.ts";
import { readChecks, readModels } from "./read-models.ts";
import { requireChecksPassed } from "./require-checks-passed.ts";
import { buildRunId, buildRunIdentity, sha256Of } from "./run-manifest.ts";
import type { RunIdentity } from "./run-manifest.ts";
import { buildSeedTables, measuredSeedNames } from "./seed-tables.ts";
import { pointMart, readStoredDays } from "./stored-runs.ts";
import type { StoredDay } from "./stored-runs.ts";

/** Everything that decides the marts of days, read from wherever it lies. */
export interface MeasureBasis {
  readonly models: readonly Model[];
  readonly checks: readonly Model[];
  /** Seeds, dim_date and export_contract. */
  readonly tables: readonly SmallTable[];
  readonly inputs: MeasureInputs;
  /** Stored runs of earlier days. */
  readonly days: readonly StoredDay[];
}
/** What a question about a day needs: which run it would be, and computing relations of it. */
export interface MeasurePlan {
  readonly models: readonly Model[];
  readonly inputs: MeasureInputs;
  /** Contracts, seeds and SQL as they are in force. */
  readonly texts: readonly string[];
  /** The run of a day that stores the relations. */
  runOf(asOf: string, relations?: readonly string[]): {
    readonly runId: string; readonly identity: RunIdentity;
  };
  /** Parquet files of the relations `keep` in `folder`. */
  compute(
    asOf: string, keep: readonly string[], folder: string, options?: ComputeOptions,
  ): Promise<EngineResult>;
}

export interface ComputeOptions {
  /** Run sql/checks too, without those that read what is not kept; throws NotPublishedError. */
  readonly isChecked?: boolean;
  readonly only?: EngineRequest["only"];
  /** A day before to be computed too; unchecked. */
  readonly earlier?: Pick<EarlierDay, "asOf" | "keep">;
}

/** Reads everything that decides the figures of days up to `until`. */
export async function planMeasure(
  store: ObjectStore, engine: SqlEngine, until: string,
): Promise<MeasurePlan> {
  const contracts = readContracts(await readHomeContracts(store));
  const homeSeeds = await readHomeSeeds(store);
  checkSeeds(homeSeeds);
  const seeds = new Map(measuredSeedNames.map((name) => [name, homeSeeds.get(name)!]));
  const basis: MeasureBasis = {
    models: readModels(), checks: readChecks(),
    tables: [
      ...buildSeedTables(seeds), buildContractTable(contracts.map((c) => c.contract)),
    ],
    inputs: await readInputs(store, until), days: await readStoredDays(store, until),
  };
  const { models, checks, inputs } = basis;
  const versions = productVersions(engine);
  return {
    models,
    inputs,
    texts: [
      ...contracts.map((c) => c.text), ...[...seeds.values()].map((s) => s.text),
      ...[...models, ...checks].map((m) => m.sql),
    ],
    runOf(asOf, relations = []) {
      const identity = buildRunIdentity({
        asOf, inputs: cutInputs(inputs, asOf), contracts, seeds: [...seeds.values()],
        models: [...models, ...checks], versions, relations,
        runs: relations.includes("mart_series") ? daysBefore(basis, asOf).map((d) => d.run) : [],
      });
      return { runId: buildRunId(identity), identity };
    },
    compute: (asOf, keep, folder, options) =>
      computeDay({ store, engine, basis, asOf, keep, folder }, options),
  };
}

/** What a manifest says of the program; a run can be rebuilt under the same alone. */
export function productVersions(engine: SqlEngine): Readonly<Record<string, string>> {
  const text = readFileSync(join(packageRoot, "package.json"), "utf8");
  return { dudao: (JSON.parse(text) as { version: string }).version, engine: engine.name };
}

export interface DayComputation {
  readonly store: ObjectStore;
  readonly engine: SqlEngine;
  readonly basis: MeasureBasis;
  readonly asOf: string;
  readonly keep: readonly string[];
  readonly folder: string;
}

/** Runs the models that `keep` needs over what of the basis was known on the day. */
export async function computeDay(
  { store, engine, basis, asOf, keep, folder }: DayComputation,
  { isChecked = false, only = {}, earlier }: ComputeOptions = {},
): Promise<EngineResult> {
  const { models, inputs } = basis;
  const dayOf = (day: string, kept: readonly string[]): EarlierDay => ({
    asOf: day,
    runId: `as-of-${day}`,
    tables: [...basis.tables, buildArrivalTable(cutInputs(inputs, day))],
    keep: kept,
    outDir: join(folder, `out-${day}`),
  });
  const checks = isChecked
    ? basis.checks.filter((c) => keep.includes("mart_series") || !c.reads.includes("mart_series"))
    : [];
  const wanted = [...keep, ...checks.map((c) => c.name)];
  const needed = neededModels([...models, ...checks], wanted);
  const read = new Set(needed.flatMap((m) => m.reads));
  const objects = cutInputs(inputs, asOf).objects.filter((o) => read.has(`src_${o.relation}`));
  const sources = new Map(await fetchSources(
    store, objects, join(folder, "lake"), engine.readsInPlace === true));
  if (read.has(`src_${runPointRelation.name}`)) {
    sources.set(runPointRelation.name,
      await fetchPoints(store, daysBefore(basis, asOf), join(folder, "points")));
  }
  const result = await engine.run({
    ...dayOf(asOf, wanted), sources, models: needed, only,
    ...(earlier && { earlier: dayOf(earlier.asOf, earlier.keep) }),
  });
  if (isChecked) await requireChecksPassed(checks, result.outputs);
  return result;
}

function daysBefore({ days }: MeasureBasis, asOf: string): readonly StoredDay[] {
  return days.filter((day) => day.asOf < asOf);
}

/** `mart_point` of the stored runs; throws ContractError for one that is not as it was stored. */
async function fetchPoints(
  store: ObjectStore, days: readonly StoredDay[], scratch: string,
): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const { run } of days) {
    const key = homeKeys.run(run.run_id, `${pointMart}.parquet`);
    const path = await store.fetchToFile(key, scratch);
    const sha256 = sha256Of(readFileSync(path));
    if (sha256 !== run.sha256) {
      throw new ContractError(`${key}: changed: SHA-256 ${sha256}; stored as ${run.sha256}`);
    }
    files.push({ path, system: "" });
  }
  return files;
}
