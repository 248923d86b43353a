/**
 * Columns of every lake relation: the one place for ingest, source views and Glue tables.
 * Parquet lies at `lake/<relation>/system=<system>/known_on=<day>/<file>.parquet`.
 * Types are the portable eight; days and instants are Asia/Shanghai wall time.
 */
export type ColumnType =
  | "VARCHAR" | "BIGINT" | "INTEGER" | "DOUBLE" | "BOOLEAN" | "DATE" | "TIMESTAMP_MS";

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Meaning and unit, one line. */
  readonly meaning: string;
}
export interface Relation {
  readonly name: string;
  readonly grain: string;
  readonly columns: readonly Column[];
  /** Personal data: lies under private/ with mode 0600 instead of lake/. */
  readonly isPrivate?: true;
}

const c = (name: string, type: ColumnType, meaning: string): Column => ({ name, type, meaning });

/**
 * Every lake row begins with these. A row is one version of one record as written, or the news
 * that a record is gone from its full export (`is_retraction`; payload columns are then NULL,
 * person_key, id_rest, teacher_no, person_token and platform stay filled).
 */
export const envelope: readonly Column[] = [
  c("system", "VARCHAR", "training system that exported the row"),
  c("export", "VARCHAR", "kind of export inside the system"),
  c("known_on", "DATE", "knowledge day: the night that took the file (rows.md)"),
  c("landing_day", "DATE", "day folder in which the file landed"),
  c("file_id", "VARCHAR", "first 16 hex digits of the file's SHA-256"),
  c("sheet", "VARCHAR", "sheet name, '' where the format has none"),
  c("row_number", "BIGINT", "1-based row of the sheet, line of the text, index of the array"),
  c("export_seq", "BIGINT", "order inside the night: file, sheet, row; unique per relation, system, known_on"),
  c("record_id", "VARCHAR", "fields of the record id joined by |, person as written or as token"),
  c("person_key", "VARCHAR", "person part of the record id: teacher_no, else token, else platform|account token; NULL where the id has none"),
  c("id_rest", "VARCHAR", "record id without the person part, joined by |"),
  c("record_version", "BIGINT", "source's own version: epoch milliseconds of the wall time, 0 where it has none"),
  c("content_hash", "VARCHAR", "32 hex digits, keyed hash of the parsed values"),
  c("is_retraction", "BOOLEAN", "true: the record is gone from its full export as of known_on"),
];

const relation = (name: string, grain: string, columns: readonly Column[]): Relation => ({
  name, grain, columns: [...envelope, ...columns],
});

