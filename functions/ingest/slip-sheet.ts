import { toByteText } from "./slip-buffer.ts";
import { slipStyles, type SlipStyle } from "./slip-styles.ts";
import { isFormulaLike, slipText } from "./slip-text.ts";
import { EntryWriter, type DeflatedEntry } from "./slip-zip.ts";

/** Text and numbers only; a formula cannot be said. */
export type SlipValue = string | number | null;
export interface SlipColumn {
  readonly heading: string;
  readonly headingStyle: "heading" | "sentHeading";
  readonly style: SlipStyle;
  /** Characters; without it as wide as the first rows need. */
  readonly width?: number;
}
export interface SlipRow {
  readonly values: readonly SlipValue[];
  /** 0-based columns that are at fault. */
  readonly faults: readonly number[];
  /** Its text stands for the whole row: there are no cells between it and our notes. */
  readonly isText?: boolean;
}

/** A finished sheet: its entry, and what the workbook says of it. */
export interface SlipSheet {
  readonly name: string;
  /** `$A$1:$T$101`; '' where the sheet is no table. */
  readonly table: string;
  /** Columns that every printed page repeats, `$A:$D`; '' for none. */
  readonly repeated: string;
  readonly entry: DeflatedEntry;
}

/** Rows that one sheet of a workbook holds below its heading. */
const mostRows = 1_048_575;
/** Columns of a sheet; objects can have more keys, which stand in the CSV. */
const mostColumns = 16_384;
const sampledRows = 200;
/** XML of one sheet; what comes after goes to the next. */
const sheetBytes = 2 ** 31;

export interface SheetOptions {
  /** First columns that stay in view. */
  readonly frozenColumns: number;
  /** Local file for a sheet that grows large. */
  readonly spill: string;
  /** Default: as many as a workbook allows. */
  readonly mostRows?: number | undefined;
}

/** A cell of our own behind its address, and the lines that it needs. */
interface Note { readonly value: string; readonly xml: string; readonly lines: number }

/** One table of a slip: heading, frozen and repeated on every page, filter, rows as they come. */
export class SheetWriter {
  readonly #name: string;
  readonly #columns: readonly SlipColumn[];
  readonly #writer: EntryWriter;
  readonly #frozenColumns: number;
  readonly #mostRows: number;
  #sample: SlipRow[] | undefined = [];
  #widths: readonly number[] = [];
  #rows = 0;
  /** What a column of notes said last: mostly the same from row to row. */
  readonly #lastNotes: Note[] = [];

  constructor(name: string, columns: readonly SlipColumn[], options: SheetOptions) {
    this.#name = name;
    this.#columns = columns.slice(0, mostColumns);
    this.#frozenColumns = options.frozenColumns;
    this.#mostRows = options.mostRows ?? mostRows;
    this.#writer = new EntryWriter("", options.spill);
  }

  get isFull(): boolean {
    return this.#rows >= this.#mostRows || this.#writer.size >= sheetBytes;
  }

  add(row: SlipRow): void {
    this.#rows++;
    if (!this.#sample) {
      this.#write(row, this.#rows + 1);
      return;
    }
    this.#sample.push(row);
    if (this.#sample.length === sampledRows) this.#begin();
  }

  close(): SlipSheet {
    if (this.#sample) this.#begin();
    const table = `$A$1:$${columnName(Math.max(this.#columns.length, 1) - 1)}$${this.#rows + 1}`;
    const writer = this.#writer;
    const filter = `<autoFilter ref="${table.replaceAll("$", "")}"/>`;
    writer.write(`</sheetData>${filter}${closeXml(this.#widths, this.#frozenColumns)}`);
    const frozen = this.#frozenColumns;
    const repeated = frozen > 0 ? `$A:$${columnName(frozen - 1)}` : "";
    return { name: this.#name, table, repeated, entry: writer.close() };
  }

  #begin(): void {
    const sample = this.#sample ?? [];
    this.#sample = undefined;
    this.#widths = this.#columns.map((column, k) =>
      column.width ?? widthOf(column.heading, sample.map((row) => row.values[k] ?? null)));
    const frozen = this.#frozenColumns;
    this.#writer.write(openXml(this.#widths, frozen));
    const headings = this.#columns.map((column, k) =>
      cellXml(columnName(k), 1, column.heading, column.headingStyle)).join("");
    const height = heightOf(this.#columns.map((c, k) => linesOf(c.heading, this.#widths[k])));
    this.#writer.write(`<row r="1"${height}>${headings}</row>`);
    for (const [i, row] of sample.entries()) this.#write(row, i + 2);
  }

  #write(row: SlipRow, number: number): void {
    this.#writer.write(this.#rowXml(row, number), row.isText === true);
  }

