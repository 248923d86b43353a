import type { RawRow } from "../raw.ts";
import { HEADER_ROWS } from "../readers/open-options.ts";
import { parseRecords } from "../readers/record-parser.ts";

/** In the order in which the readers try them: the first wins a tie. */
const DELIMITERS = [",", "\t", ";"] as const;

export interface SniffedText {
  readonly delimiter: string;
  /** The first rows. */
  readonly rows: readonly RawRow[];
}

/**
 * A text cut by the delimiter under which most of its first rows have the same number of cells,
 * at least two; undefined where no delimiter makes a table of them.
 */
export function sniffText(text: string): SniffedText | undefined {
  let best: SniffedText & { score: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const { rows } = parseRecords(text, 1, delimiter, [], HEADER_ROWS);
    const score = tableScore(rows);
    if (score > (best?.score ?? 0)) best = { delimiter, rows, score };
  }
  return best;
}

/** Cells of a row that the readers hand over as text alone, for its bytes or quotes are broken. */
export function cutFaultyRow(row: RawRow, delimiter: string): RawRow {
  if (row.fault === undefined || row.text === undefined) return row;
  const [parsed] = parseRecords(row.text, row.row, delimiter).rows;
  const cells = parsed && parsed.fault === undefined
    ? parsed.cells : row.text.split(delimiter).map((text) => (text === "" ? null : text));
  return { row: row.row, cells };
}

/** Share of rows as wide as the usual width, a little more for wider ones; 0 for one column. */
function tableScore(rows: readonly RawRow[]): number {
  const widths = rows.filter((r) => r.cells.some((c) => c !== null)).map((r) => r.cells.length);
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  let best = 0;
  for (const [width, n] of counts) {
    // Width decides only between delimiters that cut equally well.
    if (width > 1) best = Math.max(best, n / widths.length + Math.min(width, 100) / 1_000);
  }
  return best;
}

/** Whether two readings of one head are the same: cut alike and decoded alike. */
export function isSameReading(one: readonly RawRow[], other: readonly RawRow[]): boolean {
  return one.length === other.length && one.every((row, i) => {
    const cells = other[i]?.cells ?? [];
    return row.cells.length === cells.length && row.cells.every((cell, k) => cell === cells[k]);
  });
}
