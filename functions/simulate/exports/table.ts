import type { DayNumber, Night } from "../calendar.ts";
import type { Cell } from "../formats/cell.ts";

/** What an accepted row makes known; compared by identity of `payload`. */
export interface Effect {
  /** One record of the source, however its person is written. */
  readonly key: string;
  /** vendor-a: the project; else ''. */
  readonly scope: string;
  readonly payload: Payload;
  /** Kind of dirt list that the record stands for by itself, e.g. `teacher_moved`. */
  readonly story?: string | undefined;
}

export type Payload = object;

export interface Row {
  readonly cells: Cell[];
  /** null: accepted, but of no consequence for the figures that the truth states. */
  readonly effect: Effect | null;
  /** Set where the row is not simply accepted. */
  readonly outcome?: "rejected" | "duplicate" | "skipped";
  /** The record id can be read from the rejected row: its last version stands. */
  readonly idReadable?: boolean;
  /** Kind of dirt in it. */
  readonly kind?: string;
  /** Accepted, with the reasons as warnings. */
  readonly warns?: boolean;
  readonly reasons?: readonly string[];
  /** Bytes that replace the line in a text format. */
  readonly raw?: Buffer;
  /** The row as a line of text, once it has been made. */
  line?: string;
}

export interface Table {
  readonly sheet: string;
  /** Rows before the header. */
  readonly titles: readonly (readonly Cell[])[];
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

export type FileFormat =
  | "xlsx" | "xls" | "spreadsheetml" | "csv gb18030" | "csv utf-8" | "csv utf-8-bom"
  | "json" | "ndjson";

export interface DraftFile {
  readonly system: string;
  readonly export: string;
  readonly mode: "full" | "delta";
  readonly fileName: string;
  readonly format: FileFormat;
  readonly tables: readonly Table[];
}

/** One kind of export: says what it sends on a night; `cut` is the last day it knows of. */
export interface Exporter {
  readonly system: string;
  readonly isDue: (night: Night) => boolean;
  build(night: Night, cut: DayNumber): readonly DraftFile[];
}

/** Cadence of the systems: monthly all, on the daily nights as `exports.csv` says. */
export const isDaily = (_night: Night): boolean => true;
export const isWeekly = (night: Night): boolean => {
  if (night.kind === "daily") return night.index % 7 === 0;
  return isMonthly(night) || night.index === 0 || night.index === 6;
};
export const isMonthly = (night: Night): boolean =>
  night.kind === "fortnight" ? night.index === 13 : night.kind !== "daily";

export const plainRow = (cells: Cell[], effect: Effect | null = null): Row => ({ cells, effect });
/** A row that is no record: group rows, totals. */
export const skippedRow = (cells: Cell[]): Row => ({ cells, effect: null, outcome: "skipped" });
