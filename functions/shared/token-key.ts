import { randomBytes } from "node:crypto";
import { ContractError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ClosedNight } from "./ledger.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";
import { tokenKeyId } from "./token-key-id.ts";

/**
 * Tokens that keep the id of an earlier key because their landing files are gone: whoever has one
 * of them is known by it, so that his rows of all nights match.
 */
export interface RetainedTokens {
  /** Key id → key as 64 hex digits. */
  readonly keys: Readonly<Record<string, string>>;
  readonly tokens: readonly string[];
}

/**
 * Key of the HMAC that turns identity numbers, accounts and phones into tokens: 32 bytes as 64 hex
 * digits. Made at the first call of a home (mode 0600); only `rekey` changes it. Throws
 * ContractError where the stored one is no such key, or where it is missing or another one than
 * that of the closed nights: new tokens would match none of theirs.
 */
export async function readOrCreateTokenKey(store: ObjectStore): Promise<string> {
  const fresh = randomBytes(32).toString("hex");
  const keyOfNights = await findKeyOfNights(store);
  const stored = await readTokenKey(store);
  if (stored !== undefined) {
    requireSameKey(stored, keyOfNights);
    return stored;
  }
  if (keyOfNights) {
    throw new ContractError(
      `${homeKeys.tokenKey}: missing in ${store.name}: ${keyOfNights.nights} closed nights have ` +
      `tokens of key ${keyOfNights.ids.join(" or ")}; put that key back`,
    );
  }
  const { written } = await store.put(
    homeKeys.tokenKey, `${fresh}\n`, { ifNoneMatch: true, mode: 0o600 },
  );
  if (written) return fresh;
  // Another process was faster; its key is the key of the home.
  return requireTokenKey(store);
}

/** Key of the home; throws ContractError where it has none or a broken one. */
export async function requireTokenKey(store: ObjectStore): Promise<string> {
  const key = await readTokenKey(store);
  if (key === undefined) {
    throw new ContractError(`${homeKeys.tokenKey}: missing in ${store.name}`);
  }
  return key;
}

/** Undefined where the home has no key yet; throws ContractError where it is broken. */
export async function readTokenKey(
  store: ObjectStore, at: string = homeKeys.tokenKey,
): Promise<string | undefined> {
  const found = await store.get(at);
  if (!found) return undefined;
  const key = Buffer.from(found.body).toString("utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw new ContractError(`${at}: invalid; accepted: 64 hex digits`);
  }
  return key;
}

/** Id of the home's key; undefined where there is none yet. */
export async function readTokenKeyId(store: ObjectStore): Promise<string | undefined> {
  const key = await readTokenKey(store);
  return key === undefined ? undefined : tokenKeyId(Buffer.from(key, "hex"));
}

/** Undefined where every token of the home is of its one key. */
export async function readRetainedTokens(
  store: ObjectStore, keyId: string,
): Promise<RetainedTokens | undefined> {
  return readJson<RetainedTokens>(store, homeKeys.retainedTokens(keyId));
}

/** Ids under which the newest closed night can be read; nights of old homes tell none. */
async function findKeyOfNights(
  store: ObjectStore,
): Promise<{ readonly ids: readonly string[]; readonly nights: number } | undefined> {
  const nights = await store.list(homeKeys.nightPrefix);
  const newest = nights.at(-1);
  const night = newest && await readJson<ClosedNight>(store, newest.key);
  if (night?.key_id === undefined) return undefined;
  const ids = night.next ? [night.key_id, night.next.key_id] : [night.key_id];
  return { ids, nights: nights.length };
}

function requireSameKey(key: string, keyOfNights: { readonly ids: readonly string[] } | undefined) {
  const id = tokenKeyId(Buffer.from(key, "hex"));
  if (!keyOfNights || keyOfNights.ids.includes(id)) return;
  throw new ContractError(
    `${homeKeys.tokenKey}: not the key of this home: key ${id}; its closed nights have tokens of ` +
    `key ${keyOfNights.ids.join(" or ")}; put that key back`,
  );
}
