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

/** Writes the rejected rows of one file; the file is made with the first row, mode 0600. */
export class QuarantineWriter {
  readonly #path: string;
  #descriptor: number | undefined;
  #lines: string[] = [];
  rows = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(rejected: RejectedRowInFile, rowNumber: number, sheet: string): void {
    const line: QuarantinedRow = {
      sheet,
      row: rowNumber,
      cell: rejected.cell,
      reasons: rejected.reasons,
      column: rejected.columnIndex ?? null,
      cells: rejected.raw.cells,
      text: rejected.raw.text ?? null,
    };
    this.#lines.push(`${JSON.stringify(line)}\n`);
    this.rows++;
    if (this.#lines.length >= bufferedLines) this.#write();
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

export async function* readQuarantine(path: string): AsyncIterable<QuarantinedRow> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 18 })) {
    const lines = (rest + (chunk as string)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as QuarantinedRow;
  }
}

/** Rows in a quarantine file, counted from its bytes: one line feed a row. */
export async function countQuarantine(path: string): Promise<number> {
  let rows = 0;
  for await (const chunk of createReadStream(path)) {
    for (const byte of chunk as Buffer) if (byte === 0x0a) rows++;
  }
  return rows;
}
