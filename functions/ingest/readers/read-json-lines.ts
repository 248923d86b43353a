import { isUtf8 } from "node:buffer";
import type { RawCell, RawRow } from "../raw.ts";
import { CellTable, FEW_CELLS } from "./cell-table.ts";
import { toRawCell } from "./json-columns.ts";
import { JsonRowScanner } from "./json-row-scanner.ts";
import {
  cellsOfPaths, isBlankLine, readLines, rowOfLine, type ToCells,
} from "./open-ndjson.ts";
import type { CellTaker } from "./read-cells.ts";
import { BlankHold, LineDecoder, type TextRange } from "./text-rows.ts";
import { readTextChunks, type TextSource } from "./text-source.ts";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TAB = 0x09;

/**
 * Reads lines of JSON objects at the paths of a contract without making objects of them: each
 * value is found by its bytes among those that its column had before. Rows and their order are
 * those of `openNdjson`, whose way every line takes that is not plain. Not for UTF-16.
 */
export class JsonLineReader {
  readonly #toCells: ToCells;
  readonly #scanner: JsonRowScanner | undefined;
  readonly #numbers: Int32Array;
  readonly #lines = new LineDecoder("utf-8");
  /** By column. */
  readonly tables: readonly CellTable[];
  /** How often some table forgot its cells. */
  generation = 0;

  /** `mostCells`: distinct cells that one column remembers at most, where not the usual number. */
  constructor(
    encoding: TextSource["encoding"], paths: readonly string[], mostCells?: number,
  ) {
    this.#toCells = cellsOfPaths(paths);
    this.#numbers = new Int32Array(paths.length);
    // Ids of statements never come again.
    this.tables = paths.map(() => new CellTable(parseCell, mostCells, mostCells ?? FEW_CELLS));
    // In GB18030 the second byte of a character can be a bracket or a backslash.
    this.#scanner = encoding !== "gb18030" && JsonRowScanner.canScan(paths)
      ? new JsonRowScanner(paths, this.tables) : undefined;
  }

  /** Numbers of cells stay the same from call to call until a table forgets. */
  read(source: TextSource, range: TextRange, taker: CellTaker): void {
    const hold = new LineHold(taker);
    if (this.#scanner) this.#scanLines(source, range, hold, this.#scanner);
    else this.#parseLines(source, range, hold);
    if (range.isFollowedByData) hold.release();
  }

  /** The row handed out last, as other readers give it. */
  rawRow(row: number): RawRow {
    return { row, cells: this.tables.map((t, i) => t.cell(this.#numbers[i] as number)) };
  }

  #parseLines(source: TextSource, range: TextRange, hold: LineHold): void {
    for (const lines of readLines(source, range)) {
      for (const line of lines) {
        if (isBlankLine(line)) hold.takeBlank(line.row);
        else hold.takeRow(rowOfLine(line, this.#toCells));
      }
    }
  }

  #scanLines(
    source: TextSource, range: TextRange, hold: LineHold, scanner: JsonRowScanner,
  ): void {
    const numbers = this.#numbers;
    let row = range.firstLine;
    for (const { bytes, size } of readWholeLines(source, range)) {
      for (const table of this.tables) if (table.forgetIfFull()) this.generation++;
      const isWhole = isUtf8(bytes.subarray(0, size));
      for (let at = 0; at < size; row++) {
        const isText = isWhole || isUtf8(bytes.subarray(at, findLineEnd(bytes, at)));
        let end = isText ? scanner.scan(bytes, at, numbers) : -1;
        if (end >= 0) hold.takeCells(numbers, row);
        else {
          end = findLineEnd(bytes, at);
          if (isBlank(bytes, at, end)) hold.takeBlank(row);
          else hold.takeRow(this.#parseLine(bytes.subarray(at, end), row, isText));
        }
        at = bytes[end] === CR && end + 1 < size && bytes[end + 1] === LF ? end + 2 : end + 1;
      }
    }
  }

  #parseLine(line: Buffer, row: number, isText: boolean): RawRow {
    if (isText) {
      return rowOfLine({ row, text: line.toString("utf8"), isBroken: false }, this.#toCells);
    }
    const { text, brokenAt } = this.#lines.decode(line);
    return rowOfLine({ row, text, isBroken: brokenAt.length > 0 }, this.#toCells);
  }
}

/** The cell of a value's bytes, of none where the path leads to nothing. */
function parseCell(bytes: Buffer, start: number, end: number): RawCell {
  if (start === end) return null;
  if (isPlainText(bytes, start, end)) return bytes.toString("latin1", start + 1, end - 1);
  return toRawCell(JSON.parse(bytes.toString("utf8", start, end)));
}

/** A text of ASCII without an escape. */
function isPlainText(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== QUOTE || end - start === 2) return false;
  for (let i = start + 1; i < end; i++) {
    if (bytes[i] === BACKSLASH || (bytes[i] as number) >= 0x80) return false;
  }
  return true;
}

/** Keeps blank lines back until a line with data follows. */
class LineHold {
  readonly #taker: CellTaker;
  readonly #blanks = new BlankHold();

  constructor(taker: CellTaker) {
    this.#taker = taker;
  }

  takeBlank(row: number): void {
    this.#blanks.hold(row);
  }

  takeCells(numbers: Int32Array, row: number): void {
    if (this.#blanks.isHolding) this.release();
    this.#taker.takeCells(numbers, row);
  }

  takeRow(row: RawRow): void {
    if (this.#blanks.isHolding) this.release();
    this.#taker.takeRow(row);
  }

  release(): void {
    for (const rows of this.#blanks.release()) for (const row of rows) this.#taker.takeRow(row);
  }
}

/** Whole lines of a part in pieces; a line end stands at `size` or before it. */
function* readWholeLines(
  source: TextSource, range: TextRange,
): Generator<{ readonly bytes: Buffer; readonly size: number }> {
  let bytes = Buffer.allocUnsafe(0);
  let size = 0;
  for (const chunk of readTextChunks(source, range.start, range.end)) {
    if (size + chunk.length >= bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, size + chunk.length + 1));
      bytes.copy(larger, 0, 0, size);
      bytes = larger;
    }
    const before = Math.max(size - 1, 0);
    size += chunk.copy(bytes, size);
    const cut = findLastLineEnd(bytes, before, size);
    if (cut === 0) continue;
    yield { bytes, size: cut };
    bytes.copyWithin(0, cut, size);
    size -= cut;
  }
  bytes[size] = LF;
  if (size > 0) yield { bytes, size };
}

/** Index behind the last line end at or after `from`; a CR at the very end waits for its LF. */
function findLastLineEnd(bytes: Buffer, from: number, size: number): number {
  const piece = bytes.subarray(from, size);
  const lf = piece.lastIndexOf(LF);
  const cr = lf === -1 ? piece.subarray(0, -1).lastIndexOf(CR) : -1;
  const end = Math.max(lf, cr);
  return end === -1 ? 0 : from + end + 1;
}

/** Index of the line end at or after `from`. */
function findLineEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

function isBlank(bytes: Buffer, from: number, end: number): boolean {
  for (let i = from; i < end; i++) if (bytes[i] !== SPACE && bytes[i] !== TAB) return false;
  return true;
}
