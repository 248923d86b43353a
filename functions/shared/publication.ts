/**
 * What lies in an area's slice and how its tables look: the meeting point of publish, pages and cards.
 * Tables are Arrow IPC files `<name>.arrow` beside `manifest.json`; text utf8 (a dictionary in tables
 * of 500 rows and more), all numbers float64, days as text `2021-12-20`, empty = null.
 * Rows are sorted by the first columns. The province's slice also holds `first.html`, its first view
 * drawn when it is published (charts/first-view.ts).
 */
export interface SliceManifest {
  readonly run_id: string;
  readonly as_of: string;
  readonly area_code: string;
  readonly tables: readonly { readonly name: SliceTable; readonly rows: number; readonly sha256: string }[];
}

export type SliceTable = keyof typeof sliceTables;

const figureColumns = [
  "area_code", "area_level", "segment_code", "figure_code",
  "n", "d", "share", "target", "state_code", "on_date",
  // the same figure as of 28 days before (figures.md, *Names*)
  "n_before", "d_before", "share_before",
] as const;

export const sliceTables = {
  /**
   * First view. Own area: all figures, segments. Children: `overviewFigures`, segment `all`; in the
   * province without the values of 28 days before, which stand in `figures` with the same rows.
   */
  overview: figureColumns,
  /** Province slice only, asked for after the first view: all counties as children in `overview`. */
  counties: figureColumns,
  /**
   * Everything else of the areas below and of the ancestors (province, city rows only).
   * Schools stand in the slice of their county alone.
   */
  figures: figureColumns,
  /**
   * mart_series of the own area, known_then in county slices alone; province and city slices also
   * H3 (known_today) of their direct children, every fourth point counted back from the last.
   */
  series: ["area_code", "figure_code", "reading", "on_date", "n", "d"],
  /** Open findings of the own area and below. */
  findings: [
    "finding_key", "rule_code", "area_code", "subject", "severity", "state_code",
    "since_on", "due_on", "n", "d",
  ],
  /** County slice: its schools; schools with fewer than 5 teachers merged into one row (code `<county>-small`, no name). */
  schools: ["school_code", "school_name", "school_type", "place_type", "n_teachers"],
  /** Every slice: the nine systems; `is_in_time` is 1 or 0. */
  systems: ["system", "newest_arrival_on", "due_on", "is_in_time", "silent_days"],
  /**
   * Province slice only: files of the last 35 nights and of the base, as in `dudao files`;
   * `reasons` is JSON text.
   */
  files: [
    "system", "export", "known_on", "landing_day", "file_name", "status", "reason", "reason_zh",
    "rows_skipped", "rows_read", "rows_accepted", "rows_rejected", "rows_duplicate", "rows_unchanged",
    "reasons", "seconds", "bytes",
  ],
  /** Province slice only: one row a night and step: seconds, bytes. */
  steps: ["known_on", "step", "seconds", "bytes"],
  /**
   * Province slice only: one row a night that was billed and region: price by the list in force
   * (null where one of its prices is missing, named in `missing`), the oldest day on which a price
   * was read, and what was used. `is_whole` 0: steps after the publication are not in it yet.
   */
  costs: [
    "known_on", "region", "amount", "currency", "missing", "price_day", "sources", "calls",
    "put_requests", "get_requests", "gb_seconds", "scanned_bytes", "is_whole",
  ],
} as const;

/** Columns that are float64 in every table; all others are utf8, plain or as a dictionary. */
export const numberColumns: ReadonlySet<string> = new Set([
  "n", "d", "share", "target", "n_before", "d_before", "share_before", "n_teachers",
  "is_in_time", "silent_days", "rows_skipped", "rows_read", "rows_accepted", "rows_rejected",
  "rows_duplicate", "rows_unchanged", "seconds", "bytes", "amount", "calls", "put_requests",
  "get_requests", "gb_seconds", "scanned_bytes", "is_whole",
]);

/** Texts that hardly repeat: never dictionary-encoded. */
export const plainTextColumns: ReadonlySet<string> = new Set([
  "finding_key", "subject", "school_code", "school_name", "file_name", "reason", "reason_zh",
  "reasons", "missing", "sources",
]);

/** Figures that the first view of a page needs of the areas below its own. */
export const overviewFigures: readonly string[] = [
  "R1", "R2", "H1", "H2", "H3", "H5_online", "H5_practice", "D_reported", "gate_completion",
  "gate_60", "A4", "I_any",
];
