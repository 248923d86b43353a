import { createHmac } from "node:crypto";
import { tokenKeyId } from "./token-key-id.ts";

/**
 * Token of an identity number as ingest writes it into the lake (functions/ingest/judge/tokens.ts;
 * a test holds the two together): HMAC-SHA256 with the home's key, its first 32 hex digits behind
 * the id of the key.
 * Spaces, a small x and the 15 digits of old numbers are taken as in rows.md.
 * undefined where the text is no identity number by its form.
 */
export function identityToken(keyHex: string, text: string): string | undefined {
  const compact = text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  const number = /^\d{15}$/.test(compact) ? extend(compact) : compact;
  if (!/^\d{17}[\dX]$/.test(number)) return undefined;
  const key = Buffer.from(keyHex, "hex");
  const digest = createHmac("sha256", key).update(`id_number:${number}`).digest("hex");
  return `${tokenKeyId(key)}.${digest.slice(0, 32)}`;
}

/** Numbers given before 1999 lack the century (19) and the check digit (GB 11643). */
function extend(digits: string): string {
  const body = `${digits.slice(0, 6)}19${digits.slice(6)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
  return body + "10X98765432"[sum % 11];
}
