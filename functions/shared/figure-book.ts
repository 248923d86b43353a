import type { FigureCode } from "./figures.ts";

/** One row of the tables `overview` and `figures` (publication.ts); empty = null. */
export interface FigureRow {
  readonly area_code: string;
  readonly area_level: string;
  readonly segment_code: string;
  readonly figure_code: string;
  readonly n: number | null;
  readonly d: number | null;
  /** n / d, 0–1; null for not reported and small groups. */
  readonly share: number | null;
  readonly target: number | null;
  readonly state_code: string | null;
  readonly on_date: string | null;
  readonly n_before: number | null;
  readonly d_before: number | null;
  readonly share_before: number | null;
}

/** One point of the table `series`. */
export interface SeriesRow {
  readonly area_code: string;
  readonly figure_code: string;
  readonly reading: string;
  readonly on_date: string;
  readonly n: number | null;
  readonly d: number | null;
}

/** The helped groups of the plan, in the order they are shown. */
export const helpedGroups = [
  "deep_poverty_rural", "ethnic", "village", "poverty", "three_prefectures",
] as const;

export type HelpedGroup = (typeof helpedGroups)[number];

/** Figures found by area, figure and segment. */
export interface FigureBook {
  readonly find: (
    area: string, figure: FigureCode, segment?: "all" | HelpedGroup,
  ) => FigureRow | undefined;
  readonly has: (figure: FigureCode, level: string) => boolean;
}

/** Indexes rows of one publication; a later row of the same key replaces an earlier one. */
export function buildFigureBook(rows: Iterable<FigureRow>): FigureBook {
  const byKey = new Map<string, FigureRow>();
  const levels = new Set<string>();
  for (const row of rows) {
    byKey.set(`${row.area_code} ${row.figure_code} ${row.segment_code}`, row);
    levels.add(`${row.figure_code} ${row.area_level}`);
  }
  return {
    find: (area, figure, segment = "all") => byKey.get(`${area} ${figure} ${segment}`),
    has: (figure, level) => levels.has(`${figure} ${level}`),
  };
}
