export interface LineCensus {
  /** Lines up to the last one with data. */
  readonly lines: number;
  readonly longestBytes: number;
}

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

/** Counts the lines of a text on its bytes (line ends LF, CR LF, lone CR). */
export function countLines(chunks: Iterable<Buffer>): LineCensus {
  let lines = 0;
  let toLastData = 0;
  let longestBytes = 0;
  let hasData = false;
  let previous = 0;
  /** Offsets from the start of the text. */
  let base = 0;
  let lineStart = 0;
  for (const chunk of chunks) {
    const size = chunk.length;
    for (let i = 0; i < size; i++) {
      if (hasData) while ((chunk[i] as number) > CR) i++;
      if (i >= size) break;
      const byte = chunk[i] as number;
      if (byte !== LF && byte !== CR) {
        if (byte !== SPACE && byte !== TAB) hasData = true;
        continue;
      }
      const before = i > 0 ? (chunk[i - 1] as number) : previous;
      if (byte !== LF || before !== CR) {
        lines++;
        if (hasData) toLastData = lines;
        longestBytes = Math.max(longestBytes, base + i - lineStart);
      }
      hasData = false;
      lineStart = base + i + 1;
    }
    if (size > 0) previous = chunk[size - 1] as number;
    base += size;
  }
  if (hasData) toLastData = lines + 1;
  return { lines: toLastData, longestBytes: Math.max(longestBytes, base - lineStart) };
}
