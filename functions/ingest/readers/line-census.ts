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
  let lineBytes = 0;
  let hasData = false;
  let previous = 0;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (byte === LF || byte === CR) {
        if (byte !== LF || previous !== CR) {
          lines++;
          if (hasData) toLastData = lines;
          if (lineBytes > longestBytes) longestBytes = lineBytes;
        }
        hasData = false;
        lineBytes = 0;
      } else {
        lineBytes++;
        if (byte !== SPACE && byte !== TAB) hasData = true;
      }
      previous = byte;
    }
  }
  if (hasData) toLastData = lines + 1;
  return { lines: toLastData, longestBytes: Math.max(longestBytes, lineBytes) };
}
