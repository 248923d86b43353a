import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import type { RejectedRowInFile } from "./judge/verdict.ts";
import type { RawCell } from "./raw.ts";

/** One line of `quarantine/…ndjson`: a rejected row as received. Personal data. */
export interface QuarantinedRow {
  readonly sheet: string;
  readonly row: number;
  /** `F12` in sheets, else the header text of the first reason; '' for the whole row. */
  readonly cell: string;
  readonly reasons: readonly string[];
  /** 0-based column of the first reason, null where it has none. */
  readonly column: number | null;
  readonly cells: readonly RawCell[];
  /** The row's text where it has no cells. */
  readonly text: string | null;
}

const bufferedLines = 500;
const mostQuoted = 1_000;

/** Behind it stands what a slip shows and its JSON does not; inside a text it would be escaped. */
const sendersPart = ',"column":';

/** Writes the rejected rows of one file; the file is made with the first row, mode 0600. */
export class QuarantineWriter {
  readonly #path: string;
  #descriptor: number | undefined;
  #lines: string[] = [];
  readonly #quoted = new Map<string, string>();
  rows = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(rejected: RejectedRowInFile, rowNumber: number, sheet: string): void {
    const { cell, reasons, columnIndex, raw } = rejected;
    // Pieces in the order of QuarantinedRow: an object for each row costs twice the time.
    this.#lines.push(`{"sheet":${this.#quote(sheet)},"row":${rowNumber},"cell":${
      this.#quote(cell)},"reasons":[${reasons.map((r) => this.#quote(r)).join(",")}]${
      sendersPart}${columnIndex ?? "null"},"cells":${
      raw.cells.length === 0 ? "[]" : JSON.stringify(raw.cells)},"text":${
      raw.text === undefined ? "null" : JSON.stringify(raw.text)}}\n`);
    this.rows++;
    if (this.#lines.length >= bufferedLines) this.#write();
  }

  /** Names of sheets, columns and reasons come again and again; addresses of cells do not. */
  #quote(text: string): string {
    const known = this.#quoted.get(text);
    if (known !== undefined) return known;
    const quoted = JSON.stringify(text);
    if (this.#quoted.size < mostQuoted) this.#quoted.set(text, quoted);
    return quoted;
  }

  /** Path of the file, or undefined where no row was rejected. */
  close(): string | undefined {
    this.#write();
    if (this.#descriptor === undefined) return undefined;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
    return this.#path;
  }

  #write(): void {
    if (this.#lines.length === 0) return;
    this.#descriptor ??= openSync(this.#path, "w", 0o600);
    writeSync(this.#descriptor, this.#lines.join(""));
    this.#lines = [];
  }
}

/** Reads the lines of a quarantine file in their order. */
class LineParser {
  /** Of the last line: what stands before the number of the row, and from there to the text. */
  #head = "\n";
  #middle = "";
  #last: QuarantinedRow | undefined;

  /** As `JSON.parse`; lines that cannot be read come by the million, and differ in two values. */
  parse(line: string): QuarantinedRow {
    const last = this.#last;
    if (last && line.startsWith(this.#head)) {
      const from = this.#head.length;
      const end = line.indexOf(",", from);
      if (line.startsWith(this.#middle, end)) {
        const text = JSON.parse(line.slice(end + this.#middle.length, -1)) as string;
        return { ...last, row: Number(line.slice(from, end)), text };
      }
    }
    const row = JSON.parse(line) as QuarantinedRow;
    this.#last = undefined;
    if (row.cells.length > 0 || row.text === null) return row;
    // In the order of `QuarantineWriter`; its texts are quoted as they are here.
    const head = `{"sheet":${JSON.stringify(row.sheet)},"row":`;
    const end = `${head}${row.row}`.length;
    this.#head = head;
    this.#middle = line.slice(end, line.length - JSON.stringify(row.text).length - 1);
    this.#last = row;
    return row;
  }
}

/**
 * Rows of a quarantine, of one file or several in their order, many at a time, each with its line
 * of the slip's JSON.
 */
export async function* readQuarantine(
  paths: string | readonly string[],
): AsyncIterable<readonly { readonly row: QuarantinedRow; readonly slipLine: string }[]> {
  const parser = new LineParser();
  for (const path of typeof paths === "string" ? [paths] : paths) {
    let rest = "";
    const chunks = createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 18 });
    for await (const chunk of chunks) {
      const lines = (rest + (chunk as string)).split("\n");
      rest = lines.pop() ?? "";
      yield lines.map((line) => ({
        row: parser.parse(line),
        slipLine: `${line.slice(0, line.indexOf(sendersPart))}}\n`,
      }));
    }
  }
}

/** Rows in a quarantine file, counted from its bytes: one line feed a row. */
export async function countQuarantine(path: string): Promise<number> {
  let rows = 0;
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) rows++;
  }
  return rows;
}
