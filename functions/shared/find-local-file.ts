import { InvalidInputError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** A local file with an object's bytes, as `fetchToFile`; undefined where there is no object. */
export async function findLocalFile(
  store: ObjectStore, key: string, scratch: string,
): Promise<string | undefined> {
  try {
    return await store.fetchToFile(key, scratch);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
