import { randomBytes } from "node:crypto";
import { ContractError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";

/** Key that signs the sessions of a home; made once, 32 random bytes as hex, mode 0600. */
export async function requireSessionKey(store: ObjectStore): Promise<Uint8Array> {
  const fresh = `${randomBytes(32).toString("hex")}\n`;
  const stored = await store.get(homeKeys.sessionKey)
    ?? (await store.put(homeKeys.sessionKey, fresh, { ifNoneMatch: true, mode: 0o600 }),
      await store.get(homeKeys.sessionKey));
  const text = Buffer.from(stored?.body ?? []).toString("utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new ContractError(`${homeKeys.sessionKey}: invalid key; accepted: 64 hexadecimal digits`);
  }
  return Buffer.from(text, "hex");
}
