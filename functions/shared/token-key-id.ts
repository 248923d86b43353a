import { createHash } from "node:crypto";

/** A token with the id of its key, `<6 hex digits>.<32 hex digits>`, anywhere in a text. */
export const tokenPattern = "[0-9a-f]{6}\\.[0-9a-f]{32}";

/**
 * Id of a token key: six hex digits that stand before each of its tokens, so that tokens of two
 * keys are never taken for one another. Tells nothing of the key.
 */
export function tokenKeyId(key: Uint8Array): string {
  return createHash("sha256").update("dudao token key id\0").update(key).digest("hex").slice(0, 6);
}
