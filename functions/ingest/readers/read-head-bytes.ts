import { closeSync, openSync, readSync } from "node:fs";
import { BOM_BYTES } from "./text-source.ts";
import { findBom } from "./text-encoding.ts";

const chunkBytes = 8 * 1024 ** 2;
/** More blank lines than the header may stand behind: the rest of them tells nothing more. */
const mostLineEnds = 128;

/**
 * The first bytes of a file by which it is known. Of a text that begins with more blank bytes than
 * `nBytes`: its byte order mark, the line ends of the blank part, and what comes behind that.
 */
export function readHeadBytes(path: string, nBytes: number): Buffer {
  const file = openSync(path, "r");
  try {
    const head = readAt(file, 0, nBytes);
    const bom = findBom(head);
    const bomBytes = bom === undefined ? 0 : BOM_BYTES[bom];
    const unit = bom === "utf-16le" || bom === "utf-16be" ? 2 : 1;
    if (head.length < nBytes || findData(head, bomBytes) !== undefined) return head;
    const lineEnds: Buffer[] = [];
    let at = bomBytes;
    const zeros = Buffer.alloc(chunkBytes);
    const room = Buffer.alloc(chunkBytes);
    for (;;) {
      const chunk = room.subarray(0, readSync(file, room, 0, chunkBytes, at));
      // Gigabytes of a file that was set aside and never written are passed over at full speed.
      if (chunk.equals(zeros)) {
        at += chunk.length;
        continue;
      }
      const data = findData(chunk, 0);
      const blank = chunk.subarray(0, data === undefined ? chunk.length : data - data % unit);
      for (let i = 0; i + unit <= blank.length && lineEnds.length < mostLineEnds; i += unit) {
        const end = blank.subarray(i, i + unit);
        if (end.includes(0x0a) || end.includes(0x0d)) lineEnds.push(Buffer.from(end));
      }
      at += blank.length;
      if (data === undefined && chunk.length > 0) continue;
      return Buffer.concat([head.subarray(0, bomBytes), ...lineEnds, readAt(file, at, nBytes)]);
    }
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, at: number, nBytes: number): Buffer {
  const bytes = Buffer.alloc(nBytes);
  return bytes.subarray(0, readSync(file, bytes, 0, nBytes, at));
}

/** Index of the first byte that is neither white space nor NUL. */
function findData(bytes: Buffer, from: number): number | undefined {
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte !== 0 && byte !== 0x20 && !(byte >= 0x09 && byte <= 0x0d)) return i;
  }
  return undefined;
}