  /** Of rows whose text stands for them as bytes, a character each. */
  #rowXml({ values, faults, isText }: SlipRow, number: number): string {
    let xml = "";
    let lines = 1;
    for (let k = 0; k < values.length && k < mostColumns; k++) {
      const value = values[k] ?? null;
      if (value === null && isText) continue;
      const isFault = faults.length > 0 && faults.includes(k);
      const style = isFault ? "fault" : this.#columns[k]?.style ?? "sent";
      if (isText && style === "note" && typeof value === "string" && value !== "") {
        const note = this.#noteXml(k, value);
        lines = Math.max(lines, note.lines);
        xml += `<c r="${columnName(k)}${number}${note.xml}`;
        continue;
      }
      if (isFault || style === "note") lines = Math.max(lines, linesOf(value, this.#widths[k]));
      const cell = cellXml(columnName(k), number, value, style);
      xml += isText ? toByteText(cell) : cell;
    }
    return `<row r="${number}"${heightOf([lines])}>${xml}</row>`;
  }

  #noteXml(k: number, value: string): Note {
    const last = this.#lastNotes[k];
    if (last?.value === value) return last;
    return this.#lastNotes[k] = {
      value, xml: toByteText(textXml(value, "note")), lines: linesOf(value, this.#widths[k]),
    };
  }
}

/** A sheet of free form: the cover of a slip. Rows of values, each with its style. */
export function buildPlainSheet(
  name: string, widths: readonly number[],
  rows: readonly (readonly { readonly value: SlipValue; readonly style: SlipStyle }[])[],
): SlipSheet {
  const writer = new EntryWriter("", "");
  writer.write(openXml(widths, 0, false));
  for (const [i, row] of rows.entries()) {
    const cells = row.map(({ value, style }, k) => cellXml(columnName(k), i + 1, value, style));
    const height = heightOf(row.map(({ value }, k) => linesOf(value, widths[k])));
    writer.write(`<row r="${i + 1}"${height}>${cells.join("")}</row>`);
  }
  writer.write(`</sheetData>${closeXml(widths, 0)}`);
  return { name, table: "", repeated: "", entry: writer.close() };
}

function cellXml(column: string, row: number, value: SlipValue, style: SlipStyle): string {
  if (value === null || value === "") return `<c r="${column}${row}" s="${styleNumbers[style]}"/>`;
  if (typeof value === "number") {
    const number = styleNumbers[ofNumber[style] ?? style];
    return `<c r="${column}${row}" s="${number}"><v>${value}</v></c>`;
  }
  return `<c r="${column}${row}${textXml(value, style)}`;
}

/** A cell of text behind its address. */
function textXml(value: string, style: SlipStyle): string {
  const shown = isFormulaLike(value) ? ofFormula[style] ?? style : style;
  return `" s="${styleNumbers[shown]}" t="inlineStr"><is>` +
    `<t xml:space="preserve">${escapeXml(value)}</t></is></c>`;
}

