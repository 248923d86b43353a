import type { RawCell, RawRow } from "../raw.ts";

/** Whether anything can be seen in a cell: rows.md's fillers (`-`, `无`) are values here. */
export function isFilled(cell: RawCell | undefined): boolean {
  if (cell === null || cell === undefined) return false;
  return typeof cell !== "string" || /\S/u.test(cell);
}

/** The box around everything that is filled, while the rows of a sheet go by. */
export class SheetShape {
  #row = 0;
  #firstRow = 0;
  #lastRow = 0;
  #firstColumn = Infinity;
  #lastColumn = -1;

  /** Rows come in order without gaps, wholly empty ones included. */
  add(row: RawRow): void {
    this.#row++;
    const { cells } = row;
    let last = cells.length - 1;
    while (last >= 0 && !isFilled(cells[last])) last--;
    // A row that cannot be cut into cells still holds something.
    if (last < 0 && row.fault === undefined) return;
    if (this.#firstRow === 0) this.#firstRow = this.#row;
    this.#lastRow = this.#row;
    if (last < 0) {
      this.#firstColumn = 0;
      this.#lastColumn = Math.max(this.#lastColumn, 0);
      return;
    }
    if (last > this.#lastColumn) this.#lastColumn = last;
    let first = 0;
    while (first < this.#firstColumn && !isFilled(cells[first])) first++;
    if (first < this.#firstColumn) this.#firstColumn = first;
  }

  /** Rows from the first to the last filled one. */
  get nRows(): number {
    return this.#firstRow === 0 ? 0 : this.#lastRow - this.#firstRow + 1;
  }

  /** Columns from the first to the last filled one. */
  get nColumns(): number {
    return this.#lastColumn < 0 ? 0 : this.#lastColumn - this.#firstColumn + 1;
  }
}
