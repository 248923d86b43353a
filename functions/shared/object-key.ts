import { InvalidInputError } from "./errors.ts";

/**
 * Throws InvalidInputError for a key that no store takes: empty, absolute, with an empty, `.` or
 * `..` part, with a NUL, longer than 1024 bytes of UTF-8 (the limit of S3).
 */
export function requireKey(key: string): void {
  const parts = key.split("/");
  const isBad = parts.some((part) => part === "" || part === "." || part === "..")
    || isUnsafe(key) || Buffer.byteLength(key) > 1024;
  if (isBad) throw new InvalidInputError(`key: invalid: ${JSON.stringify(key)}; accepted: a/b/c`);
}

/** As `requireKey` for the beginning of a key; the empty prefix means everything. */
export function requirePrefix(prefix: string): void {
  const folders = prefix.split("/").slice(0, -1);
  if (folders.some((part) => part === "" || part === "." || part === "..") || isUnsafe(prefix)) {
    throw new InvalidInputError(`prefix: invalid: ${JSON.stringify(prefix)}; accepted: a/b/`);
  }
}

/** Order of keys in a listing: by code points, which is the order of their UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // UTF-16 puts surrogates (beyond U+FFFF) before U+E000–U+FFFF; code points put them after.
    const isAstralX = x >= 0xd800 && x <= 0xdfff;
    const isAstralY = y >= 0xd800 && y <= 0xdfff;
    return isAstralX === isAstralY ? x - y : isAstralX ? 1 : -1;
  }
  return a.length - b.length;
}

// A backslash separates folders on Windows only; elsewhere a sender's file may carry one.
function isUnsafe(text: string): boolean {
  return text.includes("\0") || (process.platform === "win32" && text.includes("\\"));
}
