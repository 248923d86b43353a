import { ContractError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** A JSON object of the home, or undefined when absent; throws ContractError where it is no JSON. */
export async function readJson<T>(store: ObjectStore, key: string): Promise<T | undefined> {
  const found = await store.get(key);
  if (!found) return undefined;
  try {
    return JSON.parse(Buffer.from(found.body).toString("utf8")) as T;
  } catch (cause) {
    throw new ContractError(`${store.name}/${key}: invalid JSON`, { cause });
  }
}
