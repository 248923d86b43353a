import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const HEAD_BYTES = 1024 ** 2;
const TAIL_BYTES = 64 * 1024;

/** First MiB and last 64 KiB of a file. */
export function readEnds(path: string): { readonly head: Buffer; readonly tail: Buffer } {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const read = (from: number, length: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(length, size));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
    };
    return { head: read(0, HEAD_BYTES), tail: read(Math.max(0, size - TAIL_BYTES), TAIL_BYTES) };
  } finally {
    closeSync(file);
  }
}
