import type { RawCell } from "../raw.ts";
import { IS_EMPTY, IS_TITLE, IS_TOTAL, MAY_VOID, type ColumnReadings } from "./column-readings.ts";
import { addContent, type ContentDigest } from "./content-digest.ts";
import { judgeParsed, parseLate, resolveArea } from "./judge-cells.ts";
import { EMPTY, type Parsed } from "./parse-field.ts";
import type { FieldPlan, RowPlan } from "./row-plan.ts";
import type { TableHeader } from "./table-header.ts";
import type { Verdict } from "./verdict.ts";

/** Judges a row of as many cells as the header, given as the numbers of its cells. */
export type JudgeCells = (numbers: Int32Array) => Verdict;

/**
 * The judge of `createRowJudge` for rows of numbered cells: what a cell means by itself is worked
 * out once a distinct cell, and only what hangs on other cells once a row.
 */
export function createCellJudge(
  plan: RowPlan, header: TableHeader, columns: readonly ColumnReadings[],
): JudgeCells {
  const direct = plan.fields.filter((f) => {
    const column = columns[f.column];
    return column?.isDirect === true && column.field === f;
  });
  const bound = plan.fields.filter((f) => !direct.includes(f));
  const texts: string[] = columns.map(() => "");
  const cells: RawCell[] = columns.map(() => null);
  // Only these look at a cell once more.
  const needsCells = plan.area !== null || bound.length > 0
    || plan.fields.some((f) => f.kind === "area_or_school");
  const objectTypeAt = plan.voiding?.column ?? -1;
  const digest: ContentDigest = new Int32Array(4);
  const { parsed } = plan;

  return (numbers) => {
    let nFilled = 0;
    let nTitles = 0;
    let isTotal = false;
    let all = 0;
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as ColumnReadings;
      const number = numbers[c] as number;
      if (number >= column.size) column.readTo(number);
      const marks = column.marks[number] as number;
      all |= marks;
      if ((marks & IS_EMPTY) === 0) {
        if (nFilled++ === 0) isTotal = (marks & IS_TOTAL) !== 0;
        if ((marks & IS_TITLE) !== 0) nTitles++;
      }
      if (!needsCells) continue;
      texts[c] = column.text(number);
      cells[c] = column.cell(number);
    }
    // In the order of findSkipReason.
    if (nFilled === 0) return { kind: "skipped", why: "empty" };
    if (nTitles * 5 >= nFilled * 4) return { kind: "skipped", why: "repeated_header" };
    if (nFilled === 1 && header.nColumns >= 4) return { kind: "skipped", why: "group" };
    if (isTotal) return { kind: "skipped", why: "total" };

    if (objectTypeAt >= 0 && (all & MAY_VOID) !== 0) {
      cells[objectTypeAt] = (columns[objectTypeAt] as ColumnReadings)
        .cell(numbers[objectTypeAt] as number);
    }
    digest.fill(0);
    for (let i = 0; i < direct.length; i++) {
      const { column, index } = direct[i] as FieldPlan;
      const readings = columns[column] as ColumnReadings;
      const number = numbers[column] as number;
      parsed[index] = readings.parsed[number] as Parsed;
      for (let word = 0; word < 4; word++) {
        digest[word] = (digest[word] as number) + (readings.digests[number * 4 + word] as number);
      }
    }
    for (let i = 0; i < bound.length; i++) {
      const field = bound[i] as FieldPlan;
      const { column, index } = field;
      parsed[index] = column < 0
        ? EMPTY : readBound(plan, field, cells[column] as RawCell, texts[column] as string);
    }
    if (plan.area) resolveArea(plan, plan.area, parsed, texts);
    for (let i = 0; i < bound.length; i++) {
      const { index } = bound[i] as FieldPlan;
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