const ofNumber: Readonly<Partial<Record<SlipStyle, SlipStyle>>> = {
  sent: "sentNumber", fault: "faultNumber", note: "noteCount", value: "count",
};
const ofFormula: Readonly<Partial<Record<SlipStyle, SlipStyle>>> = {
  sent: "sentFormula", fault: "faultFormula",
};
const styleNumbers = Object.fromEntries(slipStyles.map((style, number) => [style, number])) as
  Readonly<Record<SlipStyle, number>>;

const special = /[&<>\r]|_x[0-9A-Fa-f]{4}_/;

/** Text of XLSX: `_x0041_` would be read as an escape, a bare CR as a line feed. */
export function escapeXml(text: string): string {
  const shown = slipText(text);
  if (!special.test(shown)) return shown;
  return shown.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_").replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}

const columnNames: string[] = [];

/** 0 → A, 26 → AA. */
export function columnName(index: number): string {
  const known = columnNames[index];
  if (known !== undefined) return known;
  let letters = "";
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) {
    letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  }
  columnNames[index] = letters;
  return letters;
}

const narrowest = 6;
const widest = 24;
/** Points of a line of text, and of the highest row that a spreadsheet has. */
const lineHeight = 16;
const mostLines = 25;

/** Lines that a wrapped text needs in a column; not every program fits the heights by itself. */
function linesOf(value: SlipValue, width = widest): number {
  if (typeof value !== "string") return 1;
  if (value.length * 2 < width) return 1;
  let lines = 0;
  for (const line of value.slice(0, width * mostLines).split("\n")) {
    lines += Math.max(1, Math.ceil(displayWidth(line, Infinity) / (width - 1)));
  }
  return Math.min(lines, mostLines);
}

function heightOf(lines: readonly number[]): string {
  const most = Math.max(1, ...lines);
  return most === 1 ? "" : ` ht="${most * lineHeight}" customHeight="1"`;
}

/** Characters that the texts need; Han characters are two wide. */
function widthOf(heading: string, values: readonly SlipValue[]): number {
  let width = displayWidth(heading) + filterButton;
  for (const value of values) {
    if (value !== null) width = Math.max(width, displayWidth(String(value)));
  }
  return Math.min(widest, Math.max(narrowest, width + 1));
}
const filterButton = 2;

function displayWidth(text: string, most = widest): number {
  let width = 0;
  for (let i = 0; i < text.length && width < most; i++) {
    width += text.charCodeAt(i) >= 0x2e80 ? 2 : 1.1;
  }
  return Math.ceil(width);
}

function openXml(widths: readonly number[], frozenColumns: number, isTable = true): string {
  const cols = widths.map((width, k) =>
    `<col min="${k + 1}" max="${k + 1}" width="${width}" customWidth="1"/>`).join("");
  const topLeft = `${columnName(frozenColumns)}2`;
  const pane = frozenColumns > 0
    ? `<pane xSplit="${frozenColumns}" ySplit="1" topLeftCell="${topLeft}" ` +
      'activePane="bottomRight" state="frozen"/>'
    : '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  return `${xmlHead}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
    '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' +
    `<sheetViews><sheetView workbookViewId="0"${isTable ? "" : ' showGridLines="0"'}>` +
    `${isTable ? pane : ""}</sheetView></sheetViews>` +
    `<sheetFormatPr defaultRowHeight="16"/><cols>${cols}</cols><sheetData>`;
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Characters on the width of an A4 page that can still be read. */
const pageCharacters = 190;

/** A4 landscape; a table too wide for one page goes over several, our columns on each of them. */
function closeXml(widths: readonly number[], frozenColumns: number): string {
  const sum = (list: readonly number[]): number => list.reduce((total, width) => total + width, 0);
  const frozen = sum(widths.slice(0, frozenColumns));
  const pages = Math.max(1, Math.ceil((sum(widths) - frozen) / (pageCharacters - frozen)));
  return '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>' +
    `<pageSetup paperSize="9" orientation="landscape" fitToWidth="${pages}" fitToHeight="0"/>` +
    "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>" +
    "</worksheet>";
}
