import type { RawCell } from "../raw.ts";
import { RefusalError } from "./open-options.ts";
import { MAX_SHEET_COLUMNS, putCell, RowBuffer } from "./row-buffer.ts";
import { findIsoDate, findSerialDate, isDateFormat } from "./serial-date.ts";
import type { XmlHandler, XmlScanner } from "./xml-scanner.ts";

/** What stands before the sheets: date system and styles that show dates. */
export class SpreadsheetMlStyles implements XmlHandler {
  is1904 = false;
  readonly dateStyles = new Set<string>();
  #styleId = "";

  open(name: string, tag: XmlScanner): void {
    if (name === "Date1904") this.is1904 = true;
    else if (name === "Style") this.#styleId = tag.attribute("ID") ?? "";
    else if (name === "NumberFormat") {
      if (isDateName(tag.attribute("Format") ?? "")) this.dateStyles.add(this.#styleId);
    }
  }
  close(): void {}
  text(): void {}
}

/** Named formats of the dialect, or a code. */
function isDateName(format: string): boolean {
  return /\b(date|time)\b/i.test(format) || isDateFormat(format);
}

/** The rows of one sheet. */
export class SpreadsheetMlSheet implements XmlHandler {
  readonly rows = new RowBuffer();
  readonly #styles: SpreadsheetMlStyles;
  /** Behind the table nothing is a row. */
  #isOver = false;
  #row = 0;
  #inRow = false;
  #skipBehind = 0;
  #column = 0;
  #inCell = false;
  #mergeAcross = 0;
  #cells: RawCell[] = [];
  #rowHasValue = false;
  #isDateCell = false;
  #type: string | undefined;
  #inComment = false;
  #value = "";

  constructor(styles: SpreadsheetMlStyles) {
    this.#styles = styles;
  }

  open(name: string, tag: XmlScanner): void {
    if (this.#isOver) return;
    if (name === "Row") this.#openRow(tag);
    else if (name === "Cell") this.#openCell(tag);
    else if (name === "Comment") this.#inComment = true;
    else if (name === "Data" && !this.#inComment) {
      if (!this.#inCell || this.#type !== undefined) throw misplaced("value");
      this.#type = tag.attribute("Type") ?? "String";
      this.#value = "";
    }
  }

  close(name: string): void {
    if (this.#isOver) return;
    if (name === "Row") this.#closeRow();
    else if (name === "Cell") {
      if (!this.#inCell || this.#type !== undefined) throw misplaced("end of a cell");
      this.#inCell = false;
      this.#column += 1 + this.#mergeAcross;
    } else if (name === "Comment") this.#inComment = false;
    else if (name === "Table") {
      if (this.#inRow) throw misplaced("end of the table");
      this.#isOver = true;
    } else if (name === "Data" && this.#type !== undefined) {
      const value = this.#readValue(this.#type);
      this.#type = undefined;
      this.#rowHasValue = true;
      if (value !== "") putCell(this.#cells, this.#column, value);
    }
  }

  text(value: string): void {
    if (this.#type !== undefined) this.#value += value;
  }

  #openRow(tag: XmlScanner): void {
    if (this.#inRow) throw misplaced("row");
    this.#inRow = true;
    const index = tag.attribute("Index");
    this.#row = index === undefined ? this.#row + 1 + this.#skipBehind : Number(index);
    if (!Number.isInteger(this.#row) || this.#row < 1) {
      throw new RefusalError("unreadable", `row number ${index}`);
    }
    this.#skipBehind = readCount(tag.attribute("Span"));
    this.#column = 0;
  }

  #closeRow(): void {
    if (!this.#inRow || this.#inCell) throw misplaced("end of a row");
    this.#inRow = false;
    if (this.#rowHasValue) this.rows.put(this.#row, this.#cells);
    this.#cells = [];
    this.#rowHasValue = false;
  }

  #openCell(tag: XmlScanner): void {
    if (!this.#inRow || this.#inCell) throw misplaced("cell");
    this.#inCell = true;
    const index = tag.attribute("Index");
    if (index !== undefined) this.#column = Number(index) - 1;
    if (!(this.#column >= 0 && this.#column < MAX_SHEET_COLUMNS)) {
      throw new RefusalError("unreadable", `cell index ${index}`);
    }
    this.#mergeAcross = readCount(tag.attribute("MergeAcross"));
    this.#isDateCell = this.#styles.dateStyles.has(tag.attribute("StyleID") ?? "");
  }

  #readValue(type: string): RawCell {
    const text = this.#value;
    if (type === "Number") {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value)) return text;
      return (this.#isDateCell && findSerialDate(value, this.#styles.is1904)) || value;
    }
    if (type === "DateTime") return findIsoDate(text) ?? text;
    if (type === "Boolean") return text.trim() === "1";
    return text;
  }
}

function readCount(text: string | undefined): number {
  const count = Number(text ?? 0);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new RefusalError("unreadable", `damaged sheet: count ${text}`);
}

function misplaced(what: string): RefusalError {
  return new RefusalError("unreadable", `damaged sheet: misplaced ${what}`);
}
