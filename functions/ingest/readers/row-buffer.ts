import type { RawCell, RawRow } from "../raw.ts";
import { BATCH_ROWS, RefusalError } from "./open-options.ts";

/** Cells of one batch at most: rows of a sheet may be 16,384 wide. */
const BATCH_CELLS = 1_000_000;
/** Limits of the format. */
export const MAX_SHEET_ROWS = 1_048_576;
export const MAX_SHEET_COLUMNS = 16_384;

/** Cells between the first column and the last one of every row, all rows of a sheet together. */
const MAX_SHEET_CELLS = 2 ** 28;

/** Cells of a row that fills a gap: the file holds nothing there. */
export const NO_CELLS: readonly RawCell[] = Object.freeze([]);

export interface RowTaker {
  put(row: number, cells: readonly RawCell[]): void;
}

/** Puts a cell in its 0-based column; the cells before it that do not exist are null. */
export function putCell(cells: RawCell[], column: number, cell: RawCell): void {
  while (cells.length < column) cells.push(null);
  cells[column] = cell;
}

/** Collects the rows of a sheet in order, fills gaps with empty rows, hands out batches. */
export class RowBuffer implements RowTaker {
  #batch: RawRow[] = [];
  #cells = 0;
  #allCells = 0;
  #full: RawRow[][] = [];
  #lastRow = 0;

  /** Only rows that hold a value are put; equal to the last row: its cells are joined. */
  put(row: number, cells: readonly RawCell[]): void {
    if (row <= this.#lastRow) {
      throw new RefusalError("unreadable", `row ${row} stands behind row ${this.#lastRow}`);
    }
    if (row > MAX_SHEET_ROWS) throw new RefusalError("unreadable", `row ${row} is out of bounds`);
    for (let gap = this.#lastRow + 1; gap < row; gap++) this.#push({ row: gap, cells: NO_CELLS });
    this.#push({ row, cells });
    this.#lastRow = row;
    this.#allCells += cells.length;
    if (this.#allCells > MAX_SHEET_CELLS) {
      throw new RefusalError("too_large", `sheet spans more than ${MAX_SHEET_CELLS} cells`);
    }
  }

  *takeFull(): Generator<readonly RawRow[]> {
    const full = this.#full;
    this.#full = [];
    yield* full;
  }

  *takeRest(): Generator<readonly RawRow[]> {
    yield* this.takeFull();
    if (this.#batch.length > 0) yield this.#batch;
    this.#batch = [];
  }

  #push(row: RawRow): void {
    this.#batch.push(row);
    this.#cells += row.cells.length;
    if (this.#batch.length < BATCH_ROWS && this.#cells < BATCH_CELLS) return;
    this.#full.push(this.#batch);
    this.#batch = [];
    this.#cells = 0;
  }
}

/** Takes rows in any order; parts of one row are joined. Holds the sheet in memory. */
export class RowSorter implements RowTaker {
  readonly #rows = new Map<number, readonly RawCell[]>();

  put(row: number, cells: readonly RawCell[]): void {
    const before = this.#rows.get(row) ?? [];
    const width = Math.max(before.length, cells.length);
    const joined = Array.from({ length: width }, (_, i) => cells[i] ?? before[i] ?? null);
    this.#rows.set(row, joined);
  }

  /** Hands the rows over in order. */
  drainTo(buffer: RowBuffer): void {
    const sorted = [...this.#rows].sort(([one], [other]) => one - other);
    for (const [row, cells] of sorted) buffer.put(row, cells);
    this.#rows.clear();
  }
}
