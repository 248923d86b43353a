import { closeSync, openSync, writeSync } from "node:fs";
import { SlipBuffer, toByteText } from "./slip-buffer.ts";
import type { SlipValue } from "./slip-sheet.ts";
import { isFormulaLike, slipText } from "./slip-text.ts";

const bufferedCharacters = 192 * 1024;
const byteOrderMark = "\uFEFF";

/** A text that may be buffered; local file of mode 0600. */
export class TextFileWriter {
  readonly #descriptor: number;
  readonly #buffer = new SlipBuffer();

  constructor(path: string) {
    this.#descriptor = openSync(path, "w", 0o600);
  }

  /** `isBytes`: the text is its bytes, a character each. */
  write(text: string, isBytes = false): void {
    this.#buffer.add(text, isBytes);
    if (this.#buffer.size >= bufferedCharacters) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const bytes = this.#buffer.take();
    for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
  }
}

/** CSV for people: UTF-8 with byte order mark, CRLF, no cell that a spreadsheet would compute. */
export class CsvWriter {
  readonly #file: TextFileWriter;
  /** What a column said last: notes are mostly the same from row to row. */
  readonly #lastValues: SlipValue[] = [];
  readonly #lastCells: string[] = [];

  constructor(path: string) {
    this.#file = new TextFileWriter(path);
    this.#file.write(byteOrderMark);
  }

  add(values: readonly SlipValue[]): void {
    this.#file.write(csvLine(values));
  }

  /** The same of rows that come by the million and are all but equal. */
  addAlike(values: readonly SlipValue[]): void {
    let line = "";
    for (let k = 0; k < values.length; k++) {
      const value = values[k] ?? null;
      if (k > 0) line += ",";
      if (value === null) continue;
      if (value !== this.#lastValues[k]) {
        this.#lastValues[k] = value;
        this.#lastCells[k] = toByteText(csvCell(value));
      }
      line += this.#lastCells[k] as string;
    }
    this.#file.write(`${line}\r\n`, true);
  }

  close(): void {
    this.#file.close();
  }
}

/** One line; a blank line for no values. */
export function csvLine(values: readonly SlipValue[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

/**
 * A text that begins with = + - @ (also full-width), TAB, CR or LF gets an apostrophe before it;
 * the judge takes it away again where the field is no text. Numbers stay numbers.
 */
export function csvCell(value: SlipValue): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = slipText(value);
  const safe = isFormulaLike(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