export const relations: readonly Relation[] = [
  relation("school", "one version of one school roll entry", [
    c("school_code", "VARCHAR", "10 digits"),
    c("school_name", "VARCHAR", "as exported"),
    c("county_code", "VARCHAR", "6-digit county code, current"),
    c("school_stage", "VARCHAR", "学段 as exported"),
    c("school_type", "VARCHAR", "school, village_school, teaching_point"),
    c("place_type", "VARCHAR", "urban, town, rural"),
    c("is_smart_education", "BOOLEAN", "smart-education school"),
    c("has_cio", "BOOLEAN", "a CIO is named (the name itself is personal and not kept)"),
    c("n_management_team", "VARCHAR", "as exported"),
    c("school_status", "VARCHAR", "open, closed"),
    c("opened_on", "DATE", ""),
    c("merged_on", "DATE", ""),
  ]),
  relation("teacher", "one version of one teacher roll entry", [
    c("teacher_no", "VARCHAR", ""),
    c("person_token", "VARCHAR", "token of the identity number, NULL if none or invalid"),
    c("school_code", "VARCHAR", "10 digits"),
    c("teaching_stage", "VARCHAR", "as exported"),
    c("subject", "VARCHAR", "as exported"),
    c("post", "VARCHAR", "teacher, principal, management_team, researcher"),
    c("employment_status", "VARCHAR", "in_post, retired, transferred_out, left"),
    c("changed_on", "DATE", "变动日期"),
  ]),
  relation("county_registration", "one version of one county registration", [
    c("registration_no", "VARCHAR", ""),
    c("county_code", "VARCHAR", "6-digit county code, current"),
    c("launched_on", "DATE", "启动日期"),
    c("is_model_county", "BOOLEAN", ""),
    c("filing_state", "VARCHAR", "pending, approved, returned"),
    c("updated_at", "TIMESTAMP_MS", "更新时间, the record's own version"),
  ]),
  relation("plan_filing", "one version of one filing", [
    c("filing_no", "VARCHAR", ""),
    c("filing_level", "VARCHAR", "city, county, school"),
    c("unit_code", "VARCHAR", "4-digit city, 6-digit county or 10-digit school code"),
    c("plan_type", "VARCHAR", "code of 方案类型"),
    c("plan_year", "INTEGER", ""),
    c("filed_on", "DATE", ""),
    c("review_state", "VARCHAR", "pending, approved, returned"),
    c("reviewed_on", "DATE", ""),
  ]),
  relation("school_point", "one version of one ability point chosen by a school", [
    c("school_code", "VARCHAR", "10 digits"),
    c("school_year", "INTEGER", "年度"),
    c("ability_code", "VARCHAR", ""),
    c("chosen_on", "DATE", ""),
  ]),
  relation("teacher_point", "one version of one ability point chosen by a teacher", [
    c("teacher_no", "VARCHAR", ""),
    c("ability_code", "VARCHAR", ""),
    c("chosen_on", "DATE", ""),
    c("school_result", "VARCHAR", "passed, failed, open"),
    c("assessed_on", "DATE", ""),
    c("county_review", "VARCHAR", "passed, failed, open or NULL"),
  ]),
  relation("programme_record", "one version of one place in a provincial programme", [
    c("programme_title", "VARCHAR", "项目名称"),
    c("phase", "VARCHAR", "期次"),
    c("teacher_no", "VARCHAR", ""),
    c("online_seconds", "BIGINT", "seconds, NULL if not stated"),
    c("practice_seconds", "BIGINT", "seconds, NULL if not stated"),
    c("is_passed", "BOOLEAN", "是否结业"),
    c("event_on", "DATE", "结业日期"),
    c("event_at", "TIMESTAMP_MS", "instant where the cell had a time"),
  ]),
  relation("model_school", "one version of one model school", [
    c("school_code", "VARCHAR", "10 digits"),
    c("named_on", "DATE", ""),
  ]),
  relation("spot_check", "one version of one spot check", [
    c("check_no", "VARCHAR", ""),
    c("city_code", "VARCHAR", "4 digits"),
    c("teacher_no", "VARCHAR", ""),
    c("checked_on", "DATE", ""),
    c("is_confirmed", "BOOLEAN", "属实"),
  ]),
  relation("local_point", "one version of one local ability point", [
    c("ability_code", "VARCHAR", "L<city4>-<nn>"),
    c("city_code", "VARCHAR", "4 digits"),
    c("dimension", "VARCHAR", "learner_analysis, teaching_design, learning_guidance, assessment"),
    c("ability_name", "VARCHAR", ""),
    c("environment", "VARCHAR", "as exported"),
  ]),
  relation("account", "one version of one platform account", [
    c("platform", "VARCHAR", "平台 as exported (lrs: the account's homePage)"),
    c("account_token", "VARCHAR", "token of the account name"),
    c("teacher_no", "VARCHAR", ""),
  ]),
  relation("training_record", "one version of one training record of any system", [
    c("teacher_no", "VARCHAR", "if written and valid"),
    c("person_token", "VARCHAR", "token of the identity number if written and valid"),
    c("platform", "VARCHAR", "lrs: account homePage, NULL where the account is the teacher_no"),
    c("account_token", "VARCHAR", "lrs: token of the account name, NULL where it is the teacher_no"),
    c("source_training_id", "VARCHAR", "the source's own id of the training"),
    c("project", "VARCHAR", "项目名称 where the export has it (scope of vendor-a)"),
    c("category", "VARCHAR", "online, practice, mixed (ntms way 4, split in SQL)"),
    c("practice_kind", "VARCHAR", "evidence, research, recording or NULL"),
    c("credit_seconds", "BIGINT", "seconds, NULL if not stated"),
    c("is_passed", "BOOLEAN", "passed as rows.md defines it for the system"),
    c("school_result", "VARCHAR", "practice: passed, failed, open"),
    c("county_review", "VARCHAR", "practice: passed, failed, open"),
    c("school_code", "VARCHAR", "yunjiao: the listening school; else NULL"),
    c("ability_code", "VARCHAR", "practice"),
    c("event_on", "DATE", "calendar day"),
    c("event_at", "TIMESTAMP_MS", "instant where the cell had a time, else NULL"),
  ]),
  relation("voiding", "one voiding statement of the lrs", [
    c("target_id", "VARCHAR", "id of the statement that is voided (lower case)"),
    c("event_on", "DATE", ""),
  ]),
  relation("evaluation", "one version of one evaluation", [
    c("evaluation_no", "VARCHAR", ""),
    c("evaluation_kind", "VARCHAR", "expert, trainee, third"),
    c("project", "VARCHAR", ""),
    c("county_code", "VARCHAR", "6-digit county code, current"),
    c("evaluated_on", "DATE", ""),
    c("score_hundredths", "BIGINT", "score × 100, 0-10000"),
    c("sample_size", "BIGINT", ""),
  ]),
  relation("rejected_identity", "one rejected row of a full export whose record id can be read", [
    c("teacher_no", "VARCHAR", "if written and valid"),
    c("person_token", "VARCHAR", "if written and valid"),
  ]),
  {
    ...relation("contact", "one version of one contact of an area (annex 5)", [
      c("area_code", "VARCHAR", "51, 4-digit city or 6-digit county code"),
      c("contact_type", "VARCHAR", "responsible, contact"),
      c("name", "VARCHAR", "personal"),
      c("unit_name", "VARCHAR", ""),
      c("office", "VARCHAR", ""),
      c("title", "VARCHAR", ""),
      c("phone", "VARCHAR", "personal"),
      c("email", "VARCHAR", "personal"),
    ]),
    isPrivate: true,
  },
];

