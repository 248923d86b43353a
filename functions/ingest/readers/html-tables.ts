import type { RawCell } from "../raw.ts";
import { decodeHtmlText, walkPage } from "./html-tags.ts";
import { RefusalError } from "./open-options.ts";
import { MAX_SHEET_COLUMNS, putCell } from "./row-buffer.ts";

/** Rows of a table by 0-based place. */
export type HtmlRows = readonly (readonly RawCell[])[];

const MAX_SPAN = 1_000;
/** Cells of all tables of a page, which live in memory together. */
const MAX_CELLS = 2 ** 25;

/**
 * Reads the tables of a page in order of their opening tags. A table inside a cell is a table of
 * its own: its text is no part of that cell. Throws `RefusalError`.
 */
export function readHtmlTables(page: string): readonly HtmlRows[] {
  const tables: TableReader[] = [];
  const stack: TableReader[] = [];
  let nCells = 0;
  for (const { name, isClose, from, to } of walkPage(page)) {
    const table = stack.at(-1);
    if (name === "table") {
      if (isClose) stack.pop()?.endRow();
      else {
        const opened = new TableReader();
        tables.push(opened);
        stack.push(opened);
      }
    } else if (table === undefined) continue;
    else if (name === "#text") table.addText(page.slice(from, to));
    else if (name === "td" || name === "th") {
      if (isClose) table.endCell();
      else nCells += table.startCell(page.slice(from, to));
    } else if (name === "tr" && !isClose) table.startRow();
    else if (name === "tr" || name === "thead" || name === "tbody" || name === "tfoot") {
      table.endRow();
    } else if (name === "br" || (isClose && (name === "p" || name === "div"))) table.addText("\n");
    if (nCells > MAX_CELLS) throw new RefusalError("too_large", "HTML page of too many cells");
  }
  for (const table of stack) table.endRow();
  return tables.map((table) => table.rows);
}

/** One table while its tags go by. */
class TableReader {
  readonly rows: RawCell[][] = [];
  #cells: RawCell[] | undefined;
  #column = 0;
  /** Text of the open cell. */
  #text: string | undefined;
  #colSpan = 1;
  /** By column: number of rows from the first that cells above still cover. */
  readonly #coveredTo: number[] = [];

  startRow(): void {
    this.endRow();
    this.#cells = [];
    this.rows.push(this.#cells);
    this.#column = 0;
  }

  endRow(): void {
    this.endCell();
    this.#cells = undefined;
  }

  /** Number of cells that the new one takes in its row. */
  startCell(tag: string): number {
    this.endCell();
    if (this.#cells === undefined) this.startRow();
    const before = this.#column;
    while ((this.#coveredTo[this.#column] ?? 0) >= this.rows.length) this.#column++;
    this.#text = "";
    this.#colSpan = readSpan(tag, COLSPAN);
    const rowSpan = readSpan(tag, ROWSPAN);
    const end = this.#column + this.#colSpan;
    if (end > MAX_SHEET_COLUMNS) throw new RefusalError("unreadable", "damaged page: row too wide");
    if (rowSpan > 1) {
      const last = this.rows.length + rowSpan - 1;
      while (this.#coveredTo.length < end) this.#coveredTo.push(0);
      this.#coveredTo.fill(last, this.#column, end);
    }
    return end - before;
  }

  endCell(): void {
    if (this.#text === undefined || this.#cells === undefined) return;
    const text = this.#text.trim();
    if (text !== "") putCell(this.#cells, this.#column, text);
    this.#column += this.#colSpan;
    this.#text = undefined;
  }

  addText(text: string): void {
    if (this.#text !== undefined) this.#text += decodeHtmlText(text);
  }
}

const COLSPAN = /\scolspan\s*=\s*["']?(\d+)/i;
const ROWSPAN = /\srowspan\s*=\s*["']?(\d+)/i;

function readSpan(tag: string, form: RegExp): number {
  // The shortest tag with a span is longer than most tags.
  if (tag.length < 14) return 1;
  const value = form.exec(tag)?.[1];
  return Math.min(Math.max(Number(value ?? 1), 1), MAX_SPAN);
}
