/** A place where a record begins, to cut a large text for two workers. */
export interface RecordMark {
  /** Byte offset in the chunks counted so far. */
  readonly offset: number;
  /** 1-based line. */
  readonly line: number;
  /** Records before it. */
  readonly records: number;
}

export interface RecordCensus {
  /** Records up to the last one with data, blank lines between them included. */
  readonly records: number;
  /** Bytes of the longest record, its quoted newlines included. */
  readonly longestBytes: number;
  /** Line of the quote that was never closed. */
  readonly unclosedQuoteLine: number | undefined;
  readonly marks: readonly RecordMark[];
}

const OUTSIDE = 0;
const QUOTED = 1;
/** Behind a quote inside quotes: the closing one, or the first of a pair. */
const BEHIND = 2;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

/**
 * Counts the records of a delimited text on its bytes, without decoding or cutting cells: the
 * witness against which the parser of records must balance. The encoding must keep ASCII bytes
 * for ASCII characters (UTF-8, GB18030). A record has data if some cell holds more than spaces,
 * tabs and line ends.
 */
export function countRecords(
  chunks: Iterable<Buffer>,
  delimiter: string,
  markEveryBytes = Infinity,
): RecordCensus {
  const delimiterByte = delimiter.charCodeAt(0);
  const marks: RecordMark[] = [];
  let nextMark = markEveryBytes;
  let at = OUTSIDE;
  let previous = LF;
  let hasData = false;
  let records = 0;
  let recordsToLastData = 0;
  let line = 1;
  let quoteLine = 1;
  let longestBytes = 0;
  /** Offset of the chunk, and of the record, from the start. */
  let base = 0;
  let recordStart = 0;

  for (const chunk of chunks) {
    const size = chunk.length;
    for (let i = 0; i < size; i++) {
      const byte = chunk[i] as number;
      if (byte > QUOTE) {
        if (at === BEHIND) at = OUTSIDE;
        if (byte !== delimiterByte || at === QUOTED) hasData = true;
        continue;
      }
      const before = i > 0 ? (chunk[i - 1] as number) : previous;
      if (byte === LF || byte === CR) {
        const endsCrLf = byte === LF && before === CR;
        if (at === QUOTED) {
          if (!endsCrLf) line++;
          continue;
        }
        at = OUTSIDE;
        const next = base + i + 1;
        if (!endsCrLf || recordStart !== next - 1) {
          records++;
          line++;
          if (hasData) recordsToLastData = records;
          hasData = false;
          if (next - recordStart > longestBytes) longestBytes = next - recordStart;
        }
        recordStart = next;
        // A mark must not stand between CR and LF.
        if (next >= nextMark && byte === LF) {
          marks.push({ offset: next, line, records });
          nextMark = next + markEveryBytes;
        }
      } else if (byte === QUOTE) {
        if (at === QUOTED) at = BEHIND;
        else if (at === BEHIND) {
          at = QUOTED;
          hasData = true;
        } else if (before === delimiterByte || base + i === recordStart) {
          at = QUOTED;
          quoteLine = line;
        } else hasData = true;
      } else {
        if (at === BEHIND) at = OUTSIDE;
        if (byte !== SPACE && byte !== TAB) hasData = true;
      }
    }
    if (size > 0) previous = chunk[size - 1] as number;
    base += size;
  }
  if (base > recordStart) {
    records++;
    if (hasData) recordsToLastData = records;
    longestBytes = Math.max(longestBytes, base - recordStart);
  }
  return {
    records: recordsToLastData,
    longestBytes,
    unclosedQuoteLine: at === QUOTED ? quoteLine : undefined,
    marks,
  };
}
