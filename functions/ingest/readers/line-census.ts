import type { RecordMark } from "./record-census.ts";

export interface LineCensus {
  /** Lines up to the last one with data. */
  readonly lines: number;
  readonly longestBytes: number;
  /** All bytes counted. */
  readonly bytes: number;
  /** Places where a line begins, to cut a large text for two workers. */
  readonly marks: readonly RecordMark[];
}

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

/**
 * Counts the lines of a text on its bytes (line ends LF, CR LF, lone CR); a mark about every
 * `markEveryBytes`.
 */
export function countLines(
  chunks: Iterable<Buffer>, markEveryBytes = Infinity,
): LineCensus {
  const marks: RecordMark[] = [];
  let nextMark = markEveryBytes;
  let lines = 0;
  let toLastData = 0;
  let longestBytes = 0;
  let hasData = false;
  let endsInCr = false;
  /** Offsets from the start of the text. */
  let base = 0;
  let lineStart = 0;
  for (const chunk of chunks) {
    const size = chunk.length;
    let nextLf = indexOrEnd(chunk, LF, 0);
    let nextCr = indexOrEnd(chunk, CR, 0);
    let from = 0;
    // The LF of a CR LF that the chunks tear apart ends nothing more.
    if (endsInCr && size > 0 && chunk[0] === LF) {
      from = 1;
      lineStart = base + 1;
      nextLf = indexOrEnd(chunk, LF, from);
    }
    while (from < size) {
      const end = Math.min(nextLf, nextCr);
      if (!hasData) hasData = holdsData(chunk, from, end);
      if (end === size) break;
      lines++;
      if (hasData) toLastData = lines;
      hasData = false;
      longestBytes = Math.max(longestBytes, base + end - lineStart);
      from = chunk[end] === CR && chunk[end + 1] === LF ? end + 2 : end + 1;
      lineStart = base + from;
      // A mark must not stand between CR and LF.
      if (lineStart >= nextMark && chunk[from - 1] === LF) {
        marks.push({ offset: lineStart, line: lines + 1, records: lines });
        nextMark = lineStart + markEveryBytes;
      }
      if (nextLf < from) nextLf = indexOrEnd(chunk, LF, from);
      if (nextCr < from) nextCr = indexOrEnd(chunk, CR, from);
    }
    if (size > 0) endsInCr = chunk[size - 1] === CR;
    base += size;
  }
  if (hasData) toLastData = lines + 1;
  return {
    lines: toLastData, longestBytes: Math.max(longestBytes, base - lineStart), bytes: base, marks,
  };
}

function indexOrEnd(chunk: Buffer, byte: number, from: number): number {
  const index = chunk.indexOf(byte, from);
  return index === -1 ? chunk.length : index;
}

function holdsData(chunk: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (chunk[i] !== SPACE && chunk[i] !== TAB) return true;
  return false;
}
