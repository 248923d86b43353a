import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { canonicalIdentity, hasSameFigures, identityOf } from "./run-manifest.ts";
import type { RunIdentity } from "./run-manifest.ts";

/** Relation in which a run says what later series show of its day as known then. */
export const pointMart = "mart_point";

/** `runs/by-day/<day>.json` */
interface DayPointer {
  readonly run_id: string;
  /** SHA-256 of the run's `mart_point`; absent for a run of an older version, which has none. */
  readonly point_sha256?: string;
}
/** The stored run of a day. */
export interface StoredDay {
  readonly asOf: string;
  readonly run: RunManifest["runs"][number];
}

/** The manifest of the run if it is stored; throws where six digits of a hash were too few. */
export async function findStoredRun(
  store: ObjectStore, runId: string, identity: RunIdentity,
): Promise<RunManifest | undefined> {
  const stored = await readManifest(store, runId);
  if (stored && canonicalIdentity(identityOf(stored)) !== canonicalIdentity(identity)) {
    throw new ContractError(`run: duplicate id: ${runId}; delete the older run of other inputs`);
  }
  return stored;
}

/** The stored run of a day whose figures are those that a run of the identity would have. */
export async function findStoredFigures(
  store: ObjectStore, identity: RunIdentity,
): Promise<RunManifest | undefined> {
  const pointer = await readJson<DayPointer>(store, homeKeys.runOfDay(identity.as_of));
  const stored = pointer && await readManifest(store, pointer.run_id);
  return stored && hasSameFigures(identityOf(stored), identity) ? stored : undefined;
}

/** A stored manifest; one of an older version names no runs. */
export async function readManifest(
  store: ObjectStore, runId: string,
): Promise<RunManifest | undefined> {
  const found = await readJson<RunManifest>(store, homeKeys.run(runId, "manifest.json"));
  return found && { ...found, runs: found.runs ?? [] };
}

/** Days before a day that have a stored run with points, oldest first. */
export async function readStoredDays(
  store: ObjectStore, before: string,
): Promise<readonly StoredDay[]> {
  const days = (await store.list(homeKeys.runOfDayPrefix)).flatMap(({ key }) => {
    const day = key.slice(homeKeys.runOfDayPrefix.length, -".json".length);
    return /^\d{4}-\d{2}-\d{2}$/.test(day) && day < before ? [day] : [];
  });
  const found: StoredDay[] = [];
  const atOnce = 16;
  for (let start = 0; start < days.length; start += atOnce) {
    const some = days.slice(start, start + atOnce);
    const pointers = await Promise.all(some.map((day) =>
      readJson<DayPointer>(store, homeKeys.runOfDay(day))));
    pointers.forEach((pointer, i) => {
      if (pointer?.point_sha256 === undefined) return;
      found.push({
        asOf: some[i]!, run: { run_id: pointer.run_id, sha256: pointer.point_sha256 },
      });
    });
  }
  return found;
}

/** Makes a stored run the one of its day. */
export async function pointDay(store: ObjectStore, manifest: RunManifest): Promise<void> {
  const point = manifest.outputs.find((output) => output.name === pointMart);
  const pointer: DayPointer = {
    run_id: manifest.run_id, ...(point && { point_sha256: point.sha256 }),
  };
  await store.put(homeKeys.runOfDay(manifest.as_of), `${JSON.stringify(pointer)}\n`);
}
