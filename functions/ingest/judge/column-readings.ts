import type { RawCell } from "../raw.ts";
import type { CellTable } from "../readers/cell-table.ts";
import { addContent } from "./content-digest.ts";
import { parseLate } from "./judge-cells.ts";
import { cellText } from "./normalise-cell.ts";
import { EMPTY, type Parsed } from "./parse-field.ts";
import type { FieldPlan, RowPlan } from "./row-plan.ts";
import { isHeaderText, isTotalText } from "./skip-rule.ts";

/** What a cell says of its row; those of all cells of a row are taken together. */
export const IS_EMPTY = 1;
/** Repeats the title of its column. */
export const IS_TITLE = 2;
export const IS_TOTAL = 4;
/** A fault, a warning, or nothing where there must be something. */
export const HAS_REMARK = 8;
/** The row is none that has passed. */
export const NOT_PASSED = 16;
/** Empty, which a row that has passed must not be. */
export const IS_MISSED_WHEN_PASSED = 32;
/** The row may void another one. */
export const MAY_VOID = 64;

const FIRST_CELLS = 256;

/** What the distinct cells of one column mean to the field that stands in it, worked out once. */
export class ColumnReadings {
  /** The field of the column, if it is not ignored. */
  readonly field: FieldPlan | undefined;
  /** A cell means the same in every row. */
  readonly isDirect: boolean;
  /** Cells read so far. */
  size = 0;
  /** By number of the cell. */
  marks = new Uint8Array(FIRST_CELLS);
  /** Four words a cell: what its meaning adds to the content of the row. */
  digests = new Int32Array(FIRST_CELLS * 4);
  /** Of a direct field. */
  readonly parsed: Parsed[] = [];
  readonly #plan: RowPlan;
  readonly #table: CellTable;
  readonly #title: string;
  readonly #isLate: boolean;
  /** Of the cells that a row was asked for. */
  readonly #texts: (string | undefined)[] = [];
  #generation: number;

  constructor(plan: RowPlan, table: CellTable, title: string, field: FieldPlan | undefined) {
    this.#plan = plan;
    this.#table = table;
    this.#title = title;
    this.#generation = table.generation;
    this.field = field;
    this.#isLate = field !== undefined && plan.lateFields.includes(field);
    // A code of an area may come from names; the rest of a late field hangs on its guide.
    this.isDirect = field !== undefined && plan.area?.code !== field.index
      && (!this.#isLate || field.guide < 0);
  }

  /** True where its cells begin anew. */
  forgetIfStale(): boolean {
    if (this.#generation === this.#table.generation) return false;
    this.#generation = this.#table.generation;
    this.size = 0;
    this.parsed.length = 0;
    this.#texts.length = 0;
    return true;
  }

  /** Reads cells up to this one. */
  readTo(number: number): void {
    while (number >= this.marks.length) this.#grow();
    for (; this.size <= number; this.size++) this.#read(this.size);
  }

  cell(number: number): RawCell {
    return this.#table.cell(number);
  }

  /** Normalised, '' where the cell is empty. */
  text(number: number): string {
    return this.#texts[number] ??= cellText(this.#table.cell(number));
  }

  #read(number: number): void {
    const cell = this.#table.cell(number);
    const text = cellText(cell);
    let marks = 0;
    if (text === "") marks = IS_EMPTY;
    else {
      if (this.#title !== "" && isHeaderText(text, this.#title)) marks |= IS_TITLE;
      if (isTotalText(text)) marks |= IS_TOTAL;
    }
    this.digests.fill(0, number * 4, number * 4 + 4);
    const { field } = this;
    if (field && this.isDirect) {
      const plan = this.#plan;
      const parsed = this.#isLate
        ? parseLate(plan, field, cell, text, plan.parsed, plan.readId) : field.parse(cell, text);
      this.parsed.push(parsed);
      marks |= marksOf(plan, field, parsed);
      const { value, atMs } = parsed;
      if (value !== null) addContent(this.digests, number * 4, field.index, value, atMs);
    }
    this.marks[number] = marks;
  }

  #grow(): void {
    const marks = new Uint8Array(this.marks.length * 2);
    marks.set(this.marks);
    this.marks = marks;
    const digests = new Int32Array(marks.length * 4);
    digests.set(this.digests);
    this.digests = digests;
  }
}

/** What the meaning of a cell says of its row. */
export function marksOf(plan: RowPlan, field: FieldPlan, parsed: Parsed): number {
  const { value, fault, isChanged } = parsed;
  let marks = 0;
  if (fault !== null || isChanged) marks |= HAS_REMARK;
  else if (value === null) {
    if (field.isRequired) marks |= HAS_REMARK;
    if (field.isRequiredWhenPassed) marks |= IS_MISSED_WHEN_PASSED;
  }
  const when = plan.voiding?.when;
  if (when?.index === field.index && when.is?.has(value) !== false
    && when.isNot?.has(value) !== true) marks |= MAY_VOID;
  const conditions = typeof plan.passed === "boolean" ? [] : plan.passed;
  const isFailed = plan.passed === false || conditions.some(({ index, is, isNot }) =>
    index === field.index && (is?.has(value) === false || isNot?.has(value) === true));
  return isFailed ? marks | NOT_PASSED : marks;
}

/** The readings of all columns of a table. */
export function buildReadings(
  plan: RowPlan, titles: readonly string[], tables: readonly CellTable[],
): readonly ColumnReadings[] {
  return tables.map((table, column) => new ColumnReadings(
    plan, table, titles[column] ?? "", plan.fields.find((field) => field.column === column)));
}

/** Marks that the fields without a column give to every row. */
export function marksOfAbsent(plan: RowPlan): number {
  return plan.fields.filter((field) => field.column < 0)
    .reduce((marks, field) => marks | marksOf(plan, field, EMPTY), 0);
}
