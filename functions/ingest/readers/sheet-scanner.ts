import type { RawCell } from "../raw.ts";
import { RefusalError } from "./open-options.ts";
import { MAX_SHEET_COLUMNS } from "./row-buffer.ts";
import { findIsoDate, findSerialDate } from "./serial-date.ts";
import type { XmlHandler, XmlScanner } from "./xml-scanner.ts";

export interface SheetContext {
  readonly sharedStrings: readonly string[];
  /** By index of the cell format: whether it shows a date. */
  readonly dateStyles: readonly boolean[];
  readonly is1904: boolean;
}

export interface RowTaker {
  put(row: number, cells: readonly RawCell[]): void;
}

/** Turns the XML of a worksheet (any namespace or prefix) into rows of the cells that exist. */
export class SheetScanner implements XmlHandler {
  readonly #rows: RowTaker;
  readonly #context: SheetContext;
  #row = 0;
  #column = -1;
  #cells: RawCell[] = [];
  #rowHasValue = false;
  /** A row that is given in two parts is joined, so the last one waits. */
  #waiting: { row: number; cells: RawCell[] } | undefined;
  #type = "";
  #isDate = false;
  #inCell = false;
  #collects = false;
  #phoneticDepth = 0;
  #hasInline = false;
  #value = "";

  constructor(context: SheetContext, rows: RowTaker) {
    this.#context = context;
    this.#rows = rows;
  }

  open(name: string, tag: XmlScanner): void {
    if (name === "c") this.#openCell(tag);
    else if (name === "v") this.#collects = this.#inCell;
    else if (name === "row") this.#openRow(tag);
    else if (!this.#inCell) return;
    else if (name === "is") this.#hasInline = true;
    else if (name === "rPh") this.#phoneticDepth++;
    else if (name === "t") this.#collects = this.#hasInline && this.#phoneticDepth === 0;
  }

  close(name: string): void {
    if (name === "c") this.#closeCell();
    else if (name === "v" || name === "t") this.#collects = false;
    else if (name === "row") this.#closeRow();
    else if (name === "rPh") this.#phoneticDepth--;
  }

  text(value: string): void {
    if (this.#collects) this.#value = this.#value === "" ? value : this.#value + value;
  }

  /** Delivers the row that waits; to be called at the end of the sheet. */
  end(): void {
    if (this.#waiting !== undefined) this.#rows.put(this.#waiting.row, this.#waiting.cells);
    this.#waiting = undefined;
  }

  #openRow(tag: XmlScanner): void {
    const given = tag.attribute("r");
    const row = given === undefined ? this.#row + 1 : Number(given);
    if (!Number.isInteger(row) || row < 1) {
      throw new RefusalError("unreadable", `row number ${given}`);
    }
    this.#row = row;
    this.#column = -1;
    this.#cells = [];
    this.#rowHasValue = false;
  }

  #closeRow(): void {
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

  #openCell(tag: XmlScanner): void {
    const reference = tag.attribute("r");
    this.#column = reference === undefined ? this.#column + 1 : columnOf(reference);
    this.#type = tag.attribute("t") ?? "n";
    this.#isDate = false;
    if (this.#type === "n") {
      const style = tag.attribute("s");
      if (style !== undefined) this.#isDate = this.#context.dateStyles[Number(style)] ?? false;
    }
    this.#inCell = true;
    this.#hasInline = false;
    this.#phoneticDepth = 0;
    this.#value = "";
  }

  #closeCell(): void {
    this.#inCell = false;
    if (this.#value === "" && !this.#hasInline) return;
    this.#rowHasValue = true;
    const cell = this.#readValue();
    if (cell !== "") putCell(this.#cells, this.#column, cell);
  }

  #readValue(): RawCell {
    const text = this.#value;
    switch (this.#type) {
      case "s": {
        const value = this.#context.sharedStrings[Number(text)];
        if (value === undefined) {
          throw new RefusalError("unreadable", `shared string ${text} is missing`);
        }
        return value;
      }
      case "str":
      case "inlineStr":
        return decodeEscapes(text);
      case "b":
        return text.trim() === "1" || text.trim() === "true";
      case "e":
        return text;
      case "d":
        return findIsoDate(text) ?? text;
      default: {
        const value = Number(text);
        if (text.trim() === "" || !Number.isFinite(value)) return text;
        return (this.#isDate && findSerialDate(value, this.#context.is1904)) || value;
      }
    }
  }
}

function putCell(cells: RawCell[], column: number, cell: RawCell): void {
  while (cells.length < column) cells.push(null);
  cells[column] = cell;
}

/** 0-based column of a reference such as `AB12`. */
function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const letter = (reference.charCodeAt(i) | 0x20) - 0x60;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  if (column < 1 || column > MAX_SHEET_COLUMNS) {
    throw new RefusalError("unreadable", `cell reference ${reference}`);
  }
  return column - 1;
}

/** Workbooks write control characters as `_x000D_`. */
export function decodeEscapes(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(/_x([0-9A-F]{4})_/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
