import type { RawRow, Refusal } from "../raw.ts";
import type { TextRange } from "./text-rows.ts";

/** What the caller knows of the contracts, and the limits of a file. */
export interface OpenOptions {
  /** Index of the header among the first rows (at most 40); chooses encoding and delimiter. */
  readonly findHeader: (rows: readonly RawRow[]) => number | undefined;
  /** JSON paths of the contract in order: the columns of NDJSON rows. */
  readonly headerColumns?: readonly string[];
  /** Headers that a table of JSON objects must not lose among too many keys. */
  readonly wantedColumns?: readonly string[];
  /** Sum of the inflated entries of an archive, bytes. */
  readonly maxEntryBytes?: number;
  /** Inflated sheets of an archive that are held in memory together, bytes; others stream. */
  readonly maxHeldBytes?: number;
  /** Longest line or record of a text, bytes. */
  readonly maxLineBytes?: number;
  /** Distance of the places at which a text can be cut; 1 MiB if not given. */
  readonly markEveryBytes?: number;
  /** Only this part of a delimited text, as planned by `planTextRanges`. */
  readonly range?: TextRange;
}

export const MAX_ENTRY_BYTES = 2 * 1024 ** 3;
export const MAX_HELD_BYTES = 128 * 1024 ** 2;
export const MAX_LINE_BYTES = 64 * 1024 ** 2;
/** Distance of the places at which a text can be cut. */
export const MARK_EVERY_BYTES = 1024 ** 2;
/** Rows of one batch of `rows()`. */
export const BATCH_ROWS = 5_000;
/** Cells of one batch at most. */
export const BATCH_CELLS = 1_000_000;
/** The header stands in the first 40 rows (rows.md). */
export const HEADER_ROWS = 40;
/** Length to which the text of a faulty row is cut, characters. */
export const FAULT_TEXT_LENGTH = 10_000;

export function refuse(refused: Refusal["refused"], detail: string): Refusal {
  return { refused, detail };
}

/** Carries a refusal out of nested readers; `openExport` turns it back into the value. */
export class RefusalError extends Error {
  override readonly name = "RefusalError";
  readonly refusal: Refusal;

  constructor(refused: Refusal["refused"], detail: string) {
    super(`${refused}: ${detail}`);
    this.refusal = refuse(refused, detail);
  }
}
