import { ContractError } from "../shared/errors.ts";
import type { FigureRow } from "../shared/figure-book.ts";

/** One school of `mart_school`. */
export interface SchoolRow {
  readonly school_code: string;
  readonly county_code: string;
  readonly school_name: string | null;
  readonly school_type: string | null;
  readonly place_type: string | null;
  readonly n_teachers: number;
}

/** Teachers below which a group is hidden, by area code (parameter `small_group_teachers`). */
export type SmallGroupLimit = (areaCode: string) => number;

/**
 * Rows of helped groups with too few teachers, or with too few others beside them in the area,
 * without any number and with state `small` (figures.md, *Publication of small groups*). The same
 * for the values of 28 days before. Teachers are the d of H1; a group without one is hidden.
 */
export function hideSmallGroups(
  figures: readonly FigureRow[], limitOf: SmallGroupLimit,
): readonly FigureRow[] {
  const now = new Map<string, number>();
  const before = new Map<string, number>();
  for (const row of figures) {
    if (row.figure_code !== "H1") continue;
    now.set(`${row.area_code} ${row.segment_code}`, row.d ?? 0);
    before.set(`${row.area_code} ${row.segment_code}`, row.d_before ?? 0);
  }
  return figures.map((row) => {
    if (!isGroup(row)) return row;
    const limit = limitOf(row.area_code);
    if (isSmall(now, row, limit)) return { ...row, ...nothingToShow };
    return isSmall(before, row, limit) ? { ...row, ...nothingBefore } : row;
  });
}

/** D_* rows have systems as segments and count rows and files, not a group of teachers. */
function isGroup(row: FigureRow): boolean {
  return row.segment_code !== "all" && !row.figure_code.startsWith("D_");
}

function isSmall(teachers: ReadonlyMap<string, number>, row: FigureRow, limit: number): boolean {
  const group = teachers.get(`${row.area_code} ${row.segment_code}`) ?? 0;
  const all = teachers.get(`${row.area_code} all`) ?? 0;
  return group < limit || all - group < limit;
}

const nothingBefore = { n_before: null, d_before: null, share_before: null } as const;
const nothingToShow = {
  n: null, d: null, share: null, target: null, state_code: "small", on_date: null,
  ...nothingBefore,
} as const;

/** Code of the row that stands for the small schools of a county. */
export function mergedSchoolCode(countyCode: string): string {
  return `${countyCode}-small`;
}

/**
 * Which schools are merged: school code → code of the merged row. All schools below the limit of
 * a county, and the next smallest ones (by teachers, then code) while the row would stand for one
 * school or for fewer teachers than the limit. Schools without teachers have nothing to hide.
 */
export function planMergedSchools(
  schools: readonly SchoolRow[], limitOf: SmallGroupLimit,
): ReadonlyMap<string, string> {
  const merged = new Map<string, string>();
  const manned = schools.filter((school) => school.n_teachers > 0);
  for (const [county, ofCounty] of groupBy(manned, (school) => school.county_code)) {
    const bySize = ofCounty.toSorted((a, b) =>
      a.n_teachers - b.n_teachers || (a.school_code < b.school_code ? -1 : 1));
    const limit = limitOf(county);
    let teachers = 0;
    let count = 0;
    for (const school of bySize) {
      const isNeeded = count > 0 && (count < 2 || teachers < limit);
      if (school.n_teachers >= limit && !isNeeded) break;
      merged.set(school.school_code, mergedSchoolCode(county));
      teachers += school.n_teachers;
      count++;
    }
  }
  return merged;
}

/** The schools as published: merged ones as one row without name and kind. */
export function mergeSchools(
  schools: readonly SchoolRow[], merged: ReadonlyMap<string, string>,
): readonly SchoolRow[] {
  const sums = new Map<string, number>();
  for (const school of schools) {
    const code = merged.get(school.school_code);
    if (code) sums.set(code, (sums.get(code) ?? 0) + school.n_teachers);
  }
  const rows = [...sums].map(([code, teachers]): SchoolRow => ({
    school_code: code, county_code: code.slice(0, 6), school_name: null, school_type: null,
    place_type: null, n_teachers: teachers,
  }));
  return [...schools.filter((school) => !merged.has(school.school_code)), ...rows];
}

/**
 * Rows of schools as published: those of merged schools become sums of n and d under the merged
 * code; values before of a school that was small then are hidden.
 * Throws ContractError for a figure of a school that `schools` does not have.
 */
export function mergeSchoolFigures(
  figures: readonly FigureRow[],
  schools: readonly SchoolRow[],
  merged: ReadonlyMap<string, string>,
  limitOf: SmallGroupLimit,
): readonly FigureRow[] {
  const countyOf = new Map(schools.map((school) => [school.school_code, school.county_code]));
  const teachersBefore = new Map(figures.filter((row) => row.figure_code === "H1")
    .map((row) => [row.area_code, row.d_before ?? 0]));
  const published: FigureRow[] = [];
  const sums = new Map<string, FigureRow>();
  for (const row of figures) {
    const county = countyOf.get(row.area_code);
    if (county === undefined) {
      throw new ContractError(
        `mart_school: missing school: ${row.area_code}; it has ${row.figure_code} in mart_figure`,
      );
    }
    const code = merged.get(row.area_code);
    if (code === undefined) {
      const wasSmall = (teachersBefore.get(row.area_code) ?? 0) < limitOf(county);
      published.push(wasSmall ? { ...row, ...nothingBefore } : row);
      continue;
    }
    const key = `${code} ${row.segment_code} ${row.figure_code}`;
    sums.set(key, addFigures(sums.get(key), { ...row, area_code: code }));
  }
  const wasSmall = (row: FigureRow): boolean =>
    (sums.get(`${row.area_code} all H1`)?.d_before ?? 0) < limitOf(row.area_code.slice(0, 6));
  const rows = [...sums.values()];
  return [...published, ...rows.map((row) => (wasSmall(row) ? { ...row, ...nothingBefore } : row))];
}

function addFigures(sum: FigureRow | undefined, row: FigureRow): FigureRow {
  const n = addKnown(sum?.n, row.n);
  const d = addKnown(sum?.d, row.d);
  const nBefore = addKnown(sum?.n_before, row.n_before);
  const dBefore = addKnown(sum?.d_before, row.d_before);
  const state = sum?.state_code ?? row.state_code;
  return {
    ...row, n, d, n_before: nBefore, d_before: dBefore, state_code: state,
    target: null, on_date: null,
    share: state === "not_reported" ? null : divide(n, d),
    share_before: row.share_before === null && sum?.share_before == null
      ? null : divide(nBefore, dBefore),
  };
}

function addKnown(a: number | null | undefined, b: number | null): number | null {
  return a == null ? b : b === null ? a : a + b;
}

function divide(n: number | null, d: number | null): number | null {
  return n === null || d === null || d === 0 ? null : n / d;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
