import type { RawCell } from "../raw.ts";
import { RefusalError } from "./open-options.ts";
import { MAX_SHEET_COLUMNS, MAX_SHEET_ROWS, putCell, type RowTaker } from "./row-buffer.ts";
import { findIsoDate, findSerialDate } from "./serial-date.ts";
import { decodeEscapes, type SharedStrings } from "./shared-strings.ts";
import {
  parseNumber, parseWhole, readCellTag, rowNumberOf, type CellTag, type CellType,
} from "./sheet-tags.ts";
import {
  BANG, cdataText, endsName, findMarkupEnd, findTagEnd, GT, isBlank, isCdata, localNameStart, LT,
  QUESTION, SLASH, SPACE, textOf,
} from "./xml-tags.ts";

export interface SheetContext {
  readonly sharedStrings: SharedStrings;
  /** By index of the cell format: whether it shows a date. */
  readonly dateStyles: readonly boolean[];
  readonly is1904: boolean;
}

/** Bytes of one tag or text that may wait for their end. */
const MAX_TOKEN_BYTES = 64 * 1024 ** 2;
const NOTHING = Buffer.alloc(0);

/**
 * Turns the UTF-8 bytes of a worksheet (any namespace or prefix) into rows of the cells that
 * exist. Works on bytes: only texts are decoded, numbers and references are read in place.
 */
export class SheetScanner {
  readonly #rows: RowTaker;
  readonly #context: SheetContext;
  #rest: Buffer = NOTHING;
  #depth = 0;
  #isSheet = false;
  /** Behind `sheetData` nothing is a cell, whatever its name. */
  #isOver = false;
  #row = 0;
  #inRow = false;
  #column = -1;
  #cells: RawCell[] = [];
  #rowHasValue = false;
  /** A row that is given in two parts is joined, so the last one waits. */
  #waiting: { row: number; cells: RawCell[] } | undefined;
  readonly #cell: CellTag = { column: -1, style: -1, type: "n" };
  #inCell = false;
  #collects = false;
  #phoneticDepth = 0;
  #hasInline = false;
  /** Value of the cell: text so far, behind it a range of the bytes at hand. */
  #value = "";
  #valueFrom = 0;
  #valueTo = 0;

  constructor(context: SheetContext, rows: RowTaker) {
    this.#context = context;
    this.#rows = rows;
  }

