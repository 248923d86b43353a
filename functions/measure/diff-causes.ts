import type { DuckDBConnection } from "@duckdb/node-api";
import { readPlainRows } from "../shared/read-plain-rows.ts";
import { requireRelation } from "../shared/relations.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { findMemberSource } from "./figure-members.ts";
import type { MemberChange } from "./diff-members.ts";

/** Rows of one file that concern a member. */
export interface Cause {
  readonly relation: string;
  readonly system: string;
  /** Knowledge day. */
  readonly known_on: string;
  readonly landing_day: string;
  /** First 16 hex digits of the file's SHA-256. */
  readonly file_id: string;
  readonly rows: number;
  /** Of them news that a record is gone. */
  readonly rows_gone: number;
}
/** A record of a teacher that counts otherwise than before; null: not known on that day. */
export interface RecordChange {
  readonly system: string;
  readonly record_id: string;
  readonly training: string;
  readonly category: string | null;
  readonly seconds: number | null;
  readonly event_on: string | null;
  readonly known_on: string;
  readonly outcome_before: string | null;
  readonly outcome_after: string | null;
}

/** Relations whose rows can move a figure. */
export function relationsOf(figure: string): readonly string[] {
  const roll = ["teacher", "school"];
  const hours = ["training_record", "programme_record", "voiding", "account", ...roll];
  const points = ["teacher_point", "school_point", "local_point", ...roll];
  if (/^(?:R1|gate_\d+|I6)$/.test(figure)) return ["county_registration", ...hours];
  if (/^(?:R2|L5_county)$/.test(figure)) return ["county_registration"];
  if (/^(?:A1)$/.test(figure)) return points;
  if (/^A[23]$/.test(figure)) return points;
  if (figure.startsWith("A4")) return [...new Set([...hours, ...points])];
  if (figure.startsWith("P")) return ["plan_filing", "school"];
  if (figure.startsWith("E2")) return ["training_record", "school"];
  if (figure === "L1") return ["school"];
  if (figure === "L5") return ["model_school"];
  if (figure.startsWith("L4_")) return ["programme_record", ...roll];
  if (figure === "Q_spot") return ["spot_check"];
  if (figure.startsWith("Q_")) return ["evaluation"];
  return hours;
}

export const newsRelations = [
  "training_record", "programme_record", "voiding", "account", "teacher", "school",
  "teacher_point", "school_point", "local_point", "county_registration", "plan_filing",
  "evaluation", "spot_check", "model_school",
] as const;

/** Parquet of int_person, int_person_token, int_account_person, int_teacher_state, credit. */
export interface CausePaths {
  readonly person: string;
  readonly token: string;
  readonly account: string;
  readonly state: string;
  readonly creditBefore: string;
  readonly creditAfter: string;
}

