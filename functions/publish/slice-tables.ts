import type { FigureRow, SeriesRow } from "../shared/figure-book.ts";
import { overviewFigures } from "../shared/publication.ts";
import type { SliceTable } from "../shared/publication.ts";
import type { Row } from "./arrow-file.ts";
import type { SchoolRow } from "./small-groups.ts";

/** Everything that may be published: small groups are hidden, schools merged already. */
export interface PublicRows {
  /** Province, city and county rows. */
  readonly figures: readonly FigureRow[];
  readonly schoolFigures: readonly FigureRow[];
  readonly series: readonly SeriesRow[];
  readonly schools: readonly SchoolRow[];
  readonly systems: readonly Row[];
  readonly findings: readonly Row[];
  readonly files: readonly Row[];
  readonly steps: readonly Row[];
  readonly costs: readonly Row[];
}

export type SliceTables = ReadonlyMap<SliceTable, readonly Row[]>;

/**
 * The tables of every area's slice; rows stay in the order they come in (by area code). A slice
 * holds rows of its own area, of areas below it, and of the province and city above it; never a row
 * of a sibling (design.md, *Publication*).
 */
export function buildSlices(
  areas: readonly string[], rows: PublicRows,
): ReadonlyMap<string, SliceTables> {
  const isOverview = new Set(overviewFigures);
  const slices = new Map(areas.map((area) => [area, emptyTables(area, rows)]));
  const push = (area: string, table: SliceTable, row: object): void => {
    (slices.get(area)?.get(table) as object[] | undefined)?.push(row);
  };

  const belowOf = childrenByArea(areas);
  for (const row of rows.figures) {
    const isShort = isOverview.has(row.figure_code) && row.segment_code === "all";
    push(row.area_code, "overview", row);
    for (const above of ancestorsOf(row.area_code)) {
      if (!isShort || above.length === 2) push(above, "figures", row);
      // 183 counties would double the bytes of the province's first view.
      const table = above.length === 2 && row.area_code.length === 6 ? "counties" : "overview";
      if (isShort) push(above, table, above.length === 2 ? withoutBefore(row) : row);
    }
    if (row.area_code.length < 6) {
      for (const below of belowOf.get(row.area_code) ?? []) push(below, "figures", row);
    }
  }
  const countyOf = new Map(rows.schools.map((school) => [school.school_code, school.county_code]));
  for (const row of rows.schoolFigures) {
    const county = countyOf.get(row.area_code) ?? "";
    push(county, isOverview.has(row.figure_code) ? "overview" : "figures", row);
  }
  for (const row of rows.series) {
    // Only a county's page draws its history as known then; others need not wait for it.
    if (row.reading !== "known_then" || row.area_code.length === 6) {
      push(row.area_code, "series", row);
    }
  }
  for (const row of thinCurves(rows.series)) {
    const parent = ancestorsOf(row.area_code).at(-1);
    if (parent) push(parent, "series", row);
  }
  for (const school of rows.schools) push(school.county_code, "schools", school);
  for (const finding of rows.findings) {
    const area = String(finding["area_code"]);
    for (const seenBy of [area, ...ancestorsOf(area)]) push(seenBy, "findings", finding);
  }
  return slices;
}

/** Every fourth point of the curves of H3, counted back from the last: enough for spark lines. */
function thinCurves(series: readonly SeriesRow[]): readonly SeriesRow[] {
  const curves = new Map<string, SeriesRow[]>();
  for (const row of series) {
    if (row.figure_code !== "H3" || row.reading !== "known_today") continue;
    const curve = curves.get(row.area_code);
    if (curve) curve.push(row);
    else curves.set(row.area_code, [row]);
  }
  return [...curves.values()].flatMap((curve) =>
    curve.filter((_, i) => (curve.length - 1 - i) % 4 === 0));
}

/** What 400 kbit/s need not wait for: a third of the province's first view. */
function withoutBefore(row: FigureRow): FigureRow {
  return { ...row, n_before: null, d_before: null, share_before: null };
}

function emptyTables(area: string, rows: PublicRows): Map<SliceTable, readonly Row[]> {
  const tables = new Map<SliceTable, readonly Row[]>([
    ["overview", []], ["figures", []], ["series", []], ["findings", []],
  ]);
  if (area.length === 6) tables.set("schools", []);
  tables.set("systems", rows.systems);
  if (area.length === 2) {
    tables.set("counties", []).set("files", rows.files).set("steps", rows.steps).set("costs", rows.costs);
  }
  return tables;
}

/** `510104` → `51`, `5101`. */
export function ancestorsOf(areaCode: string): readonly string[] {
  return [2, 4].filter((length) => length < areaCode.length)
    .map((length) => areaCode.slice(0, length));
}

function childrenByArea(areas: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(areas.map((area) =>
    [area, areas.filter((other) => other !== area && other.startsWith(area))]));
}
