import { ContractError, EngineError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";

/** `publish/app/current.json`: the run that everybody sees. */
export interface Pointer { readonly run_id: string; readonly as_of: string }

/** The pointer and its etag, undefined before the first publication. */
export async function readPointer(
  store: ObjectStore,
): Promise<{ readonly pointer: Pointer; readonly etag: string } | undefined> {
  const object = await store.get(homeKeys.current);
  if (!object) return undefined;
  try {
    const pointer = JSON.parse(Buffer.from(object.body).toString("utf8")) as Pointer;
    return { pointer, etag: object.etag };
  } catch (cause) {
    throw new ContractError(`${homeKeys.current}: invalid JSON`, { cause });
  }
}

/**
 * Makes `next` the public run if the pointer is still what `readPointer` gave.
 * Throws EngineError when another publication was faster.
 */
export async function swapPointer(
  store: ObjectStore, next: Pointer, seen: { readonly etag: string } | undefined,
): Promise<void> {
  const condition = seen ? { ifMatch: seen.etag } : { ifNoneMatch: true };
  const text = `${JSON.stringify({ run_id: next.run_id, as_of: next.as_of })}\n`;
  const { written } = await store.put(homeKeys.current, text, condition);
  if (!written) {
    throw new EngineError(
      `${homeKeys.current}: changed by another publication; ${next.run_id} is not the public run`,
    );
  }
}
