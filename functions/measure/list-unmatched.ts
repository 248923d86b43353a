import { readLedger } from "../shared/read-ledger.ts";
import { answer } from "./answer.ts";
import type { Question } from "./answer.ts";

/** A line of `dudao unmatched --json` (figures.md), keys in this order. */
export interface UnmatchedRow {
  readonly system: string;
  /** Day folder in which the file lies. */
  readonly landing_day: string;
  readonly file_name: string;
  readonly row: number;
  /** `unknown.person`, `contradictory.person` */
  readonly reason: string;
}
export interface UnmatchedQuestion extends Question {
  readonly system?: string | undefined;
}

/** Training rows whose person matches nobody on a roll known on the day, by system and place. */
export async function listUnmatched(question: UnmatchedQuestion): Promise<readonly UnmatchedRow[]> {
  const { store, asOf, system } = question;
  const fileNames = new Map<string, string>();
  for (const file of await readLedger(store, { through: asOf })) {
    // A repeated file has the same content as the one of which the rows were taken.
    const key = `${file.system}|${file.known_on}|${file.file_id}`;
    if (file.status !== "repeated") fileNames.set(key, file.file_name);
  }
  return answer(question, async (open) => {
    const only = system === undefined ? undefined
      : { int_unmatched: { column: "system", value: system } };
    const rows = (await open.rows(["int_unmatched"], only)).get("int_unmatched") ?? [];
    return rows.map((row) => ({
      system: String(row.system),
      landing_day: String(row.landing_day),
      file_name: fileNames.get(`${row.system}|${row.known_on}|${row.file_id}`) ?? "",
      row: Number(row.row_number),
      reason: String(row.reason),
    })).sort(byPlace);
  });
}

function byPlace(a: UnmatchedRow, b: UnmatchedRow): number {
  for (const key of ["system", "landing_day", "file_name", "row"] as const) {
    if (a[key] !== b[key]) return a[key] < b[key] ? -1 : 1;
  }
  return 0;
}
