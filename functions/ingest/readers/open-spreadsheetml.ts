import type { RawCell, RawFile, RawSheet } from "../raw.ts";
import { RefusalError } from "./open-options.ts";
import { RowBuffer } from "./row-buffer.ts";
import { findIsoDate, findSerialDate, isDateFormat } from "./serial-date.ts";
import { SheetRowCensus, SPREADSHEETML_MARKS } from "./sheet-row-census.ts";
import { readBytes } from "./text-source.ts";
import { scanXml, xmlEncoding } from "./xml-bytes.ts";
import { decodeEntities } from "./xml-scanner.ts";
import type { XmlHandler, XmlScanner } from "./xml-scanner.ts";

/** The date system stands in the head of the file, before the styles. */
const HEAD_CHARACTERS = 64 * 1024;

/**
 * Opens a workbook written as SpreadsheetML 2003 (one XML file): one pass of the row census here,
 * one scan for each sheet that is read. Throws `RefusalError`.
 */
export function openSpreadsheetMl(path: string): RawFile {
  const census = new SheetRowCensus(SPREADSHEETML_MARKS);
  let encoding: string | undefined;
  let wide: TextDecoder | undefined;
  let head = "";
  let tail = "";
  for (const chunk of readBytes(path)) {
    encoding ??= xmlEncoding(chunk);
    if (encoding.startsWith("utf-16")) wide ??= new TextDecoder(encoding);
    const text = wide?.decode(chunk, { stream: true }) ?? chunk.toString("latin1");
    if (head.length < HEAD_CHARACTERS) head += text.slice(0, HEAD_CHARACTERS);
    tail = (tail + text).slice(-TAIL_CHARACTERS);
    census.write(text);
  }
  census.end();
  if (!/<\/(?:[\w.-]+:)?Workbook\s*>/.test(tail)) {
    throw new RefusalError("unreadable", "truncated XML workbook");
  }
  if (census.sheets.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  const is1904 = /<(?:[\w.-]+:)?Date1904[\s/>]/.test(head);
  const sheets = census.sheets.map(({ tag, rows }, index): RawSheet => {
    return {
      name: readName(tag, encoding ?? "utf-8"),
      is1904,
      rows: () => readSheet(path, index, is1904),
      countRows: async () => rows,
    };
  });
  return { format: "spreadsheetml", encoding: null, sheets, close: async () => {} };
}

/** The closing tag of the workbook, and what may stand behind it. */
const TAIL_CHARACTERS = 4_096;

function readName(tag: string, encoding: string): string {
  const name = /[\s:]Name\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(tag);
  const text = name?.[1] ?? name?.[2] ?? "";
  if (encoding.startsWith("utf-16")) return decodeEntities(text);
  return decodeEntities(new TextDecoder(encoding).decode(Buffer.from(text, "latin1")));
}

async function* readSheet(path: string, index: number, is1904: boolean) {
  const handler = new SheetHandler(index, is1904);
  for await (const _ of scanXml(readBytes(path), handler)) {
    yield* handler.rows.takeFull();
    if (handler.isPast) break;
  }
  yield* handler.rows.takeRest();
}

/** The rows of one sheet of the workbook. */
class SheetHandler implements XmlHandler {
  readonly rows = new RowBuffer();
  readonly #is1904: boolean;
  readonly #wanted: number;
  #sheet = -1;
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

  constructor(wanted: number, is1904: boolean) {
    this.#wanted = wanted;
    this.#is1904 = is1904;
  }

  /** The next sheet has begun. */
  get isPast(): boolean {
    return this.#sheet > this.#wanted;
  }

  open(name: string, tag: XmlScanner): void {
    if (name === "Worksheet") this.#sheet++;
    else if (name === "Style") this.#styleId = tag.attribute("ID") ?? "";
    else if (name === "NumberFormat") {
      if (isDateName(tag.attribute("Format") ?? "")) this.#dateStyles.add(this.#styleId);
    } else if (this.#sheet !== this.#wanted) return;
    else if (name === "Row") this.#openRow(tag);
    else if (name === "Cell") this.#openCell(tag);
    else if (name === "Comment") this.#inComment = true;
    else if (name === "Data" && !this.#inComment) {
      this.#type = tag.attribute("Type") ?? "String";
      this.#value = "";
    }
  }

  close(name: string): void {
    if (this.#sheet !== this.#wanted) return;
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
      return (this.#isDateCell && findSerialDate(value, this.#is1904)) || value;
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
