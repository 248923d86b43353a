import type { RawRow } from "../raw.ts";
import { createCellDecoder } from "./cell-decoder.ts";
import { BROKEN, CellTable } from "./cell-table.ts";
import { RefusalError } from "./open-options.ts";
import { parseRecords } from "./record-parser.ts";
import { BlankHold, isBlankRow, LineDecoder, type TextRange } from "./text-rows.ts";
import { decoderLabel, readTextChunks, type TextSource } from "./text-source.ts";

/** Takes the rows of a text in their order. */
export interface CellTaker {
  /** A row with as many cells as the header: their numbers in the tables; valid during the call. */
  takeCells(numbers: Int32Array, row: number): void;
  /** Any other row: blank, faulty, with more or fewer cells, or with quotes that need care. */
  takeRow(row: RawRow): void;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const OUTSIDE = 0;
const QUOTED = 1;
const BEHIND = 2;

/**
 * Reads delimited text without making texts of it: each cell is found by its bytes among the cells
 * that its column had before. Rows and their order are those of `readTextRows`, which takes over
 * for every row that is not plain. Only for UTF-8 and GB18030.
 */
export class CellReader {
  readonly #delimiter: string;
  readonly #label: "utf-8" | "gb18030";
  readonly #numbers: Int32Array;
  /** Bytes that end a run of data: delimiter, quote, line ends. */
  readonly #stops = new Uint8Array(256);
  readonly #lines: LineDecoder;
  /** By column. */
  readonly tables: readonly CellTable[];
  /** How often some table forgot its cells. */
  generation = 0;

