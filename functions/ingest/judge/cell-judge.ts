import type { RawCell } from "../raw.ts";
import type { CellTable } from "../readers/cell-table.ts";
import { addContent, type ContentDigest } from "./content-digest.ts";
import { judgeParsed, parseLate, resolveArea } from "./judge-cells.ts";
import { cellText } from "./normalise-cell.ts";
import { EMPTY, type Parsed } from "./parse-field.ts";
import type { FieldPlan, RowPlan } from "./row-plan.ts";
import { isHeaderText, isTotalText } from "./skip-rule.ts";
import type { TableHeader } from "./table-header.ts";
import type { Verdict } from "./verdict.ts";

/** What the skip rules ask of a cell. */
const IS_EMPTY = 1;
const IS_TITLE = 2;
const IS_TOTAL = 4;

/** Judges a row of as many cells as the header, given as the numbers of its cells. */
export type JudgeCells = (numbers: Int32Array, generation: number) => Verdict;

/**
 * The judge of `createRowJudge` for rows of numbered cells: what a cell means by itself is worked
 * out once a distinct cell, and only what hangs on other cells once a row.
 */
export function createCellJudge(
  plan: RowPlan, header: TableHeader, tables: readonly CellTable[],
): JudgeCells {
  const columns = tables.map((table, i) => new ColumnReadings(table, header.texts[i] ?? ""));
  const fields = plan.fields.map((field) => new FieldReadings(field, plan, columns[field.column]));
  const direct = fields.filter((f) => f.isDirect);
  const bound = fields.filter((f) => !f.isDirect);
  const texts: string[] = tables.map(() => "");
  const cells: RawCell[] = tables.map(() => null);
  const digest: ContentDigest = new Int32Array(4);
  const { parsed } = plan;
  let lastGeneration = 0;

  return (numbers, generation) => {
    if (generation !== lastGeneration) {
      for (const column of columns) column.forgetIfStale();
      for (const field of direct) field.forgetIfStale();
      lastGeneration = generation;
    }
    let nFilled = 0;
    let nTitles = 0;
    let isTotal = false;
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as ColumnReadings;
      const number = numbers[c] as number;
      const marks = column.marksOf(number);
      if ((marks & IS_EMPTY) === 0) {
        if (nFilled++ === 0) isTotal = (marks & IS_TOTAL) !== 0;
        if ((marks & IS_TITLE) !== 0) nTitles++;
      }
      texts[c] = column.texts[number] as string;
      cells[c] = column.table.cells[number] as RawCell;
    }
    // In the order of findSkipReason.
    if (nFilled === 0) return { kind: "skipped", why: "empty" };
    if (nTitles * 5 >= nFilled * 4) return { kind: "skipped", why: "repeated_header" };
    if (nFilled === 1 && header.nColumns >= 4) return { kind: "skipped", why: "group" };
    if (isTotal) return { kind: "skipped", why: "total" };

    digest[0] = digest[1] = digest[2] = digest[3] = 0;
    for (let i = 0; i < direct.length; i++) {
      const field = direct[i] as FieldReadings;
      parsed[field.index] = field.read(numbers[field.column] as number, digest);
    }
    for (let i = 0; i < bound.length; i++) {
      const { plan: field, index, column } = bound[i] as FieldReadings;
      parsed[index] = column < 0
        ? EMPTY : readBound(plan, field, cells[column] as RawCell, texts[column] as string);
    }
    if (plan.area) resolveArea(plan, plan.area, parsed, texts);
    for (let i = 0; i < bound.length; i++) {
      const { index } = bound[i] as FieldReadings;
      const { value, atMs } = parsed[index] as Parsed;
      if (value !== null) addContent(digest, 0, index, value, atMs);
    }
    return judgeParsed(plan, cells, texts, digest);
  };
}