  write(chunk: Buffer): void {
    if (this.#isOver) return;
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const at = this.#scan(bytes);
    this.#keepValue(bytes);
    this.#rest = bytes.subarray(at);
    if (this.#rest.length > MAX_TOKEN_BYTES) {
      throw new RefusalError("too_large", "XML text or tag over 64 MiB");
    }
  }

  /** Delivers the row that waits; to be called at the end of the sheet. */
  end(): void {
    if (!this.#isOver && (this.#depth > 0 || this.#rest.includes(LT))) {
      throw new RefusalError("unreadable", "XML ends inside an element");
    }
    if (!this.#isSheet) throw new RefusalError("unreadable", "sheet is no worksheet");
    if (this.#waiting !== undefined) this.#rows.put(this.#waiting.row, this.#waiting.cells);
    this.#waiting = undefined;
  }

  /** Index up to which the bytes are done with. */
  #scan(bytes: Buffer): number {
    const length = bytes.length;
    for (let at = 0; ; ) {
      let lt = at;
      while (lt < length && bytes[lt] !== LT) lt++;
      const keep = this.#collects ? at : lt;
      if (lt + 1 >= length) return keep;
      const first = bytes[lt + 1];
      if (first === BANG || first === QUESTION) {
        const end = findMarkupEnd(bytes, lt);
        if (end === -1) return keep;
        if (this.#collects) {
          if (lt > at) this.#addText(bytes, at, lt);
          if (first === BANG && isCdata(bytes, lt)) this.#addCdata(bytes, lt, end);
        }
        at = end;
        continue;
      }
      const isClose = first === SLASH;
      const nameFrom = isClose ? lt + 2 : lt + 1;
      let nameTo = nameFrom;
      let byte = bytes[nameTo] ?? GT;
      while (byte > SPACE && byte !== GT && byte !== SLASH) {
        if (byte === 0x22 || byte === 0x27) throw misplaced("quote");
        byte = bytes[++nameTo] ?? GT;
      }
      const gt = findTagEnd(bytes, nameFrom);
      if (gt === -1) return keep;
      if (!endsName(byte) || isClose && !isBlank(bytes, nameTo, gt)) throw misplaced("character");
      if (this.#collects && lt > at) this.#addText(bytes, at, lt);
      if (isClose) {
        this.#depth--;
        this.#close(bytes, nameFrom, nameTo);
      } else {
        const isEmpty = bytes[gt - 1] === SLASH;
        if (!isEmpty) this.#depth++;
        this.#open(bytes, nameFrom, nameTo, isEmpty ? gt - 1 : gt);
        if (isEmpty) this.#close(bytes, nameFrom, nameTo);
      }
      if (this.#isOver) return length;
      at = gt + 1;
    }
  }

  #open(bytes: Buffer, nameFrom: number, nameTo: number, to: number): void {
    const name = localNameStart(bytes, nameFrom, nameTo);
    switch (nameTo - name) {
      case 1:
        if (bytes[name] === 0x63) this.#openCell(bytes, nameTo, to);
        else if (bytes[name] === 0x76) this.#openValue();
        else if (bytes[name] === 0x74) {
          this.#collects = this.#inCell && this.#hasInline && this.#phoneticDepth === 0;
        }
        return;
      case 2:
        if (bytes[name] === 0x69 && bytes[name + 1] === 0x73) this.#openInline();
        return;
      case 3:
        if (bytes.toString("latin1", name, nameTo) === "row") this.#openRow(bytes, nameTo, to);
        else if (this.#inCell && bytes.toString("latin1", name, nameTo) === "rPh") {
          this.#phoneticDepth++;
        }
        return;
      default:
        if (this.#isSheet) return;
        // Nothing but a worksheet may be read as an empty one.
        if (bytes.toString("latin1", name, nameTo) !== "worksheet") {
          throw new RefusalError("unreadable", "sheet is no worksheet");
        }
        this.#isSheet = true;
    }
  }

  #close(bytes: Buffer, nameFrom: number, nameTo: number): void {
    const name = localNameStart(bytes, nameFrom, nameTo);
    switch (nameTo - name) {
      case 1:
        if (bytes[name] === 0x63) this.#closeCell(bytes);
        else this.#collects = false;
        return;
      case 3:
        if (bytes.toString("latin1", name, nameTo) === "row") this.#closeRow();
        else if (bytes.toString("latin1", name, nameTo) === "rPh") this.#phoneticDepth--;
        return;
      case 9:
        if (bytes.toString("latin1", name, nameTo) !== "sheetData") return;
        if (this.#inRow) throw misplaced("end of the sheet");
        this.#isOver = true;
        return;
      default:
    }
  }

  #openRow(bytes: Buffer, from: number, to: number): void {
    if (this.#inRow) throw misplaced("row");
    this.#inRow = true;
    const given = rowNumberOf(bytes, from, to);
    this.#row = given ?? this.#row + 1;
    if (this.#row > MAX_SHEET_ROWS) {
      throw new RefusalError("unreadable", `row ${this.#row} is out of bounds`);
    }
    this.#column = -1;
    this.#cells = [];
    this.#rowHasValue = false;
  }

  #closeRow(): void {
    if (!this.#inRow || this.#inCell) throw misplaced("end of a row");
    this.#inRow = false;
    if (!this.#rowHasValue) return;
    const waiting = this.#waiting;
    if (waiting?.row === this.#row) {
      for (const [column, cell] of this.#cells.entries()) {
        if (cell !== null) putCell(waiting.cells, column, cell);
      }
      return;
    }
    if (waiting !== undefined) this.#rows.put(waiting.row, waiting.cells);
    this.#waiting = { row: this.#row, cells: this.#cells };
  }

  #openCell(bytes: Buffer, from: number, to: number): void {
    if (!this.#inRow || this.#inCell) throw misplaced("cell");
    const cell = this.#cell;
    readCellTag(bytes, from, to, cell);
    this.#column = cell.column === -1 ? this.#column + 1 : cell.column;
    if (this.#column >= MAX_SHEET_COLUMNS) throw misplaced("cell");
    this.#inCell = true;
    this.#hasInline = false;
    this.#phoneticDepth = 0;
    this.#value = "";
    this.#valueFrom = 0;
    this.#valueTo = 0;
  }

  #openValue(): void {
    if (!this.#inCell) throw misplaced("value");
    this.#collects = true;
  }

  #openInline(): void {
    if (!this.#inCell) throw misplaced("text");
    this.#hasInline = true;
  }

  #closeCell(bytes: Buffer): void {
    if (!this.#inCell) throw misplaced("end of a cell");
    this.#inCell = false;
    this.#collects = false;
    if (this.#valueFrom === this.#valueTo && this.#value === "" && !this.#hasInline) return;
    this.#rowHasValue = true;
    const cell = this.#readValue(bytes, this.#cell.type);
    if (cell !== "") putCell(this.#cells, this.#column, cell);
  }

  #readValue(bytes: Buffer, type: CellType): RawCell {
    // Values that stand in one piece are read where they stand.
    const from = this.#valueFrom;
    const to = this.#value === "" ? this.#valueTo : from;
    if (type === "s") {
      const place = to > from ? parseWhole(bytes, from, to) : -1;
      const value = this.#context.sharedStrings.get(place >= 0 ? place : Number(this.#text(bytes)));
      if (value === undefined) {
        throw new RefusalError("unreadable", `shared string ${this.#text(bytes)} is missing`);
      }
      return value;
    }
    if (type === "n") {
      const value = to > from ? parseNumber(bytes, from, to) : Number.NaN;
      return Number.isNaN(value) ? this.#toNumber(this.#text(bytes)) : this.#toDate(value);
    }
    const text = this.#text(bytes);
    if (type === "b") return /^\s*(?:1|true)\s*$/.test(text);
    if (type === "e") return text;
    return type === "d" ? (findIsoDate(text) ?? text) : decodeEscapes(text);
  }

  #toNumber(text: string): RawCell {
    if (!/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(text)) return text;
    const value = Number(text);
    return Number.isFinite(value) ? this.#toDate(value) : text;
  }

  #toDate(value: number): RawCell {
    if (this.#context.dateStyles[this.#cell.style] !== true) return value;
    return findSerialDate(value, this.#context.is1904) ?? value;
  }

  #text(bytes: Buffer): string {
    this.#keepValue(bytes);
    return this.#value;
  }

  #addText(bytes: Buffer, from: number, to: number): void {
    if (this.#value !== "" || this.#valueFrom !== this.#valueTo) {
      this.#keepValue(bytes);
      this.#value += textOf(bytes, from, to);
      return;
    }
    this.#valueFrom = from;
    this.#valueTo = to;
  }

  #addCdata(bytes: Buffer, lt: number, end: number): void {
    this.#keepValue(bytes);
    this.#value += cdataText(bytes, lt, end);
  }

  /** The range as text, before its bytes go. */
  #keepValue(bytes: Buffer): void {
    if (this.#valueFrom === this.#valueTo) return;
    this.#value += textOf(bytes, this.#valueFrom, this.#valueTo);
    this.#valueFrom = 0;
    this.#valueTo = 0;
  }
}

function misplaced(what: string): RefusalError {
  return new RefusalError("unreadable", `damaged sheet: misplaced ${what}`);
}