  /** `mostCells`: distinct cells that one column remembers at most, where not the usual number. */
  constructor(
    encoding: TextSource["encoding"], delimiter: string, columns: number, mostCells?: number,
  ) {
    this.#delimiter = delimiter;
    this.#label = decoderLabel(encoding);
    this.#numbers = new Int32Array(columns);
    this.#lines = new LineDecoder(this.#label);
    for (const stop of [delimiter.charCodeAt(0), QUOTE, LF, CR]) this.#stops[stop] = 1;
    const decode = createCellDecoder(this.#label);
    this.tables = Array.from({ length: columns }, () => new CellTable(decode, mostCells));
  }

  /** Numbers of cells stay the same from call to call until a table forgets. */
  read(source: TextSource, range: TextRange, taker: CellTaker): void {
    const hold = new RowHold(taker);
    let line = range.firstLine;
    let rest = Buffer.alloc(0);
    for (const chunk of readTextChunks(source, range.start, range.end)) {
      for (const table of this.tables) if (table.forgetIfFull()) this.generation++;
      // One byte more: a line end that no run of data passes.
      const bytes = Buffer.allocUnsafe(rest.length + chunk.length + 1);
      rest.copy(bytes);
      chunk.copy(bytes, rest.length);
      const state = this.#readBytes(bytes, bytes.length - 1, line, false, hold);
      rest = Buffer.from(bytes.subarray(state.at, bytes.length - 1));
      line = state.line;
    }
    const bytes = Buffer.concat([rest, Buffer.alloc(1)]);
    const end = this.#readBytes(bytes, rest.length, line, true, hold);
    if (end.at < rest.length) throw new RefusalError("unclosed_quote", `line ${end.line}`);
    if (range.isFollowedByData) hold.release();
  }

  /** Whole records of bytes[0, size); `at` is the first byte of one that is not complete. */
  #readBytes(
    bytes: Buffer, size: number, firstLine: number, isEnd: boolean, hold: RowHold,
  ): { readonly at: number; readonly line: number } {
    bytes[size] = LF;
    let line = firstLine;
    let at = 0;
    while (at < size) {
      const end = this.#readPlain(bytes, at, size, isEnd);
      if (end > 0) {
        if (this.#isBlankRow()) hold.takeBlank(line);
        else hold.takeCells(this.#numbers, line);
        line++;
        at = end;
        continue;
      }
      if (end === INCOMPLETE) break;
      const recordEnd = findRecordEnd(bytes, at, size, this.#delimiter.charCodeAt(0), isEnd);
      if (recordEnd < 0) break;
      const { text, brokenAt } = this.#lines.decode(bytes.subarray(at, recordEnd));
      const parsed = parseRecords(text, line, this.#delimiter, brokenAt);
      if (parsed.restFrom < text.length) throw new RefusalError("unclosed_quote", `line ${line}`);
      for (const row of parsed.rows) hold.takeRow(row);
      line = parsed.restLine;
      at = recordEnd;
    }
    return { at, line };
  }

  /** Index behind a plain row of as many cells as there are columns, its cells in `#numbers`. */
  #readPlain(bytes: Buffer, from: number, size: number, isEnd: boolean): number {
    const stops = this.#stops;
    const tables = this.tables;
    const numbers = this.#numbers;
    const columns = tables.length;
    let at = from;
    for (let column = 0; ; column++) {
      if (column === columns) return NOT_PLAIN;
      const table = tables[column] as CellTable;
      // Neighbours in a column are often equal: comparing is all that they cost.
      const end = table.endOfLast(bytes, at);
      const behind = end < 0 ? QUOTE : bytes[end] as number;
      if (behind !== QUOTE && stops[behind] === 1 && (end < size || isEnd)) {
        numbers[column] = table.last;
        at = end;
      } else {
        at = this.#readCell(bytes, at, size, isEnd, column);
        if (at < 0) return at;
      }
      const stop = bytes[at] as number;
      if (stop !== LF && stop !== CR) {
        at++;
        continue;
      }
      if (column < columns - 1) return NOT_PLAIN;
      if (at >= size) return size;
      // The LF of CR LF may be in the next chunk.
      if (stop === CR && at + 1 >= size && !isEnd) return INCOMPLETE;
      return stop === CR && at + 1 < size && bytes[at + 1] === LF ? at + 2 : at + 1;
    }
  }

  /** Index behind one plain cell, its number in `#numbers`; NOT_PLAIN or INCOMPLETE. */
  #readCell(
    bytes: Buffer, from: number, size: number, isEnd: boolean, column: number,
  ): number {
    const stops = this.#stops;
    const isQuoted = bytes[from] === QUOTE;
    const start = isQuoted ? from + 1 : from;
    let at = start;
    let hash = 0;
    for (;;) {
      const byte = bytes[at] as number;
      if (stops[byte] === 1 && (!isQuoted || byte === QUOTE || byte === LF || byte === CR)) break;
      hash = (hash << 5) - hash + byte | 0;
      at++;
    }
    const end = at;
    if (isQuoted) {
      // Pairs of quotes, line ends in quotes and text behind them are left to the parser.
      if (bytes[at] !== QUOTE || at >= size) return at >= size && !isEnd ? INCOMPLETE : NOT_PLAIN;
      at++;
      if (stops[bytes[at] as number] !== 1 || bytes[at] === QUOTE) return NOT_PLAIN;
    } else if (bytes[at] === QUOTE) return NOT_PLAIN;
    if (at >= size && !isEnd) return INCOMPLETE;
    const table = this.tables[column] as CellTable;
    const number = table.find(bytes, start, end, hash);
    if (isQuoted) table.forgetLast();
    if (number === BROKEN) return NOT_PLAIN;
    this.#numbers[column] = number;
    return at;
  }

  #isBlankRow(): boolean {
    const { tables } = this;
    for (let column = 0; column < tables.length; column++) {
      const table = tables[column] as CellTable;
      if (!table.isBlank(this.#numbers[column] as number)) return false;
    }
    return true;
  }

  /** The row handed out last, as other readers give it. */
  rawRow(row: number): RawRow {
    return { row, cells: this.tables.map((t, i) => t.cell(this.#numbers[i] as number)) };
  }
}

const NOT_PLAIN = -1;
const INCOMPLETE = -2;

/** Keeps blank rows back until a row with data follows. */
class RowHold {
  readonly #taker: CellTaker;
  readonly #blanks = new BlankHold();

  constructor(taker: CellTaker) {
    this.#taker = taker;
  }

  takeCells(numbers: Int32Array, row: number): void {
    if (this.#blanks.isHolding) this.release();
    this.#taker.takeCells(numbers, row);
  }

  takeBlank(row: number): void {
    this.#blanks.hold(row);
  }

  takeRow(row: RawRow): void {
    if (isBlankRow(row)) {
      this.#blanks.hold(row.row);
      return;
    }
    if (this.#blanks.isHolding) this.release();
    this.#taker.takeRow(row);
  }

  release(): void {
    for (const rows of this.#blanks.release()) for (const row of rows) this.#taker.takeRow(row);
  }
}

/** Index behind the record that begins at `from`; -1 where its end is not there yet. */
function findRecordEnd(
  bytes: Buffer, from: number, size: number, delimiter: number, isEnd: boolean,
): number {
  let at = OUTSIDE;
  for (let i = from; i < size; i++) {
    const byte = bytes[i] as number;
    if (at === QUOTED) {
      if (byte === QUOTE) at = BEHIND;
      continue;
    }
    if (at === BEHIND) {
      at = byte === QUOTE ? QUOTED : OUTSIDE;
      if (at === QUOTED) continue;
    }
    if (byte === QUOTE) {
      if (i === from || bytes[i - 1] === delimiter) at = QUOTED;
    } else if (byte === LF) return i + 1;
    else if (byte === CR) {
      if (i + 1 < size) return bytes[i + 1] === LF ? i + 2 : i + 1;
      return isEnd ? size : -1;
    }
  }
  return isEnd && at !== QUOTED ? size : -1;
}
