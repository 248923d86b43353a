import { counties } from "../../functions/shared/areas.ts";
import { requireRelation } from "../../functions/shared/relations.ts";

/** Size of a generated lake: the full province has 826,000 teachers and 60 M records. */
export interface LakeSize {
  readonly nRecords: number;
  readonly nTeachers: number;
  readonly nSchools: number;
}

/** Every size has as many records a teacher and teachers a school as the full province. */
export function sizeLake(nRecords: number): LakeSize {
  const nTeachers = Math.round((nRecords * 826_000) / 60_000_000);
  return { nRecords, nTeachers, nSchools: Math.max(183, Math.round((nTeachers * 24_000) / 826_000)) };
}

/** One relation and system of the lake: a SELECT of all its columns over all its nights. */
export interface LakePart {
  readonly relation: string;
  readonly system: string;
  readonly exportName: string;
  readonly sql: string;
}

const firstDay = "2020-07-01";
export const lastNight = "2021-12-20";
/** Landing days: month ends and the last night. */
export const lakeNights: readonly string[] = [
  ...Array.from({ length: 17 }, (_, i) =>
    new Date(Date.UTC(2020, 7 + i, 0)).toISOString().slice(0, 10)),
  lastNight,
];
const lrsPlatform = "https://lrs.yunyanxiu.example";

/** Night on which what happened on a day is known. */
const knownAfter = (day: string): string =>
  `CASE WHEN ${day} > DATE '2021-11-30' THEN DATE '${lastNight}' ELSE last_day(${day}) END`;
const teacherNo = "'51' || (20000000 + t)";
const token = "'bench0.' || md5('p' || t)";
const account = "'bench0.' || md5('a' || t)";
const schoolOf = (index: string): string =>
  `(SELECT list(code ORDER BY code) FROM county)[1 + (${index}) % 183] `
  + `|| lpad(CAST((${index}) // 183 AS VARCHAR), 4, '0')`;

/** Statement that the SELECTs of the parts read: the codes of the counties. */
export const countyTable = `CREATE TABLE county AS SELECT * FROM (VALUES
  ${counties.map((county) => `('${county.code}', '${county.name}')`).join(", ")}) AS c (code, name)`;