/** Makes table `news`: rows that became known between the days, with whom they concern. */
export async function loadNews(
  connection: DuckDBConnection, files: ReadonlyMap<string, readonly string[]>, paths: CausePaths,
): Promise<void> {
  const parquet = (path: string): string => `read_parquet(${quoteText(path)})`;
  await connection.run(`
    CREATE TABLE news (relation varchar, system varchar, known_on varchar, landing_day varchar,
      file_id varchar, record_id varchar, is_gone boolean, teacher_no varchar,
      school_code varchar, county_code varchar);
    CREATE TABLE whose AS
      SELECT teacher_no AS person_key, teacher_no FROM ${parquet(paths.person)}
      UNION ALL SELECT person_token, teacher_no FROM ${parquet(paths.token)}
      UNION ALL SELECT platform || '|' || account_token, teacher_no
        FROM ${parquet(paths.account)};
    CREATE TABLE place AS SELECT teacher_no, school_code, county_code
      FROM ${parquet(paths.state)}`);
  for (const [relation, some] of files) {
    if (some.length === 0) continue;
    const has = (column: string): boolean =>
      requireRelation(relation).columns.some((c) => c.name === column);
    const own = (column: string): string => (has(column) ? `p.${column}` : "CAST(NULL AS varchar)");
    const unit = relation === "plan_filing" ? "p.unit_code" : null;
    const school = unit ? `CASE WHEN length(${unit}) = 10 THEN ${unit} END` : own("school_code");
    const county = unit ? `CASE WHEN length(${unit}) = 6 THEN ${unit} END` : own("county_code");
    const token = has("person_token") ? "p.person_token" : "CAST(NULL AS varchar)";
    const record = relation === "voiding" ? "p.target_id" : "p.record_id";
    await connection.run(`INSERT INTO news SELECT ${quoteText(relation)}, p.system,
        CAST(p.known_on AS varchar), CAST(p.landing_day AS varchar), p.file_id, ${record},
        p.is_retraction, coalesce(k.teacher_no, t.teacher_no, ${relation === "account"
          ? "p.teacher_no" : "NULL"}), ${school}, ${county}
      FROM read_parquet([${some.map(quoteText).join(", ")}], hive_partitioning = false) AS p
      LEFT JOIN whose AS k ON k.person_key = p.person_key
      LEFT JOIN whose AS t ON t.person_key = ${token}`);
  }
  await connection.run(`
    UPDATE news SET teacher_no = v.teacher_no
    FROM (SELECT DISTINCT record_id, teacher_no FROM ${parquet(paths.creditAfter)}
      WHERE system = 'lrs') AS v
    WHERE news.relation = 'voiding' AND news.record_id = v.record_id`);
}

/** Member → files whose rows concern it, the newest first; none: a day passed. */
export async function findCauses(
  connection: DuckDBConnection, figure: string, members: readonly MemberChange[],
): Promise<ReadonlyMap<string, readonly Cause[]>> {
  const kind = findMemberSource(figure)?.kind;
  if (!kind || members.length === 0) return new Map();
  const relations = relationsOf(figure).map(quoteText).join(", ");
  const concerns = {
    teacher: `SELECT m.member, n.* FROM moved AS m JOIN news AS n ON n.teacher_no = m.member
      UNION ALL SELECT m.member, n.* FROM moved AS m JOIN place AS p ON p.teacher_no = m.member
        JOIN news AS n ON n.school_code = p.school_code AND n.relation IN ('school', 'school_point')`,
    county: `SELECT m.member, n.* FROM moved AS m JOIN news AS n ON n.county_code = m.member
      UNION ALL SELECT m.member, n.* FROM moved AS m JOIN place AS p ON p.county_code = m.member
        JOIN news AS n ON n.teacher_no = p.teacher_no`,
    school: `SELECT m.member, n.* FROM moved AS m JOIN news AS n ON n.school_code = m.member
      UNION ALL SELECT m.member, n.* FROM moved AS m JOIN place AS p ON p.school_code = m.member
        JOIN news AS n ON n.teacher_no = p.teacher_no AND n.school_code IS NULL`,
    record: `SELECT m.member, n.* FROM moved AS m JOIN news AS n ON n.record_id = m.member
      UNION ALL SELECT m.member, n.* FROM moved AS m JOIN news AS n ON n.teacher_no = m.member
      UNION ALL SELECT m.member, n.* FROM moved AS m JOIN news AS n ON n.school_code = m.member`,
  }[kind];
  await setMoved(connection, members.map((m) => m.member));
  const causes = await readCauses(connection, concerns, relations);
  const group = groupOf(figure);
  const others = members.map((m) => m.member).filter((member) => !causes.has(member));
  if (group === undefined || others.length === 0) return causes;
  await setMoved(connection, others);
  const ofGroup = await readCauses(connection, `
    SELECT m.member, n.* FROM moved AS m JOIN place AS p ON p.teacher_no = m.member
    JOIN (SELECT q.${group} AS place_code, w.* FROM news AS w
      JOIN place AS q ON q.teacher_no = w.teacher_no) AS n ON n.place_code = p.${group}`, relations);
  await setMoved(connection, members.map((m) => m.member));
  return new Map([...causes, ...ofGroup]);
}

