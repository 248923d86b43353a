import { requireNoFaults } from "../shared/errors.ts";
import { findLocalFile } from "../shared/find-local-file.ts";
import { homeKeys } from "../shared/home.ts";
import type { NightObject, RunManifest } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readClosedNights } from "../shared/read-ledger.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import { parseLakeKey, readArrivals } from "./read-inputs.ts";
import type { LakeObject, MeasureInputs, NightArrivals } from "./read-inputs.ts";

/**
 * The inputs that a manifest names, as they lie in the home, every byte compared with its SHA-256;
 * objects whose tokens were renewed are found under their present names. Throws one ContractError
 * that names every input that is missing or was changed.
 */
export async function findNamedInputs(
  store: ObjectStore, manifest: RunManifest, scratch: string,
): Promise<MeasureInputs> {
  const byFirstKey = new Map<string, NightObject>();
  for (const night of await readClosedNights(store, manifest.as_of)) {
    for (const object of night.objects) byFirstKey.set((object.first ?? object).key, object);
  }
  const faults: string[] = [];
  const objects: LakeObject[] = [];
  const nights: NightArrivals[] = [];
  for (const { key, sha256 } of manifest.inputs) {
    const day = ledgerDay(key);
    if (day !== undefined) {
      const found = await store.get(key) && await readArrivals(store, day);
      if (!found) faults.push(`${key}: missing in ${store.name}`);
      else if (found.sha256 !== sha256) {
        faults.push(`${key}: changed: its rows are not those that were measured`);
      }
      else nights.push(found);
      continue;
    }
    const object = byFirstKey.get(key);
    const fault = object ? await findObjectFault(store, object, sha256, scratch)
      : `${key}: missing: no closed night names it`;
    if (fault !== undefined) faults.push(fault);
    const parsed = object && parseLakeKey(object);
    if (parsed) objects.push(parsed);
  }
  requireNoFaults(`run ${manifest.run_id}: inputs`, faults);
  return { objects: objects.sort((a, b) => (a.key < b.key ? -1 : 1)), nights };
}

function ledgerDay(key: string): string | undefined {
  const day = key.slice(homeKeys.ledgerPrefix.length, -".ndjson".length);
  return key === homeKeys.ledger(day) ? day : undefined;
}

/** `named`: SHA-256 in the manifest. */
async function findObjectFault(
  store: ObjectStore, object: NightObject, named: string, scratch: string,
): Promise<string | undefined> {
  const { key, sha256, first } = object;
  if ((first ?? object).sha256 !== named) {
    return `${key}: changed: its night names other bytes than the manifest`;
  }
  const path = await findLocalFile(store, key, scratch);
  if (path === undefined) return `${key}: missing in ${store.name}`;
  return await sha256OfFile(path) === sha256 ? undefined
    : `${key}: changed: its bytes are not those that were written`;
}
