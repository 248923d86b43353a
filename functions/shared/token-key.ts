import { randomBytes } from "node:crypto";
import { ContractError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";

/**
 * Key of the HMAC that turns identity numbers, accounts and phones into tokens: 32 bytes as 64 hex
 * digits. Made at the first call of a home (mode 0600) and never changed after: tokens of earlier
 * nights could not be matched. Throws ContractError where the stored one is no such key.
 */
export async function readOrCreateTokenKey(store: ObjectStore): Promise<string> {
  const fresh = randomBytes(32).toString("hex");
  const stored = await readTokenKey(store);
  if (stored !== undefined) return stored;
  const { written } = await store.put(
    homeKeys.tokenKey, `${fresh}\n`, { ifNoneMatch: true, mode: 0o600 },
  );
  if (written) return fresh;
  // Another process was faster; its key is the key of the home.
  const other = await readTokenKey(store);
  if (other === undefined) {
    throw new ContractError(`${homeKeys.tokenKey}: missing in ${store.name}`);
  }
  return other;
}

async function readTokenKey(store: ObjectStore): Promise<string | undefined> {
  const found = await store.get(homeKeys.tokenKey);
  if (!found) return undefined;
  const key = Buffer.from(found.body).toString("utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw new ContractError(`${homeKeys.tokenKey}: invalid; accepted: 64 hex digits`);
  }
  return key;
}