/** One row a file and night: the ledger as a relation for D_* (loaded from ledger/, not from Parquet). */
export const ledgerRelation: Relation = {
  name: "file_arrival",
  grain: "one file taken by one night",
  columns: [
    c("system", "VARCHAR", ""),
    c("export", "VARCHAR", "NULL where no contract fitted"),
    c("known_on", "DATE", "night that took the file"),
    c("landing_day", "DATE", ""),
    c("file_id", "VARCHAR", ""),
    c("file_name", "VARCHAR", ""),
    c("status", "VARCHAR", "accepted, partly, refused, held, repeated"),
    c("rows_read", "BIGINT", "NULL for refused and repeated"),
    c("rows_accepted", "BIGINT", ""),
    c("rows_rejected", "BIGINT", ""),
    c("rows_duplicate", "BIGINT", ""),
  ],
};

/** What the runs of earlier days said: `mart_point` of each (loaded from runs/, not the lake). */
export const runPointRelation: Relation = {
  name: "run_point",
  grain: "area, figure and day that has a stored run",
  columns: [
    c("area_code", "VARCHAR", "51, 5101 or 510104"),
    c("figure_code", "VARCHAR", "R1, H1, H2, H3, A4"),
    c("known_on", "DATE", "as-of day of the run"),
    c("n", "BIGINT", "numerator as it was"),
    c("d", "BIGINT", "denominator as it was"),
  ],
};

/** One row an export: built from the contracts, read by D_systems. */
export const exportRelation: Relation = {
  name: "export_contract",
  grain: "one kind of export",
  columns: [
    c("system", "VARCHAR", ""),
    c("export", "VARCHAR", ""),
    c("mode", "VARCHAR", "full, delta"),
    c("cadence_days", "BIGINT", "days between exports"),
    c("grace_days", "BIGINT", "days it may be late"),
    c("relation", "VARCHAR", "lake relation its rows go to"),
  ],
};

export function requireRelation(name: string): Relation {
  const found = relations.find((r) => r.name === name);
  if (!found) throw new Error(`relation: unknown: ${name}; see functions/shared/relations.ts`);
  return found;
}
