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
  /** All records, blank ones at the end too. */
  readonly recordsWithBlankEnd: number;
  /** All bytes counted. */
  readonly bytes: number;
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
  let hasData = false;
  let records = 0;
  let recordsToLastData = 0;
  let line = 1;
  let quoteLine = 1;
  let longestBytes = 0;
  /** Last byte of the chunk before; offsets of the chunk and the record from the start. */
  let previous = LF;
  let base = 0;
  let recordStart = 0;

  for (const chunk of chunks) {
    const size = chunk.length;
    const nextLf = new ByteFinder(chunk, LF);
    const nextCr = new ByteFinder(chunk, CR);
    const nextQuote = new ByteFinder(chunk, QUOTE);
    let from = 0;
    while (from < size) {
      if (at === QUOTED) {
        const end = nextQuote.from(from);
        if (!hasData) hasData = holdsData(chunk, from, end, -1);
        if (nextLf.from(from) < end || nextCr.from(from) < end) {
          line += countLineEnds(chunk, from, end, previous);
        }
        if (end < size) at = BEHIND;
        from = end + 1;
        continue;
      }
      if (at === BEHIND) {
        if (chunk[from] === QUOTE) {
          at = QUOTED;
          hasData = true;
          from++;
          continue;
        }
        at = OUTSIDE;
      }
      const lineEnd = Math.min(nextLf.from(from), nextCr.from(from));
      const quote = nextQuote.from(from);
      const stop = Math.min(lineEnd, quote);
      if (!hasData) hasData = holdsData(chunk, from, stop, delimiterByte);
      from = stop + 1;
      if (stop >= size) break;
      const before = stop > 0 ? chunk[stop - 1] : previous;
      if (stop === quote) {
        if (before === delimiterByte || base + stop === recordStart) {
          at = QUOTED;
          quoteLine = line;
        } else hasData = true;
        continue;
      }
      const next = base + from;
      const isLf = chunk[stop] === LF;
      // The LF of CR LF ends nothing more.
      if (!isLf || before !== CR || recordStart !== next - 1) {
        records++;
        line++;
        if (hasData) recordsToLastData = records;
        hasData = false;
        longestBytes = Math.max(longestBytes, next - recordStart);
      }
      recordStart = next;
      // A mark must not stand between CR and LF.
      if (next >= nextMark && isLf) {
        marks.push({ offset: next, line, records });
        nextMark = next + markEveryBytes;
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
    recordsWithBlankEnd: records,
    bytes: base,
    longestBytes,
    unclosedQuoteLine: at === QUOTED ? quoteLine : undefined,
    marks,
  };
}

/** Next place of a byte at or after an ascending index; the chunk's length for none. */
class ByteFinder {
  readonly #chunk: Buffer;
  readonly #byte: number;
  #found = -1;

  constructor(chunk: Buffer, byte: number) {
    this.#chunk = chunk;
    this.#byte = byte;
  }

  from(index: number): number {
    if (this.#found < index) {
      const found = this.#chunk.indexOf(this.#byte, index);
      this.#found = found === -1 ? this.#chunk.length : found;
    }
    return this.#found;
  }
}

function holdsData(chunk: Buffer, from: number, to: number, delimiterByte: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = chunk[i] as number;
    if (byte > SPACE) {
      if (byte !== delimiterByte) return true;
    } else if (byte !== SPACE && byte !== TAB && byte !== LF && byte !== CR) return true;
  }
  return false;
}

function countLineEnds(chunk: Buffer, from: number, to: number, previous: number): number {
  let count = 0;
  let before = from > 0 ? chunk[from - 1] : previous;
  for (let i = from; i < to; i++) {
    const byte = chunk[i];
    if (byte === CR || (byte === LF && before !== CR)) count++;
    before = byte;
  }
  return count;
}
