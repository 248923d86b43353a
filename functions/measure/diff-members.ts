import type { DuckDBConnection } from "@duckdb/node-api";
import { ContractError } from "../shared/errors.ts";
import { readPlainRows } from "../shared/read-plain-rows.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { notAdded } from "./explain-figure.ts";
import { findMemberSource } from "./figure-members.ts";
import type { MemberSource } from "./figure-members.ts";

/** A figure of the area on both days; null: there was no row. */
export interface FigureChange {
  readonly figure_code: string;
  readonly n_before: number | null;
  readonly d_before: number | null;
  readonly n_after: number | null;
  readonly d_after: number | null;
  readonly share_before: number | null;
  readonly share_after: number | null;
  readonly state_before: string | null;
  readonly state_after: string | null;
}
/** A member that moved the figure; null: it was, or is, none of the area. */
export interface MemberChange {
  readonly member: string;
  readonly county_code: string | null;
  readonly n_before: number | null;
  readonly n_after: number | null;
  readonly d_before: number | null;
  readonly d_after: number | null;
  readonly state_before: string | null;
  readonly state_after: string | null;
}

/** Figures of the area that are not the same on both days; `before`, `after`: mart_figure. */
export function diffFigureRows(
  connection: DuckDBConnection, area: string, before: string, after: string,
): Promise<readonly FigureChange[]> {
  const day = (path: string): string => `SELECT figure_code, CAST(n AS double) AS n,
    CAST(d AS double) AS d, share, state_code FROM read_parquet(${quoteText(path)})
    WHERE segment_code = 'all' AND area_code = ${quoteText(area)}`;
  return readPlainRows<FigureChange>(connection, `
    SELECT coalesce(a.figure_code, b.figure_code) AS figure_code, a.n AS n_before,
      a.d AS d_before, b.n AS n_after, b.d AS d_after, a.share AS share_before,
      b.share AS share_after, a.state_code AS state_before, b.state_code AS state_after
    FROM (${day(before)}) AS a FULL JOIN (${day(after)}) AS b USING (figure_code)
    WHERE a.n IS DISTINCT FROM b.n OR a.d IS DISTINCT FROM b.d
      OR a.share IS DISTINCT FROM b.share OR a.state_code IS DISTINCT FROM b.state_code
    ORDER BY figure_code`);
}

/**
 * Members of the area with another n, d or state on the second day, the largest change first.
 * Throws ContractError where the members of a day do not add up to its figure.
 */
export async function diffMembers(
  connection: DuckDBConnection, area: string, change: FigureChange,
  paths: { readonly before: string; readonly after: string },
): Promise<readonly MemberChange[]> {
  const source = findMemberSource(change.figure_code);
  if (!source) return [];
  const before = selectMembers(source, area, paths.before);
  const after = selectMembers(source, area, paths.after);
  await requireSum(connection, area, change, "before", before);
  await requireSum(connection, area, change, "after", after);
  return readPlainRows<MemberChange>(connection, `
    SELECT coalesce(a.member, b.member) AS member,
      coalesce(b.county_code, a.county_code) AS county_code, a.n AS n_before, b.n AS n_after,
      a.d AS d_before, b.d AS d_after, a.state_code AS state_before, b.state_code AS state_after
    FROM (${before}) AS a FULL JOIN (${after}) AS b ON a.member_key = b.member_key
    WHERE a.n IS DISTINCT FROM b.n OR a.d IS DISTINCT FROM b.d
      OR a.state_code IS DISTINCT FROM b.state_code
    ORDER BY abs(coalesce(b.n, 0) - coalesce(a.n, 0)) DESC,
      abs(coalesce(b.d, 0) - coalesce(a.d, 0)) DESC, member`);
}

/** Columns of each member model beside figure_code, county_code and n. */
const memberColumns: Readonly<Record<MemberSource["kind"], {
  readonly member: string; readonly key: string; readonly d: string; readonly state: string;
  readonly city: string | null; readonly school: string | null; readonly where: string;
}>> = {
  teacher: {
    member: "member", key: "member", d: "CAST(d AS double)", state: "CAST(NULL AS varchar)",
    city: null, school: "school_code", where: " AND segment_code = 'all'",
  },
  county: {
    member: "member", key: "member", d: "CAST(1 AS double)", state: "state_code",
    city: null, school: null, where: "",
  },
  school: {
    member: "school_code", key: "school_code", d: "CAST(1 AS double)",
    state: "CAST(NULL AS varchar)", city: null, school: "school_code", where: "",
  },
  record: {
    member: "member", key: "concat_ws('|', member, city_code, county_code)",
    d: "CAST(d AS double)", state: "state_code", city: "city_code", school: null, where: "",
  },
};

function selectMembers(source: MemberSource, area: string, path: string): string {
  const columns = memberColumns[source.kind];
  return `SELECT ${columns.key} AS member_key, ${columns.member} AS member, county_code,
      CAST(n AS double) AS n, ${columns.d} AS d, ${columns.state} AS state_code
    FROM read_parquet(${quoteText(path)})
    WHERE figure_code = ${quoteText(source.code)}${columns.where}
      AND ${inArea(area, columns)}${source.isReportedOnly ? " AND is_reported" : ""}`;
}

function inArea(
  area: string, { city, school }: (typeof memberColumns)[MemberSource["kind"]],
): string {
  const code = quoteText(area);
  if (area.length === 2) return "true";
  if (area.length === 10) return school === null ? "false" : `${school} = ${code}`;
  if (area.length === 6) return `county_code = ${code}`;
  const ofCounty = `starts_with(coalesce(county_code, ''), ${code})`;
  return city === null ? ofCounty : `(${city} = ${code} OR ${ofCounty})`;
}

async function requireSum(
  connection: DuckDBConnection, area: string, change: FigureChange, when: "before" | "after",
  members: string,
): Promise<void> {
  const n = change[`n_${when}`];
  const d = change[`d_${when}`];
  const isThere = n !== null || d !== null;
  if (!isThere || notAdded.test(change.figure_code)) return;
  const [sum] = await readPlainRows<{ readonly n: number; readonly d: number | null }>(connection,
    `SELECT coalesce(sum(n), 0) AS n, sum(d) AS d FROM (${members})`);
  const hasD = d !== null && sum?.d !== null;
  if (sum?.n === (n ?? 0) && (!hasD || sum.d === d)) return;
  throw new ContractError(`${change.figure_code} of ${area}: its members add up to ` +
    `${sum?.n} / ${sum?.d ?? 0} ${when === "before" ? "on the first day" : "on the second day"}, ` +
    `the figure is ${n} / ${d}`);
}
