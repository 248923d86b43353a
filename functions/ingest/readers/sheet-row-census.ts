import { findTagStart, paintHiddenParts } from "./hidden-parts.ts";
import { RefusalError } from "./open-options.ts";
import { MAX_SHEET_ROWS } from "./row-buffer.ts";

/** What marks sheets, rows and values in one kind of sheet XML. */
export interface RowMarks {
  /** Local name of the element of a sheet, where several stand in one XML. */
  readonly sheetName?: string;
  /** Local name of the element of a row. */
  readonly rowName: string;
  /** Attribute with the 1-based row number, and one with rows that are skipped behind it. */
  readonly rowNumber: RegExp;
  readonly span?: RegExp;
  readonly value: RegExp;
  /** Local name of an element whose content is no part of any row. */
  readonly hiddenName?: string;
  /** Local name of the element behind which no row of the sheet stands. */
  readonly lastName: string;
}

export interface SheetRows {
  /** Open tag of the sheet as it stands, '' where the XML is one sheet. */
  readonly tag: string;
  /** Characters before that tag. */
  readonly from: number;
  /** Rows up to the last one that holds a value. */
  rows: number;
  /** Rows that hold a value. */
  filled: number;
  /** Rows stand in ascending order, as they should. */
  isOrdered: boolean;
}

export const XLSX_MARKS: RowMarks = {
  rowName: "row",
  rowNumber: /\sr\s*=\s*["'](\d+)["']/,
  value: /<(?:[\w.-]+:)?v(?:\s[^<>]*)?(?<!\/)>(?!\x7f*<\/)|<(?:[\w.-]+:)?is[\s>/]/,
  lastName: "sheetData",
};

export const SPREADSHEETML_MARKS: RowMarks = {
  sheetName: "Worksheet",
  rowName: "Row",
  rowNumber: /[\s:]Index\s*=\s*["'](\d+)["']/,
  span: /[\s:]Span\s*=\s*["'](\d+)["']/,
  value: /<(?:[\w.-]+:)?Data[\s>/]/,
  // Comments of cells hold `Data` too.
  hiddenName: "Comment",
  lastName: "Table",
};

/** Characters that may wait for the end of a tag or comment. */
const MAX_REST = 64 * 1024 ** 2;
/** What stands in a tag behind its name. */
const ATTRIBUTES = "(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*";

/** Elements of rows in one sheet: each of its rows given in two parts. */
const MAX_ROW_TAGS = 2 * MAX_SHEET_ROWS;

/**
 * Counts the rows of sheets, those that hold a value and all up to the last of them, by walking
 * the open tags of rows in the text, without the scanner of cells: the witness against which it
 * must balance.
 */
export class SheetRowCensus {
  readonly sheets: SheetRows[] = [];
  readonly #marks: RowMarks;
  readonly #tags: RegExp;
  #rest = "";
  /** Characters before `#rest`. */
  #before = 0;
  #row = 0;
  #nRowTags = 0;
  #rowIsOpen = false;
  #isOver = false;
  #skipBehind = 0;
  /** A bit a row: rows may be given in parts and out of order. */
  #bits = new Uint8Array(128);

  constructor(marks: RowMarks) {
    this.#marks = marks;
    const prefix = "(?:[\\w.-]+:)?";
    const names = marks.sheetName === undefined ? "" : `|${marks.sheetName}`;
    this.#tags = new RegExp(
      `<${prefix}(${marks.rowName}${names})(?=[\\s>/])${ATTRIBUTES}>`
        + `|</${prefix}(${marks.lastName})\\s*>`,
      "y",
    );
    if (marks.sheetName === undefined) this.#takeSheet("", 0);
  }

  /** `latin1` text: only ASCII is looked at, so that nothing needs decoding. */
  write(latin1: string): void {
    const { text, openFrom } = paintHiddenParts(this.#rest + latin1, this.#marks.hiddenName);
    // A tag, or the look behind a value's tag, may continue in the next chunk.
    const lastTags = Math.max(text.lastIndexOf("<", text.lastIndexOf("<") - 1), 0);
    const cut = Math.min(openFrom, lastTags);
    this.#walk(text.slice(0, cut));
    this.#before += cut;
    this.#rest = text.slice(cut);
    if (this.#rest.length > MAX_REST) {
      throw new RefusalError("too_large", "XML text or tag over 64 MiB");
    }
  }

  end(): void {
    this.#walk(this.#rest);
    this.#rest = "";
  }

  #walk(text: string): void {
    let from = 0;
    for (const lt of this.#listPlaces(text)) {
      this.#tags.lastIndex = lt;
      const match = this.#tags.exec(text);
      if (match === null) continue;
      this.#lookForValue(text, from, lt);
      from = lt + match[0].length;
      if (match[2] !== undefined) this.#endSheet();
      else if (match[1] === this.#marks.rowName) this.#takeRow(match[0]);
      else this.#takeSheet(match[0], this.#before + lt);
    }
    this.#lookForValue(text, from, text.length);
  }

  /** Where a tag of interest may begin. Names are sought without `<`: it stands everywhere. */
  #listPlaces(text: string): number[] {
    const { rowName, sheetName, lastName } = this.#marks;
    const places: number[] = [];
    const seek = (tail: string) => {
      for (let at = text.indexOf(tail); at !== -1; at = text.indexOf(tail, at + tail.length)) {
        const lt = findTagStart(text, at);
        if (lt !== -1) places.push(lt);
      }
      return places.length;
    };
    const nRows = seek(rowName.slice(1));
    seek(lastName.slice(1));
    if (sheetName !== undefined) seek(sheetName.slice(1));
    return places.length === nRows ? places : places.sort((one, other) => one - other);
  }

  #takeSheet(tag: string, from: number): void {
    this.sheets.push({ tag, from, rows: 0, filled: 0, isOrdered: true });
    this.#row = 0;
    this.#nRowTags = 0;
    this.#skipBehind = 0;
    this.#rowIsOpen = false;
    this.#isOver = false;
    if (this.#bits.some((byte) => byte !== 0)) this.#bits = new Uint8Array(128);
  }

  #endSheet(): void {
    this.#isOver = true;
    this.#rowIsOpen = false;
  }

  #takeRow(tag: string): void {
    if (this.#isOver) return;
    const given = this.#marks.rowNumber.exec(tag)?.[1];
    const row = given === undefined ? this.#row + 1 + this.#skipBehind : Number(given);
    const sheet = this.sheets.at(-1);
    if (sheet !== undefined && row < this.#row) sheet.isOrdered = false;
    this.#row = row;
    this.#skipBehind = Number(this.#marks.span?.exec(tag)?.[1] ?? 0);
    this.#rowIsOpen = !tag.endsWith("/>");
    if (row > MAX_SHEET_ROWS || ++this.#nRowTags > MAX_ROW_TAGS) {
      throw new RefusalError("unreadable", `row ${row} is out of bounds`);
    }
  }

  #lookForValue(text: string, from: number, to: number): void {
    const sheet = this.sheets.at(-1);
    if (sheet === undefined || !this.#rowIsOpen || from === to) return;
    const row = this.#row;
    if (this.#isMarked(row) || !this.#marks.value.test(text.slice(from, to))) return;
    this.#mark(row);
    sheet.filled++;
    if (row > sheet.rows) sheet.rows = row;
  }

  #isMarked(row: number): boolean {
    return ((this.#bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  #mark(row: number): void {
    if (row >> 3 >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(this.#bits.length * 4, (row >> 3) + 1));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[row >> 3] = (this.#bits[row >> 3] as number) | (1 << (row & 7));
  }
}