interface Draft {
  /** FROM clause that gives `t`, `j` or whatever the expressions use, and `day`, `at_second`. */
  readonly from: string;
  readonly known: string;
  readonly recordId: string;
  readonly personKey?: string;
  readonly idRest?: string;
  readonly version?: string;
  /** Place in its night, unique for relation, system and night; the row's number without it. */
  readonly seq?: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** SELECT in the order of the relation's columns; what a draft does not name is NULL. */
function selectOf(relation: string, system: string, exportName: string, draft: Draft): string {
  const seq = draft.seq ?? "row_number() OVER ()";
  const given: Readonly<Record<string, string>> = {
    system: `'${system}'`, export: `'${exportName}'`, known_on: draft.known,
    landing_day: draft.known, file_id: `substr(md5('${exportName}' || (${draft.known})), 1, 16)`,
    sheet: "''", row_number: seq, export_seq: seq,
    record_id: draft.recordId, person_key: draft.personKey ?? "NULL",
    id_rest: draft.idRest ?? draft.recordId, record_version: draft.version ?? "0",
    content_hash: `md5(${draft.recordId} || coalesce(${draft.columns.credit_seconds ?? "1"}, 0))`,
    is_retraction: "false", ...draft.columns,
  };
  const list = requireRelation(relation).columns.map(({ name, type }) =>
    `CAST(${given[name] ?? "NULL"} AS ${type}) AS ${name}`);
  return `SELECT ${list.join(", ")} FROM (${draft.from})`;
}

/** Records of one kind for every teacher; `h` is an even number from 0 that all else comes from. */
const perTeacher = (size: LakeSize, each: number, salt: number): string => `
  SELECT t, j, h, DATE '${firstDay}' + CAST(h % 530 AS INTEGER) AS day, h % 86400 AS at_second
  FROM (SELECT t, j, hash(t * 1000 + j + ${salt} * CAST(1000000000 AS BIGINT)) // 2 AS h
    FROM range(${size.nTeachers}) AS a (t), range(${each}) AS b (j))`;

interface Training {
  readonly system: string;
  readonly exportName: string;
  /** Records a teacher: 67 together, beside 5.5 of other relations and corrections. */
  readonly each: number;
  readonly source: string;
  readonly idRest: string;
  readonly person: "token" | "number" | "account";
  readonly columns: Readonly<Record<string, string>>;
}

const project = "'2021年整校推进培训'";
const passedMostly = "h % 10 < 8";
const trainings: readonly Training[] = [
  {
    system: "vendor-a", exportName: "courses", each: 24, person: "token", source: "'A' || (400 + j)",
    idRest: `${project} || '|A' || (400 + j)`,
    columns: {
      project, category: "'online'", credit_seconds: "2700 * (1 + j % 3)", is_passed: passedMostly,
    },
  },
  {
    system: "lrs", exportName: "statements", each: 14, person: "account",
    source: "'https://lrs.yunyanxiu.example/course/' || j", idRest: "md5('s' || t || '/' || j)",
    columns: { category: "'online'", credit_seconds: "3600", is_passed: "true" },
  },
  {
    system: "vendor-b", exportName: "courses", each: 10, person: "token", source: "'KC-' || j",
    idRest: `${project} || '|KC-' || j`,
    columns: {
      project, category: "'online'", credit_seconds: "2700 * (1 + j % 4)", is_passed: passedMostly,
    },
  },
  {
    system: "practice", exportName: "tasks", each: 8, person: "number", source: "'任务' || j",
    idRest: "chr(CAST(65 + j % 3 AS INTEGER)) || (1 + j % 7) || '|recording|任务' || j",
    columns: {
      category: "'practice'", credit_seconds: "13500", is_passed: passedMostly,
      practice_kind: "['evidence', 'research', 'recording'][1 + CAST(j % 3 AS INTEGER)]",
      school_result: `CASE WHEN ${passedMostly} THEN 'passed' ELSE 'failed' END`,
      county_review: "'open'", ability_code: "chr(CAST(65 + j % 3 AS INTEGER)) || (1 + j % 7)",
    },
  },
  {
    system: "credit", exportName: "credits", each: 6, person: "token", source: "'CR-' || j",
    idRest: "'CR-' || j || '|online'",
    columns: {
      category: "CASE WHEN j % 2 = 0 THEN 'online' ELSE 'practice' END", credit_seconds: "5400",
      is_passed: "h % 100 <> 0",
    },
  },
  {
    system: "ntms", exportName: "trainings", each: 3, person: "number", source: "'国培' || j",
    idRest: "'2021|国培' || j",
    columns: {
      category: "['online', 'practice', 'mixed'][1 + CAST(j AS INTEGER)]",
      credit_seconds: "27000", is_passed: "true",
    },
  },
  {
    system: "yunjiao", exportName: "sessions", each: 2, person: "number", source: "'KT' || (h % 9999)",
    idRest: "'KT' || (h % 9999) || '/' || j",
    columns: { category: "'online'", credit_seconds: "2700", is_passed: "h % 29 <> 0" },
  },
];

/** A training's records, one in 77 corrected at the next night, of vendors one in 400 withdrawn. */
function trainingSql(size: LakeSize, training: Training, salt: number): string {
  const { system, exportName, person, idRest } = training;
  const isNumber = person === "number" ? "true" : person === "token" ? "false" : "t % 2 = 1";
  const key = `CASE WHEN ${isNumber} THEN ${teacherNo} ELSE ${
    person === "account" ? `'${lrsPlatform}|' || ${account}` : token} END`;
  const isDay = ["credit", "ntms"].includes(system);
  const columns = {
    teacher_no: `CASE WHEN ${isNumber} THEN ${teacherNo} END`,
    person_token: person === "account" ? "NULL" : token,
    ...(person === "account" ? {
      platform: `CASE WHEN NOT (${isNumber}) THEN '${lrsPlatform}' END`,
      account_token: `CASE WHEN NOT (${isNumber}) THEN ${account} END`,
    } : {}),
    source_training_id: training.source, ...training.columns, event_on: "day",
    ...(isDay ? {} : { event_at: "day + to_seconds(at_second)" }),
    ...(system === "yunjiao" ? { school_code: schoolOf(`t % ${size.nSchools}`) } : {}),
  };
  const version = system === "credit" ? "epoch_ms(CAST(day AS TIMESTAMP))" : "0";
  const from = perTeacher(size, training.each, salt);
  const draft: Draft = {
    from, known: knownAfter("day"), recordId: `${key} || '|' || ${idRest}`, personKey: key, idRest,
    version, seq: "t * 1000 + j", columns,
  };
  const next = knownAfter("(last_day(day) + 1)");
  const corrected: Draft = {
    ...draft, known: next, seq: "t * 1000 + j + 300",
    from: `SELECT * FROM (${from}) WHERE h % 77 = 0 AND day < DATE '2021-11-01'`,
    version: system === "credit" ? "epoch_ms(CAST(day AS TIMESTAMP)) + 86400000" : "0",
    columns: { ...columns, credit_seconds: `(${training.columns.credit_seconds}) + 900` },
  };
  const gone: Draft = {
    ...draft, known: next, seq: "t * 1000 + j + 600",
    from: `SELECT * FROM (${from}) WHERE h % 400 = 1 AND day < DATE '2021-11-01'`,
    columns: {
      teacher_no: columns.teacher_no, person_token: columns.person_token, is_retraction: "true",
    },
  };
  const drafts = [draft, corrected, ...(system.startsWith("vendor") ? [gone] : [])];
  return drafts.map((one) => selectOf("training_record", system, exportName, one))
    .join("\nUNION ALL\n");
}

/** Everything the lake holds, each part a SELECT. */
export function listLakeParts(size: LakeSize): readonly LakePart[] {
  const base = `DATE '${lakeNights[0]}'`;
  const registry = (relation: string, exportName: string, draft: Draft): LakePart => ({
    relation, system: "registry", exportName,
    sql: selectOf(relation, "registry", exportName, draft),
  });
  const teachers = `SELECT t FROM range(${size.nTeachers}) AS a (t)`;
  const schools = `SELECT s FROM range(${size.nSchools}) AS a (s)`;
  const school = schoolOf("s");
  const countyNumbers = "SELECT code, row_number() OVER (ORDER BY code) AS c FROM county";
  return [
    registry("school", "schools", {
      from: schools, known: base, recordId: school, columns: {
        school_code: school, school_name: "'第' || s || '学校'", county_code: `substr(${school}, 1, 6)`,
        school_stage: "'小学'", school_type: "CASE WHEN s % 9 = 0 THEN 'village_school' ELSE 'school' END",
        place_type: "CASE WHEN s % 3 = 0 THEN 'rural' ELSE 'town' END",
        is_smart_education: "s % 20 = 0", has_cio: "s % 4 > 0", n_management_team: "'5'",
        school_status: "'open'", opened_on: "DATE '2015-01-01'",
      },
    }),
    registry("teacher", "teachers", {
      from: teachers, known: base, recordId: teacherNo, personKey: teacherNo, idRest: "''", columns: {
        teacher_no: teacherNo, person_token: token, school_code: schoolOf(`t % ${size.nSchools}`),
        teaching_stage: "'小学'", subject: "'语文'",
        post: "CASE WHEN t % 40 = 0 THEN 'principal' ELSE 'teacher' END",
        employment_status: "CASE WHEN t % 100 = 7 THEN 'retired' ELSE 'in_post' END",
        changed_on: "CASE WHEN t % 100 = 7 THEN DATE '2021-03-01' END",
      },
    }),
    registry("account", "accounts", {
      from: `${teachers} WHERE t % 2 = 0`, known: base, recordId: `'${lrsPlatform}|' || ${account}`,
      columns: { platform: `'${lrsPlatform}'`, account_token: account, teacher_no: teacherNo },
    }),
    registry("teacher_point", "teacher_points", {
      from: perTeacher(size, 3, 91), known: knownAfter("day"), personKey: teacherNo,
      recordId: `${teacherNo} || '|' || chr(CAST(65 + j AS INTEGER)) || (1 + t % 7)`,
      idRest: "chr(CAST(65 + j AS INTEGER)) || (1 + t % 7)", columns: {
        teacher_no: teacherNo, ability_code: "chr(CAST(65 + j AS INTEGER)) || (1 + t % 7)",
        chosen_on: "day - 30", school_result: "CASE WHEN h % 5 = 0 THEN 'open' ELSE 'passed' END",
        assessed_on: "CASE WHEN h % 5 > 0 THEN day END", county_review: "'open'",
      },
    }),
    registry("school_point", "school_points", {
      from: `SELECT s, j FROM range(${size.nSchools}) AS a (s), range(8) AS b (j)`, known: base,
      recordId: `${school} || '|2020|' || chr(CAST(65 + j % 3 AS INTEGER)) || (1 + j // 3)`, columns: {
        school_code: school, school_year: "2020",
        ability_code: "chr(CAST(65 + j % 3 AS INTEGER)) || (1 + j // 3)",
        chosen_on: `DATE '${firstDay}'`,
      },
    }),
    registry("county_registration", "county_registrations", {
      from: `SELECT code, DATE '${firstDay}' + CAST(c * 2 AS INTEGER) AS day FROM (${countyNumbers})`,
      known: knownAfter("day"), recordId: "'QD-' || code", version: "epoch_ms(CAST(day AS TIMESTAMP))",
      columns: {
        registration_no: "'QD-' || code", county_code: "code", launched_on: "day",
        is_model_county: "false", filing_state: "'approved'", updated_at: "CAST(day AS TIMESTAMP)",
      },
    }),
    {
      relation: "evaluation", system: "survey", exportName: "evaluations",
      sql: selectOf("evaluation", "survey", "evaluations", {
        from: `SELECT code, j, DATE '${firstDay}' + CAST(j * 30 AS INTEGER) AS day
          FROM county, range(16) AS b (j)`,
        known: knownAfter("day"), recordId: "'PJ-' || code || '-' || j", columns: {
          evaluation_no: "'PJ-' || code || '-' || j", project: project, county_code: "code",
          evaluation_kind: "['expert', 'trainee', 'third'][1 + CAST(j % 3 AS INTEGER)]",
          evaluated_on: "day", score_hundredths: "8000 + j", sample_size: "40",
        },
      }),
    },
    ...trainings.map((training, salt): LakePart => ({
      relation: "training_record", system: training.system, exportName: training.exportName,
      sql: trainingSql(size, training, salt),
    })),
  ];
}

