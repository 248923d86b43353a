import type { Format } from "../raw.ts";

/** What `dudao inspect FILE --json` prints, with these keys in this order. */
export interface Inspection {
  readonly format: Format;
  /** utf-8, utf-8-bom, utf-16le, utf-16be, gb18030; null for workbooks and the unknown. */
  readonly encoding: string | null;
  readonly sheets: readonly SheetInspection[];
  /** `<word>: <fact>` with the words of rows.md; what was known before stands beside it. */
  readonly refused: string | null;
  /** Records of a file of xAPI statements by the MUST rules of xAPI 1.0.3; null for other files. */
  readonly xapi: { readonly valid: number; readonly invalid: number } | null;
}

/** One sheet, or the whole of a text. A cell of white space alone counts as empty. */
export interface SheetInspection {
  /** '' where the format has no sheets. */
  readonly name: string;
  /** From the first to the last row that is not empty, both included; JSON: elements. */
  readonly n_rows: number;
  /** From the first to the last column that is not empty, both included; JSON: keys. */
  readonly n_columns: number;
  /** 1-based row of the sheet or line of the text; null where no row looks like a header. */
  readonly header_row: number | null;
  /** Texts of the header from its first to its last filled cell, '' for a gap between. */
  readonly columns: readonly string[];
}

/** Facts of one column for people; examples of personal columns are masked already. */
export interface ColumnProfile {
  readonly header: string;
  readonly nValues: number;
  readonly nEmpty: number;
  readonly nDistinct: number;
  /** More different values than are kept. */
  readonly isDistinctCut: boolean;
  /** Guess of the kind of rows.md. */
  readonly kind: string;
  readonly isPersonal: boolean;
  readonly examples: readonly string[];
  /** All values of a column that could be a list; empty for others and for personal columns. */
  readonly listValues: readonly string[];
}

export interface SheetProfile {
  readonly sheet: string;
  readonly nData: number;
  readonly columns: readonly ColumnProfile[];
}

/** What ingest would say of the file under the nearest contract. */
export interface TrialVerdict {
  readonly system: string;
  readonly export: string;
  /** Null for a judged file. */
  readonly refused: string | null;
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  readonly rowsDuplicate: number;
  readonly rowsSkipped: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** An inspection with what the report and a first contract need. */
export interface FileStudy {
  readonly inspection: Inspection;
  readonly profiles: readonly SheetProfile[];
  readonly trial: TrialVerdict | null;
}
