import { skippedRow, type Row, type Table } from "../exports/table.ts";
import type { Random } from "../random.ts";

/** One kind of row that is put between others; returns the row and where it goes (0-based). */
export interface InsertedDirt {
  readonly name: string;
  readonly meaning: string;
  readonly on: readonly string[];
  insert(table: Table, random: Random): { readonly at: number; readonly row: Row } | null;
}

const sheets = [
  "vendor-a/courses", "vendor-b/courses", "ntms/trainings", "practice/tasks",
  "registry/plan_filings",
];

const middle = (table: Table, random: Random): number => random.between(1, table.rows.length - 1);

const blanks = (table: Table, first: string): string[] => table.header.map(
  (_, i) => (i === 0 ? first : "")
);

/** Dirt that is a row of its own. */
export const insertedDirt: readonly InsertedDirt[] = [
  {
    name: "same_row_twice", meaning: "the same row once more: a duplicate", on: [
      ...sheets, "yunjiao/sessions", "credit/credits", "lrs/statements",
    ],
    insert: (table, random) => {
      const at = middle(table, random);
      const before = table.rows[at - 1]!;
      if (before.outcome !== undefined || before.kind !== undefined) return null;
      return { at, row: { ...before, outcome: "duplicate", kind: "same_row_twice" } };
    },
  },
  {
    name: "repeated_header", meaning: "the header again in the middle of the rows", on: sheets,
    insert: (table, random) => ({
      at: middle(table, random), row: { ...skippedRow([...table.header]), kind: "repeated_header" },
    }),
  },
  {
    name: "group_row", meaning: "a heading that stands alone in its row", on: sheets,
    insert: (table, random) => ({
      at: middle(table, random),
      row: { ...skippedRow(blanks(table, "第二批（92所）")), kind: "group_row" },
    }),
  },
  {
    name: "total_row", meaning: "合计 below the rows", on: sheets,
    insert: (table) => {
      const cells: (string | number)[] = blanks(table, "合计");
      cells[table.header.length - 1] = String(table.rows.length);
      return { at: table.rows.length, row: { ...skippedRow(cells), kind: "total_row" } };
    },
  },
  {
    name: "blank_row", meaning: "an empty row between others", on: sheets,
    insert: (table, random) => ({
      at: middle(table, random), row: { ...skippedRow(blanks(table, "")), kind: "blank_row" },
    }),
  },
];
