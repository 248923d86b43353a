import type { ParquetRow } from "../shared/read-parquet.ts";

/** One teacher, county, school, filing … behind a figure, with what it adds to it. */
export interface FigureMember {
  /** `teacher` number, `county` or `school` code, number of a `record`. */
  readonly member: string;
  readonly county_code: string | null;
  /** 1 or 0, seconds, days: unit of the figure's numerator; null: none. */
  readonly n: number | null;
  readonly d: number | null;
  readonly state_code: string | null;
  readonly on_date: string | null;
}

/** Where the members of a figure stand. */
export interface MemberSource {
  readonly kind: "teacher" | "county" | "school" | "record";
  readonly model: string;
  /** The code under which the model has them. */
  readonly code: string;
  /** Only those of reported counties. */
  readonly isReportedOnly: boolean;
}

const counties = /^(?:R[12]|gate_\d+|D_reported|P[12]|I6|L5_county)$/;
const schools = /^(?:A1|E2|E2_sessions|L1|L2|P3)$/;
const records = /^(?:P[456]|Q_expert|Q_trainee|Q_third|Q_spot|L4_\w+|L5|H2_ever)$/;
const teachers = /^(?:H1|H2|H3|H4_\w+|H5_\w+|A[234]|I[1-578]|I_any)$/;

/** undefined: the figure is worked out from other figures or from the ledger. */
export function findMemberSource(figure: string): MemberSource | undefined {
  const isReportedOnly = figure.endsWith("_reported") && figure !== "D_reported";
  const code = isReportedOnly ? figure.replace("_reported", "") : figure;
  const of = (kind: MemberSource["kind"], model: string): MemberSource =>
    ({ kind, model, code, isReportedOnly });
  if (counties.test(code)) return of("county", "int_member_county");
  if (schools.test(code)) return of("school", "int_school_count");
  if (records.test(code)) return of("record", "int_member_record");
  if (teachers.test(code)) return of("teacher", "int_member_teacher");
  return undefined;
}

/** Is the member's row one of the area (51, 5101, 510104, or a school's 10 digits)? */
export function isInArea(row: ParquetRow, area: string): boolean {
  if (area.length === 2) return true;
  if (area.length === 10) return row.school_code === area;
  const county = row.county_code as string | null | undefined;
  if (area.length === 6) return county === area;
  return (row.city_code as string | null | undefined) === area || county?.startsWith(area) === true;
}

/** A row of one of the member models. */
export function toMember(row: ParquetRow, kind: MemberSource["kind"]): FigureMember {
  const number = (value: unknown): number | null =>
    (value === null || value === undefined ? null : Number(value));
  const text = (value: unknown): string | null =>
    (value === null || value === undefined ? null : String(value));
  const isCounted = kind === "county" || kind === "school";
  return {
    member: String(kind === "school" ? row.school_code : row.member),
    county_code: text(row.county_code),
    n: number(row.n),
    // Every county or school is one of the denominator.
    d: isCounted ? 1 : number(row.d),
    state_code: text(row.state_code),
    on_date: text(row.on_date),
  };
}
