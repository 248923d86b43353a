import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { sha256Of } from "./run-manifest.ts";

/**
 * Keeps the texts that a run rests on (contracts, seeds, SQL) under their SHA-256, so that it can
 * be rebuilt after the product or the home has others. Texts that lie there are not written again.
 */
export async function keepRunTexts(store: ObjectStore, texts: readonly string[]): Promise<void> {
  const kept = new Set((await store.list(homeKeys.runTextPrefix)).map(({ key }) => key));
  const missing = new Map(texts.map((text) => [homeKeys.runText(sha256Of(text)), text]));
  for (const key of kept) missing.delete(key);
  const atOnce = 16;
  const waiting = [...missing];
  for (let start = 0; start < waiting.length; start += atOnce) {
    await Promise.all(waiting.slice(start, start + atOnce).map(([key, text]) =>
      store.put(key, text, { ifNoneMatch: true })));
  }
}

/** A kept text; throws ContractError where it is missing or is not what its name says. */
export async function readRunText(
  store: ObjectStore, named: { readonly name: string; readonly sha256: string },
): Promise<string> {
  const key = homeKeys.runText(named.sha256);
  const found = await store.get(key);
  if (!found) throw new ContractError(`${named.name}: missing: ${key} in ${store.name}`);
  const sha256 = sha256Of(found.body);
  if (sha256 === named.sha256) return Buffer.from(found.body).toString("utf8");
  throw new ContractError(`${named.name}: changed: ${key} has the SHA-256 ${sha256}`);
}