/** Of a field that hangs on others; those are parsed by now. */
function readBound(
  plan: RowPlan, field: FieldPlan, cell: RawCell, text: string,
): Parsed {
  return plan.lateFields.includes(field)
    ? parseLate(plan, field, cell, text, plan.parsed) : field.parse(cell, text);
}

/** What the cells of one column are before any field reads them. */
class ColumnReadings {
  readonly table: CellTable;
  readonly texts: string[] = [];
  readonly #title: string;
  readonly #marks: number[] = [];
  #generation: number;

  constructor(table: CellTable, title: string) {
    this.table = table;
    this.#title = title;
    this.#generation = table.generation;
  }

  forgetIfStale(): void {
    if (this.#generation === this.table.generation) return;
    this.#generation = this.table.generation;
    this.texts.length = 0;
    this.#marks.length = 0;
  }

  /** Reads the cell if it is new. */
  marksOf(number: number): number {
    return number < this.#marks.length ? this.#marks[number] as number : this.#extend(number);
  }

  #extend(number: number): number {
    for (let next = this.texts.length; next <= number; next++) {
      const text = cellText(this.table.cells[next]);
      this.texts.push(text);
      let marks = 0;
      if (text === "") marks = IS_EMPTY;
      else {
        if (this.#title !== "" && isHeaderText(text, this.#title)) marks |= IS_TITLE;
        if (isTotalText(text)) marks |= IS_TOTAL;
      }
      this.#marks.push(marks);
    }
    return this.#marks[number] as number;
  }
}

/** What the cells of one column mean to its field. */
class FieldReadings {
  readonly plan: FieldPlan;
  readonly index: number;
  readonly column: number;
  /** A cell means the same in every row. */
  readonly isDirect: boolean;
  readonly #rows: RowPlan;
  readonly #column: ColumnReadings | undefined;
  readonly #parsed: Parsed[] = [];
  #digests = new Int32Array(4 * 256);
  #generation = 0;

  constructor(field: FieldPlan, rows: RowPlan, column: ColumnReadings | undefined) {
    this.plan = field;
    this.index = field.index;
    this.column = field.column;
    this.#rows = rows;
    this.#column = column;
    // A code of an area may come from names; the rest of a late field hangs on its guide.
    this.isDirect = column !== undefined && rows.area?.code !== field.index
      && (!rows.lateFields.includes(field) || field.guide < 0);
  }

  forgetIfStale(): void {
    const generation = this.#column?.table.generation ?? 0;
    if (this.#generation === generation) return;
    this.#generation = generation;
    this.#parsed.length = 0;
  }

  /** The meaning of a cell; its content goes to the digest. */
  read(number: number, digest: ContentDigest): Parsed {
    if (number >= this.#parsed.length) this.#extend(number);
    const digests = this.#digests;
    const at = number * 4;
    digest[0] = (digest[0] as number) + (digests[at] as number);
    digest[1] = (digest[1] as number) + (digests[at + 1] as number);
    digest[2] = (digest[2] as number) + (digests[at + 2] as number);
    digest[3] = (digest[3] as number) + (digests[at + 3] as number);
    return this.#parsed[number] as Parsed;
  }

  #extend(number: number): void {
    const { plan: field, index } = this;
    const { table, texts } = this.#column as ColumnReadings;
    const isLate = this.#rows.lateFields.includes(field);
    for (let next = this.#parsed.length; next <= number; next++) {
      const cell = table.cells[next] as RawCell;
      const text = texts[next] as string;
      const parsed = isLate
        ? parseLate(this.#rows, field, cell, text, this.#rows.parsed) : field.parse(cell, text);
      this.#parsed.push(parsed);
      if (next * 4 === this.#digests.length) {
        const larger = new Int32Array(this.#digests.length * 2);
        larger.set(this.#digests);
        this.#digests = larger;
      }
      this.#digests.fill(0, next * 4, next * 4 + 4);
      const { value, atMs } = parsed;
      if (value !== null) addContent(this.#digests, next * 4, index, value, atMs);
    }
  }
}
