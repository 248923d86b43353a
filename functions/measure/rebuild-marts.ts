import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ContractError, UsageError } from "../shared/errors.ts";
import { findLocalFile } from "../shared/find-local-file.ts";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import { parseModel } from "../shared/model-header.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { parseSeed } from "../shared/seeds.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import type { EngineOutput, SqlEngine } from "../shared/sql-engine.ts";
import { findNamedInputs } from "./find-named-inputs.ts";
import { dayBefore } from "./figures-before.ts";
import { beforeMart } from "./measure-run.ts";
import { computeDay, productVersions } from "./plan-measure.ts";
import type { MeasureBasis } from "./plan-measure.ts";
import { buildContractTable, parseContracts } from "./read-contracts.ts";
import { buildRunId, identityOf } from "./run-manifest.ts";
import { readRunText } from "./run-texts.ts";
import { buildSeedTables } from "./seed-tables.ts";
import { readManifest } from "./stored-runs.ts";

export interface RebuildRequest {
  readonly store: ObjectStore;
  readonly runId: string;
  /** Empty local folder; the marts are made in it. */
  readonly folder: string;
  readonly engine: SqlEngine;
  readonly log: Log;
}
export interface RebuiltMarts {
  readonly manifest: RunManifest;
  readonly marts: readonly RebuiltMart[];
  /** Texts of seeds as the run had them, by file name. */
  readonly seeds: ReadonlyMap<string, string>;
}
export interface RebuiltMart {
  readonly name: string;
  readonly rows: number;
  /** Of the file that was made now. */
  readonly sha256: string;
  /** As in the manifest. */
  readonly namedSha256: string;
  /** Of the file in the home; null where it is missing. */
  readonly storedSha256: string | null;
  /** Local file. */
  readonly path: string;
}

/**
 * Makes the marts of a stored run again from what its manifest names and nothing else. Throws
 * UsageError for an unknown run or one of other versions, ContractError for inputs, texts or runs
 * that are missing or were changed.
 */
export async function rebuildMarts(request: RebuildRequest): Promise<RebuiltMarts> {
  const { store, runId, folder, engine, log } = request;
  const manifest = await requireManifest(store, runId);
  requireVersions(manifest, engine);
  log.progress(`rebuild ${runId}: reading ${manifest.inputs.length} inputs`);
  const seeds = new Map<string, string>();
  for (const seed of manifest.seeds) seeds.set(seed.name, await readRunText(store, seed));
  const basis = await readBasis(request, manifest, seeds);
  const names = manifest.outputs.map((output) => output.name);
  const earlier = names.includes(beforeMart)
    ? { asOf: dayBefore(manifest.as_of), keep: ["mart_figure"] } : undefined;
  log.progress(`rebuild ${runId}: computing ${names.length} relations`);
  mkdirSync(folder, { recursive: true });
  const result = await computeDay({
    store, engine, basis, asOf: manifest.as_of, folder,
    keep: names.filter((name) => name !== beforeMart),
  }, earlier ? { earlier } : {});
  const made: readonly EngineOutput[] = [
    ...result.outputs,
    ...(result.earlier?.outputs ?? []).map((output) => ({ ...output, name: beforeMart })),
  ];
  const marts = await Promise.all(manifest.outputs.map(async (named): Promise<RebuiltMart> => {
    const output = made.find((o) => o.name === named.name);
    if (!output) throw new ContractError(`${runId}: ${named.name}: unknown to the SQL of the run`);
    return {
      name: named.name, rows: output.rows, path: output.path,
      sha256: await sha256OfFile(output.path), namedSha256: named.sha256,
      storedSha256: await sha256OfStored(store, homeKeys.run(runId, `${named.name}.parquet`), folder),
    };
  }));
  return { manifest, marts, seeds };
}

/** The stored manifest; its id must be the hash of what it names. */
export async function requireManifest(store: ObjectStore, runId: string): Promise<RunManifest> {
  const manifest = await readManifest(store, runId);
  if (!manifest) {
    const runs = (await store.list(homeKeys.runPrefix))
      .flatMap(({ key }) => /^runs\/([^/]+)\/manifest\.json$/.exec(key)?.[1] ?? []);
    throw new UsageError(`run: unknown: ${runId}; stored: ${runs.slice(-5).join(" ") || "none"}` +
      (runs.length > 5 ? ` and ${runs.length - 5} older ones` : ""));
  }
  const id = buildRunId(identityOf(manifest));
  if (id === runId) return manifest;
  throw new ContractError(
    `run ${runId}: manifest.json: changed: what it names has the id ${id}`);
}

function requireVersions(manifest: RunManifest, engine: SqlEngine): void {
  const own = productVersions(engine);
  const other = Object.entries(manifest.versions).filter(([name, v]) => own[name] !== v);
  if (other.length === 0) return;
  throw new UsageError(`run ${manifest.run_id}: made by ` +
    `${other.map(([name, v]) => `${name} ${v}`).join(", ")}; this is ` +
    `${other.map(([name]) => `${name} ${own[name] ?? "none"}`).join(", ")}: ` +
    "rebuild it with the versions that its manifest names");
}

async function readBasis(
  { store, folder }: RebuildRequest, manifest: RunManifest, seeds: ReadonlyMap<string, string>,
): Promise<MeasureBasis> {
  const read = (named: RunManifest["models"]) => Promise.all(named.map(async (one) =>
    ({ name: one.name, text: await readRunText(store, one) })));
  const contracts = parseContracts(await read(manifest.contracts));
  const parsedSeeds = new Map([...seeds].map(([name, text]) => [name, parseSeed(name, text)]));
  return {
    models: (await read(manifest.models)).map(({ name, text }) => parseModel(name, text)),
    checks: [],
    tables: [
      ...buildSeedTables(parsedSeeds), buildContractTable(contracts.map((c) => c.contract)),
    ],
    inputs: await findNamedInputs(store, manifest, join(folder, "inputs")),
    days: manifest.runs.map((run) => ({ asOf: run.run_id.slice(0, "2021-12-20".length), run })),
  };
}

async function sha256OfStored(
  store: ObjectStore, key: string, scratch: string,
): Promise<string | null> {
  const path = await findLocalFile(store, key, scratch);
  return path === undefined ? null : sha256OfFile(path);
}
