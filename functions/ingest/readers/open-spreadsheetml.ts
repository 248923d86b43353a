import { readFileSync } from "node:fs";
import type { RawCell, RawFile, RawSheet } from "../raw.ts";
import { RefusalError } from "./open-options.ts";
import { RowBuffer } from "./row-buffer.ts";
import { findIsoDate, findSerialDate, isDateFormat } from "./serial-date.ts";
import { SheetRowCensus } from "./sheet-row-census.ts";
import { readBytes } from "./text-source.ts";
import { scanXml, xmlEncoding } from "./xml-bytes.ts";
import type { XmlHandler, XmlScanner } from "./xml-scanner.ts";

const MARKS = {
  row: /<(?:[\w.-]+:)?Row(?=[\s>/])[^>]*>/g,
  rowNumber: /[\s:]Index\s*=\s*["'](\d+)["']/,
  span: /[\s:]Span\s*=\s*["'](\d+)["']/,
  value: /<(?:[\w.-]+:)?Data[\s>]/,
};

/** Opens a workbook written as SpreadsheetML 2003 (one XML file). Throws `RefusalError`. */
export async function openSpreadsheetMl(path: string): Promise<RawFile> {
  const outline = new WorkbookHandler(undefined);
  for await (const _ of scanXml(readBytes(path), outline));
  if (outline.sheets.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  const counts = countSheetRows(path);
  const sheets: RawSheet[] = outline.sheets.map((name, index) => ({
    name,
    is1904: outline.is1904,
    rows: () => readSheet(path, index, outline.is1904),
    countRows: async () => counts[index] ?? 0,
  }));
  return { format: "spreadsheetml", encoding: null, sheets, close: async () => {} };
}

async function* readSheet(path: string, index: number, is1904: boolean) {
  const handler = new WorkbookHandler(index, is1904);
  for await (const _ of scanXml(readBytes(path), handler)) yield* handler.rows.takeFull();
  yield* handler.rows.takeRest();
}

function countSheetRows(path: string): readonly number[] {
  const bytes = readFileSync(path);
  const latin1 = bytes.toString("latin1");
  const text = xmlEncoding(bytes).startsWith("utf-16") ? latin1.replaceAll("\0", "") : latin1;
  // Comments of cells hold `Data` too.
  const plain = text.replace(/<(?:[\w.-]+:)?Comment[\s>][\s\S]*?<\/(?:[\w.-]+:)?Comment>/g, "");
  const [, ...parts] = plain.split(/<(?:[\w.-]+:)?Worksheet(?=[\s>])/);
  return parts.map((part) => {
    const census = new SheetRowCensus(MARKS);
    census.write(part);
    census.end();
    return census.rows;
  });
}

/** Outline of the workbook, and the rows of one sheet of it. */
class WorkbookHandler implements XmlHandler {
  readonly rows = new RowBuffer();
  readonly sheets: string[] = [];
  is1904: boolean;
  readonly #wanted: number | undefined;
  readonly #dateStyles = new Set<string>();
  #styleId = "";
  #row = 0;
  #skipBehind = 0;
  #column = 0;
  #mergeAcross = 0;
  #cells: RawCell[] = [];
  #rowHasValue = false;
  #isDateCell = false;
  #type: string | undefined;
  #inComment = false;
  #value = "";

  constructor(wanted: number | undefined, is1904 = false) {
    this.#wanted = wanted;
    this.is1904 = is1904;
  }

  get #isWanted(): boolean {
    return this.#wanted !== undefined && this.sheets.length === this.#wanted + 1;
  }

  open(name: string, tag: XmlScanner): void {
    if (name === "Worksheet") this.sheets.push(tag.attribute("Name") ?? "");
    else if (name === "Date1904") this.is1904 = true;
    else if (name === "Style") this.#styleId = tag.attribute("ID") ?? "";
    else if (name === "NumberFormat") {
      if (isDateName(tag.attribute("Format") ?? "")) this.#dateStyles.add(this.#styleId);
    } else if (!this.#isWanted) return;
    else if (name === "Row") this.#openRow(tag);
    else if (name === "Cell") this.#openCell(tag);
    else if (name === "Comment") this.#inComment = true;
    else if (name === "Data" && !this.#inComment) {
      this.#type = tag.attribute("Type") ?? "String";
      this.#value = "";
    }
  }

  close(name: string): void {
    if (!this.#isWanted) return;
    if (name === "Row") {
      if (this.#rowHasValue) this.rows.put(this.#row, this.#cells);
      this.#cells = [];
      this.#rowHasValue = false;
    } else if (name === "Cell") this.#column += 1 + this.#mergeAcross;
    else if (name === "Comment") this.#inComment = false;
    else if (name === "Data" && this.#type !== undefined) {
      const value = this.#readValue(this.#type);
      this.#type = undefined;
      this.#rowHasValue = true;
      if (value === "") return;
      while (this.#cells.length < this.#column) this.#cells.push(null);
      this.#cells[this.#column] = value;
    }
  }

  text(value: string): void {
    if (this.#type !== undefined) this.#value += value;
  }

  #openRow(tag: XmlScanner): void {
    const index = tag.attribute("Index");
    this.#row = index === undefined ? this.#row + 1 + this.#skipBehind : Number(index);
    if (!Number.isInteger(this.#row)) throw new RefusalError("unreadable", `row number ${index}`);
    this.#skipBehind = Number(tag.attribute("Span") ?? 0);
    this.#column = 0;
  }

  #openCell(tag: XmlScanner): void {
    const index = tag.attribute("Index");
    if (index !== undefined) this.#column = Number(index) - 1;
    if (!(this.#column >= 0 && this.#column < 16_384)) {
      throw new RefusalError("unreadable", `cell index ${index}`);
    }
    this.#mergeAcross = Number(tag.attribute("MergeAcross") ?? 0);
    this.#isDateCell = this.#dateStyles.has(tag.attribute("StyleID") ?? "");
  }

  #readValue(type: string): RawCell {
    const text = this.#value;
    if (type === "Number") {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value)) return text;
      return (this.#isDateCell && findSerialDate(value, this.is1904)) || value;
    }
    if (type === "DateTime") return findIsoDate(text) ?? text;
    if (type === "Boolean") return text.trim() === "1";
    return text;
  }
}

/** Named formats of the dialect, or a code. */
function isDateName(format: string): boolean {
  return /\b(date|time)\b/i.test(format) || isDateFormat(format);
}