/** Where a teacher counts because of others: of the school, or of the county that is reported. */
function groupOf(figure: string): "school_code" | "county_code" | undefined {
  if (/^I[345]$/.test(figure)) return "school_code";
  return figure.endsWith("_reported") ? "county_code" : undefined;
}

async function setMoved(connection: DuckDBConnection, members: readonly string[]): Promise<void> {
  await connection.run("CREATE OR REPLACE TABLE moved (member varchar)");
  for (let start = 0; start < members.length; start += 10_000) {
    const some = members.slice(start, start + 10_000).map((member) => `(${quoteText(member)})`);
    await connection.run(`INSERT INTO moved VALUES ${some.join(", ")}`);
  }
}

async function readCauses(
  connection: DuckDBConnection, concerns: string, relations: string,
): Promise<Map<string, readonly Cause[]>> {
  const rows = await readPlainRows<Cause & { readonly member: string }>(connection, `
    SELECT member, relation, system, known_on, landing_day, file_id,
      CAST(count(*) AS double) AS rows, CAST(count(*) FILTER (WHERE is_gone) AS double) AS rows_gone
    FROM (${concerns}) WHERE relation IN (${relations})
    GROUP BY member, relation, system, known_on, landing_day, file_id
    ORDER BY member, known_on DESC, system, relation, file_id`);
  const causes = new Map<string, Cause[]>();
  for (const { member, ...cause } of rows) {
    const known = causes.get(member);
    if (known) known.push(cause);
    else causes.set(member, [cause]);
  }
  return causes;
}

/** Records of the members, teachers, that count otherwise or for somebody else than before. */
export async function findRecordChanges(
  connection: DuckDBConnection, paths: CausePaths,
): Promise<ReadonlyMap<string, readonly RecordChange[]>> {
  const key = "relation, system, known_on, export_seq, category";
  const day = (path: string): string => `read_parquet(${quoteText(path)})`;
  const same = (side: string): string => key.split(", ")
    .map((column) => `${side}.${column} IS NOT DISTINCT FROM k.${column}`).join(" AND ");
  const both = (column: string): string => `coalesce(b.${column}, a.${column}) AS ${column}`;
  // A row that matched nobody before, or somebody else, is theirs as well.
  const rows = await readPlainRows<RecordChange & { readonly member: string }>(connection, `
    WITH touched AS (
      SELECT c.teacher_no AS member, ${key} FROM ${day(paths.creditBefore)} AS c
        JOIN moved AS m ON m.member = c.teacher_no
      UNION
      SELECT c.teacher_no AS member, ${key} FROM ${day(paths.creditAfter)} AS c
        JOIN moved AS m ON m.member = c.teacher_no
    )
    SELECT k.member, ${["system", "record_id", "training", "category"].map(both).join(", ")},
      CAST(coalesce(b.credit_seconds, a.credit_seconds) AS double) AS seconds,
      CAST(coalesce(b.event_on, a.event_on) AS varchar) AS event_on,
      CAST(coalesce(b.known_on, a.known_on) AS varchar) AS known_on,
      CASE WHEN a.teacher_no <> k.member THEN 'unmatched' ELSE a.outcome END AS outcome_before,
      CASE WHEN b.teacher_no <> k.member THEN 'unmatched' ELSE b.outcome END AS outcome_after
    FROM touched AS k
    LEFT JOIN ${day(paths.creditBefore)} AS a ON ${same("a")}
    LEFT JOIN ${day(paths.creditAfter)} AS b ON ${same("b")}
    WHERE outcome_before IS DISTINCT FROM outcome_after
    ORDER BY 1, 2, 3, 8, 5`);
  const changes = new Map<string, RecordChange[]>();
  for (const { member, ...change } of rows) {
    changes.set(member, [...changes.get(member) ?? [], change]);
  }
  return changes;
}
