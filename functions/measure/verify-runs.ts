import { ContractError } from "../shared/errors.ts";
import { findLocalFile } from "../shared/find-local-file.ts";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { readClosedNights } from "../shared/read-ledger.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import { gatherFaults } from "../shared/verification.ts";
import type { Verification } from "../shared/verification.ts";
import { readArrivals } from "./read-inputs.ts";
import { buildRunId, identityOf } from "./run-manifest.ts";
import { readRunText } from "./run-texts.ts";
import { pointMart, readManifest } from "./stored-runs.ts";

interface Named { readonly name: string; readonly sha256: string }

/**
 * Compares every stored run with its manifest: the run id with what the manifest names, marts and
 * texts by SHA-256, inputs with what the closed nights name, earlier runs with their points, and
 * the run of each day. Bytes of lake objects are verifyNights' part.
 */
export async function verifyRuns(store: ObjectStore, scratch: string): Promise<Verification> {
  const keys = (await store.list(homeKeys.runPrefix)).map(({ key }) => key);
  const runIds = keys.flatMap((key) => /^runs\/([^/]+)\/manifest\.json$/.exec(key)?.[1] ?? []);
  const inputs = await readNamedInputs(store);
  const texts = new Map<string, Named>();
  const faults: string[] = [];
  let lookedAt = 0;
  for (const runId of runIds) {
    const manifest = await readManifest(store, runId);
    if (!manifest) continue;
    for (const named of [...manifest.contracts, ...manifest.seeds, ...manifest.models]) {
      texts.set(named.sha256, named);
    }
    lookedAt += 1 + manifest.outputs.length;
    faults.push(...findIdFault(runId, manifest), ...findInputFaults(runId, manifest, inputs),
      ...await gatherFaults(listMarts(manifest), (mart) => findMartFault(store, mart, scratch)));
  }
  faults.push(...await gatherFaults([...texts.values()], (named) => findTextFault(store, named)));
  const days = keys.filter((key) => key.startsWith(homeKeys.runOfDayPrefix));
  faults.push(...await gatherFaults(days, (key) => findDayFault(store, key)));
  return { check: "runs", looked_at: lookedAt + texts.size + days.length, faults };
}

/** Key → SHA-256 under which a manifest may name it. */
async function readNamedInputs(store: ObjectStore): Promise<ReadonlyMap<string, string>> {
  const named = new Map<string, string>();
  for (const { day, objects } of await readClosedNights(store)) {
    for (const object of objects) {
      const { key, sha256 } = object.first ?? object;
      named.set(key, sha256);
    }
    named.set(homeKeys.ledger(day), (await readArrivals(store, day)).sha256);
  }
  return named;
}

function findIdFault(runId: string, manifest: RunManifest): readonly string[] {
  const id = buildRunId(identityOf(manifest));
  return id === runId ? []
    : [`${homeKeys.run(runId, "manifest.json")}: changed: what it names has the id ${id}`];
}

function findInputFaults(
  runId: string, manifest: RunManifest, inputs: ReadonlyMap<string, string>,
): readonly string[] {
  return manifest.inputs.flatMap(({ key, sha256 }) => {
    const found = inputs.get(key);
    if (found === sha256) return [];
    return [`${homeKeys.run(runId, "manifest.json")}: ${key}: ` +
      (found === undefined ? "missing: no closed night names it" : `changed: it is ${found} now`)];
  });
}

/** Its own marts, and the points of the runs that it names. */
function listMarts(manifest: RunManifest): readonly { key: string; sha256: string }[] {
  return [
    ...manifest.outputs.map(({ name, sha256 }) =>
      ({ key: homeKeys.run(manifest.run_id, `${name}.parquet`), sha256 })),
    ...manifest.runs.map((run) =>
      ({ key: homeKeys.run(run.run_id, `${pointMart}.parquet`), sha256: run.sha256 })),
  ];
}

async function findMartFault(
  store: ObjectStore, { key, sha256 }: { key: string; sha256: string }, scratch: string,
): Promise<readonly string[]> {
  const path = await findLocalFile(store, key, scratch);
  if (path === undefined) return [`${key}: missing`];
  const found = await sha256OfFile(path);
  return found === sha256 ? [] : [`${key}: changed: SHA-256 ${found}; stored as ${sha256}`];
}

async function findTextFault(store: ObjectStore, named: Named): Promise<readonly string[]> {
  try {
    await readRunText(store, named);
    return [];
  } catch (error) {
    if (error instanceof ContractError) return [error.message];
    throw error;
  }
}

async function findDayFault(store: ObjectStore, key: string): Promise<readonly string[]> {
  const pointer = await readJson<{ readonly run_id: string }>(store, key);
  const manifest = pointer && await readManifest(store, pointer.run_id);
  if (!manifest) return [`${key}: missing: run ${pointer?.run_id}`];
  return key === homeKeys.runOfDay(manifest.as_of) ? []
    : [`${key}: contradictory: run ${manifest.run_id} is as of ${manifest.as_of}`];
}
