import { isUtf8 } from "node:buffer";
import type { RawRow } from "../raw.ts";
import { BATCH_ROWS, RefusalError } from "./open-options.ts";
import { parseRecords } from "./record-parser.ts";
import { decoderLabel, readTextChunks } from "./text-source.ts";
import type { TextSource } from "./text-source.ts";

/** A part of a text that begins at the first byte of a record. */
export interface TextRange {
  /** Byte offsets in the file. */
  readonly start: number;
  readonly end: number;
  /** 1-based line at `start`. */
  readonly firstLine: number;
  /** Blank rows at the end of the part are rows of the file, because data follows. */
  readonly isFollowedByData: boolean;
}

/**
 * The rows of a delimited text in batches, blank ones included up to the last row with data.
 * Memory holds one chunk of 1 MiB and the longest record.
 */
export async function* readTextRows(
  source: TextSource,
  delimiter: string,
  range?: TextRange,
): AsyncGenerator<readonly RawRow[]> {
  let rest = "";
  let brokenInRest: readonly number[] = [];
  let line = range?.firstLine ?? 1;
  const blanks = new BlankHold();
  for (const piece of decodeLines(source, range)) {
    const text = rest + piece.text;
    const restLength = rest.length;
    const brokenAt = [...brokenInRest, ...piece.brokenAt.map((index) => index + restLength)];
    const parsed = parseRecords(text, line, delimiter, brokenAt);
    rest = text.slice(parsed.restFrom);
    brokenInRest = brokenAt
      .filter((index) => index >= parsed.restFrom)
      .map((index) => index - parsed.restFrom);
    line = parsed.restLine;
    yield* blanks.deliver(parsed.rows);
  }
  if (rest !== "") throw new RefusalError("unclosed_quote", `line ${line}`);
  if (range?.isFollowedByData) yield* blanks.release();
}

/** Blank rows whose numbers follow one another. */
interface BlankRun {
  readonly first: number;
  rows: number;
}

/** Keeps back blank rows until a row with data follows; millions of them cost nothing. */
export class BlankHold {
  #runs: BlankRun[] = [];

  get isHolding(): boolean {
    return this.#runs.length > 0;
  }

  hold(row: number): void {
    const last = this.#runs.at(-1);
    if (last && last.first + last.rows === row) last.rows++;
    else this.#runs.push({ first: row, rows: 1 });
  }

  /** The rows up to the last with data, behind those held before; blank ones at the end are held. */
  *deliver(rows: readonly RawRow[]): Generator<readonly RawRow[]> {
    let end = rows.length;
    while (end > 0 && isBlankRow(rows[end - 1] as RawRow)) end--;
    if (end > 0) {
      yield* this.release();
      yield* inBatches(end === rows.length ? rows : rows.slice(0, end));
    }
    for (let i = end; i < rows.length; i++) this.hold((rows[i] as RawRow).row);
  }

  *release(): Generator<readonly RawRow[]> {
    const runs = this.#runs;
    this.#runs = [];
    let batch: RawRow[] = [];
    for (const { first, rows } of runs) {
      for (let row = first; row < first + rows; row++) {
        batch.push({ row, cells: noCells });
        if (batch.length < BATCH_ROWS) continue;
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  }
}

const noCells: RawRow["cells"] = [];

/** No cell holds more than spaces, tabs and line ends: the same rule as the census. */
export function isBlankRow(row: RawRow): boolean {
  if (row.fault !== undefined) return false;
  return row.cells.every((cell) => cell === null || !/[^ \t\r\n]/.test(cell as string));
}

export function* inBatches(rows: readonly RawRow[]): Generator<readonly RawRow[]> {
  if (rows.length <= BATCH_ROWS) {
    if (rows.length > 0) yield rows;
    return;
  }
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    yield rows.slice(from, from + BATCH_ROWS);
  }
}

export interface DecodedLines {
  /** Whole lines; the last piece may lack its line end. */
  readonly text: string;
  /** Indexes at which a line begins whose bytes are broken. */
  readonly brokenAt: readonly number[];
}

const LF = 0x0a;
const CR = 0x0d;

/** Decodes a text in pieces cut at line ends. */
export function* decodeLines(
  source: TextSource,
  range?: Pick<TextRange, "start" | "end">,
): Generator<DecodedLines> {
  const decoder = new LineDecoder(decoderLabel(source.encoding));
  let pending: Buffer[] = [];
  for (const chunk of readTextChunks(source, range?.start, range?.end)) {
    const cut = findLastLineEnd(chunk);
    if (cut === 0) {
      pending.push(Buffer.from(chunk));
      continue;
    }
    const head = chunk.subarray(0, cut);
    yield decoder.decode(pending.length === 0 ? head : Buffer.concat([...pending, head]));
    pending = cut === chunk.length ? [] : [Buffer.from(chunk.subarray(cut))];
  }
  if (pending.length > 0) yield decoder.decode(Buffer.concat(pending));
}

/** Index behind the last line end; a CR at the very end waits for its LF. */
function findLastLineEnd(chunk: Buffer): number {
  const lf = chunk.lastIndexOf(LF);
  if (lf !== -1) return lf + 1;
  const cr = chunk.subarray(0, -1).lastIndexOf(CR);
  return cr + 1;
}

/** Decodes whole lines; those whose bytes are broken are named. */
export class LineDecoder {
  readonly #isUtf8: boolean;
  readonly #strict: TextDecoder;
  readonly #lenient: TextDecoder;

  constructor(label: "utf-8" | "gb18030") {
    this.#isUtf8 = label === "utf-8";
    this.#strict = new TextDecoder(label, { fatal: true, ignoreBOM: true });
    this.#lenient = new TextDecoder(label, { ignoreBOM: true });
  }

  decode(bytes: Buffer): DecodedLines {
    const whole = this.#tryDecode(bytes);
    return whole === undefined ? this.#decodeByLine(bytes) : { text: whole, brokenAt: [] };
  }

  #tryDecode(bytes: Buffer): string | undefined {
    // An error thrown for each of a million broken lines takes longer than all the rest.
    if (this.#isUtf8 && !isUtf8(bytes)) return undefined;
    try {
      return this.#strict.decode(bytes);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  #decodeByLine(bytes: Buffer): DecodedLines {
    const parts: string[] = [];
    const brokenAt: number[] = [];
    let length = 0;
    let start = 0;
    while (start < bytes.length) {
      const end = findLineEnd(bytes, start);
      const line = bytes.subarray(start, end);
      let text = this.#tryDecode(line);
      if (text === undefined) {
        text = this.#lenient.decode(line);
        brokenAt.push(length);
      }
      parts.push(text);
      length += text.length;
      start = end;
    }
    return { text: parts.join(""), brokenAt };
  }
}

/** Index behind the line end at or after `start`: CR LF, LF or a lone CR. */
function findLineEnd(bytes: Buffer, start: number): number {
  for (let i = start; i < bytes.length; i++) {
    if (bytes[i] === LF) return i + 1;
    if (bytes[i] === CR) return bytes[i + 1] === LF ? i + 2 : i + 1;
  }
  return bytes.length;
}
