/** What readers hand to the judge: cells as found in the file, before any rule of rows.md. */
export type RawCell =
  /** Text as it stands, error cells (`#N/A`) included. */
  | string
  /** Number cell of a workbook, number of a JSON value. */
  | number
  /** Boolean cell of a workbook, boolean of a JSON value. */
  | boolean
  /** No cell, empty cell, missing key, JSON null. */
  | null
  | RawDate;

/** A real date cell: wall time as if it were UTC milliseconds (1900 and 1904 systems resolved). */
export interface RawDate { readonly kind: "date"; readonly wallMs: number }

export interface RawRow {
  /** 1-based row of the sheet, (first) line of the text, index of the array. */
  readonly row: number;
  readonly cells: readonly RawCell[];
  /** Set where the row cannot be judged cell by cell. */
  readonly fault?: "invalid.structure" | "invalid.encoding";
  /** Text of the row as received, where the fault leaves no cells; cut to 10,000 characters. */
  readonly text?: string;
}

/**
 * One sheet of a workbook, or the whole of a text file. Rows come in order, rows that are wholly
 * empty included up to the last non-empty one (blank lines too), header and titles included.
 * JSON objects come as rows whose columns are `columns`; there is no header row then.
 */
export interface RawSheet {
  /** '' where the format has no sheets. */
  readonly name: string;
  /** JSON, NDJSON: union of the keys (dotted paths of the contract for statements); else undefined. */
  readonly columns?: readonly string[];
  /** 1904 date system: serials in cells (also as text) count from there. */
  readonly is1904?: boolean;
  rows(): AsyncIterable<readonly RawRow[]>;
  /**
   * Number of rows that `rows()` must deliver, counted by another way than the parser of rows:
   * record census of the bytes, `<row>` walk of the sheet XML, BIFF cell records, brackets of the array.
   */
  countRows(): Promise<number>;
  /** Of these the rows that hold a value, counted likewise; where gaps between rows are filled. */
  countFilledRows?(): Promise<number>;
}

export type Format = "csv" | "xlsx" | "xls" | "spreadsheetml" | "html" | "json" | "ndjson" | "unknown";

export interface RawFile {
  readonly format: Format;
  /** utf-8, utf-8-bom, utf-16le, utf-16be, gb18030; null for workbooks. */
  readonly encoding: string | null;
  readonly sheets: readonly RawSheet[];
  close(): Promise<void>;
}

/** The file as a whole cannot be taken; `reason` begins with the first word of rows.md. */
export interface Refusal {
  readonly refused: "empty" | "unreadable" | "unknown_export" | "header_missing" | "unclosed_quote" | "too_large" | "crashed";
  /** English facts behind the word: `unreadable: encrypted workbook`. */
  readonly detail: string;
}
