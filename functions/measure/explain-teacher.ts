import { identityToken } from "../shared/identity-token.ts";
import type { ParquetRow } from "../shared/read-parquet.ts";
import { tokenKeyId } from "../shared/token-key-id.ts";
import { readRetainedTokens, readTokenKey } from "../shared/token-key.ts";
import { answer } from "./answer.ts";
import type { OpenQuestion, Question } from "./answer.ts";

/** `dudao explain teacher --json` (figures.md), keys in this order. */
export interface TeacherExplanation {
  readonly teacher_no: string;
  readonly school_code: string | null;
  readonly county_code: string | null;
  readonly in_denominator: boolean;
  readonly online_seconds: number;
  readonly practice_seconds: number;
  readonly complete: boolean;
  readonly completed_on: string | null;
  /** A3: passed points enough for the school's valid choice. */
  readonly capable: boolean;
  /** A4: complete and capable. */
  readonly qualified: boolean;
  readonly short_online_seconds: number;
  readonly short_practice_seconds: number;
  readonly records: readonly ExplainedRecord[];
}
export interface ExplainedRecord {
  readonly system: string;
  readonly record_id: string;
  readonly training: string;
  readonly category: string | null;
  readonly seconds: number | null;
  readonly event_on: string | null;
  /** Knowledge day of the version (rows.md: "landing day" in the pages on figures). */
  readonly landing_day: string;
  readonly outcome: string;
}
export interface TeacherQuestion extends Question {
  /** Number on a roll, or an identity number: then it is tokenised with the home's key. */
  readonly id: string;
}

/** Why somebody is not in the denominator; counted: none of them holds. */
export type Standing = "counted" | "off_roll" | "not_in_post" | "school_unknown" | "school_closed";
/** The explanation with what only the sentence for people needs. */
export interface ExplainedTeacher {
  readonly explanation: TeacherExplanation;
  readonly standing: Standing;
}

/** Why a teacher counts or not as of a day; undefined for somebody whom no roll knows. */
export async function explainTeacher(
  question: TeacherQuestion,
): Promise<TeacherExplanation | undefined> {
  return (await explainStanding(question))?.explanation;
}

/** As explainTeacher, with why somebody is not in the denominator. */
export async function explainStanding(
  question: TeacherQuestion,
): Promise<ExplainedTeacher | undefined> {
  return answer(question, async (open) => {
    const teacherNo = await findTeacherNo(question, open);
    if (teacherNo === undefined) return undefined;
    const only = { column: "teacher_no", value: teacherNo };
    const rows = await open.rows(["int_teacher_state", "int_credit_record"],
      { int_teacher_state: only, int_credit_record: only });
    const state = rows.get("int_teacher_state")?.[0];
    return state && {
      explanation: buildExplanation(state, rows.get("int_credit_record") ?? []),
      standing: findStanding(state),
    };
  });
}

async function findTeacherNo(
  { store, id }: TeacherQuestion, open: OpenQuestion,
): Promise<string | undefined> {
  const written = id.normalize("NFKC").replace(/\s/g, "");
  const find = async (relation: string, column: string, value: string) => {
    const rows = await open.rows([relation], { [relation]: { column, value } });
    return rows.get(relation)?.[0]?.teacher_no as string | undefined;
  };
  const byNumber = await find("int_person", "teacher_no", written);
  if (byNumber !== undefined) return byNumber;
  const key = await readTokenKey(store);
  if (key === undefined) return undefined;
  // Somebody whose landing files are gone keeps the token of an earlier key.
  const retained = await readRetainedTokens(store, tokenKeyId(Buffer.from(key, "hex")));
  for (const hex of [key, ...Object.values(retained?.keys ?? {})]) {
    const token = identityToken(hex, written);
    const found = token && await find("int_person_token", "person_token", token);
    if (found) return found;
  }
  return undefined;
}

function findStanding(state: ParquetRow): Standing {
  if (state.in_denominator === true) return "counted";
  if (state.is_on_roll !== true) return "off_roll";
  if (state.is_in_post !== true) return "not_in_post";
  return state.county_code === null ? "school_unknown" : "school_closed";
}

function buildExplanation(
  state: ParquetRow, records: readonly ParquetRow[],
): TeacherExplanation {
  const online = Number(state.online_seconds);
  const practice = Number(state.practice_seconds);
  return {
    teacher_no: String(state.teacher_no),
    school_code: state.school_code as string | null,
    county_code: state.county_code as string | null,
    in_denominator: state.in_denominator === true,
    online_seconds: online,
    practice_seconds: practice,
    complete: state.is_complete === true,
    completed_on: state.completed_on as string | null,
    capable: state.is_capable === true,
    qualified: state.is_complete === true && state.is_capable === true,
    short_online_seconds: Math.max(0, Number(state.required_online_seconds) - online),
    short_practice_seconds: Math.max(0, Number(state.required_practice_seconds) - practice),
    records: [...records].sort(byRecord).map((row) => ({
      system: String(row.system),
      record_id: String(row.record_id),
      training: String(row.training),
      category: row.category as string | null,
      seconds: row.credit_seconds as number | null,
      event_on: row.event_on as string | null,
      landing_day: String(row.known_on),
      outcome: String(row.outcome),
    })),
  };
}

/** By system and record, each record's versions in the order they became known. */
function byRecord(a: ParquetRow, b: ParquetRow): number {
  for (const column of ["system", "record_id", "known_on", "export_seq", "category"]) {
    const [left, right] = [a[column] ?? "", b[column] ?? ""];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
