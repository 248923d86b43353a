import { homeKeys } from "../../shared/home.ts";
import type { ClosedNight } from "../../shared/ledger.ts";
import type { ObjectStore } from "../../shared/object-store.ts";
import { readJson } from "../../shared/read-json.ts";
import { listClosedDays, resolveNight } from "../../shared/read-ledger.ts";
import { relations } from "../../shared/relations.ts";

/**
 * Destroys everything with tokens of another key than the one in force, the key itself last but
 * for the mark that a rekey is on its way. Objects that no night names (left by a night that was
 * cut off) go too; the next night writes them again. Can be called again after being cut off.
 */
export async function dropOldTokens(store: ObjectStore, keyId: string): Promise<void> {
  const named = new Set<string>();
  for (const day of await listClosedDays(store)) {
    const night = await readJson<ClosedNight>(store, homeKeys.night(day));
    if (!night) continue;
    const settled = resolveNight(night, keyId);
    for (const { key } of settled.objects) named.add(key);
    if (night.next) await store.put(homeKeys.night(day), `${JSON.stringify(settled)}\n`);
  }
  const prefixes = [homeKeys.lakePrefix,
    ...relations.filter((r) => r.isPrivate).map((r) => homeKeys.privateLakePrefix(r.name))];
  for (const prefix of prefixes) {
    for (const { key } of await store.list(prefix)) {
      if (!named.has(key)) await store.delete(key);
    }
  }
  await dropStates(store);
  for (const { key } of await store.list(homeKeys.retainedTokensPrefix)) {
    if (key !== homeKeys.retainedTokens(keyId)) await store.delete(key);
  }
  for (const key of [homeKeys.previousTokenKey, homeKeys.nextTokenKey, homeKeys.rekeyNote]) {
    await store.delete(key);
  }
}

/** States are derived from the lake, with its record ids; the next night builds its own again. */
export async function dropStates(store: ObjectStore): Promise<void> {
  for (const { key } of await store.list(homeKeys.statePrefix)) await store.delete(key);
}
