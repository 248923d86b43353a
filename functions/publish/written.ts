import { createHash } from "node:crypto";
import { EngineError } from "../shared/errors.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { forEachParallel } from "./for-each-parallel.ts";

/** Objects of a publication by key. */
export type Written = Map<string, WrittenObject>;
interface WrittenObject {
  readonly sha256: string;
  readonly bytes: number;
}

export async function writeObject(
  store: ObjectStore, key: string, body: Uint8Array | string, written: Written,
  sha256 = sha256Of(body),
): Promise<void> {
  await store.put(key, body);
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  written.set(key, { sha256, bytes });
}

/** Reads objects back; throws EngineError for the first that is not as written. */
export async function verifyWritten(
  store: ObjectStore, written: readonly (readonly [string, WrittenObject])[],
): Promise<void> {
  await forEachParallel(written, async ([key, { sha256 }]) => {
    const object = await store.get(key);
    if (!object || sha256Of(object.body) !== sha256) {
      throw new EngineError(`object: not as written: ${key}; in ${store.name}`);
    }
  });
}

export function sha256Of(body: Uint8Array | string): string {
  return createHash("sha256").update(body).digest("hex");
}
