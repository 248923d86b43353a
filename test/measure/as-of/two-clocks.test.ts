import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModels } from "../../../functions/measure/read-models.ts";
import { addDays } from "../second-computation/days.ts";
import type { History, LakeRow } from "../second-computation/lake.ts";
import { buildRandomHistory, dayOf } from "../second-computation/random-history.ts";
import { runSql } from "../second-computation/run-sql.ts";

const models = readModels();
let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const marts = ["mart_figure", "mart_series", "mart_school", "int_credit_record"];
async function measure(history: History, asOf: string): Promise<readonly string[]> {
  const found = await runSql(connection, models, history, asOf, marts);
  return marts.flatMap((name) => found[name]!.map((r) => `${name} ${JSON.stringify(r)}`)).sort();
}

/** Days on which something happened, or is to happen, by relation. */
const eventDays = [
  "event_on", "launched_on", "filed_on", "reviewed_on", "chosen_on", "assessed_on", "checked_on",
  "evaluated_on", "named_on", "changed_on", "opened_on", "merged_on",
];
function mapRows(history: History, of: (row: LakeRow) => LakeRow): History {
  return Object.fromEntries(Object.entries(history).map(([name, rows]) =>
    [name, Array.isArray(rows) && rows[0]?.known_on !== undefined ? rows.map(of) : rows],
  )) as unknown as History;
}
/** What happens after the day happens later still; only arrivals have no such day. */
function putOff(history: History, asOf: string): History {
  return mapRows(history, (row) => Object.fromEntries(Object.entries(row).map(([name, value]) =>
    [name, eventDays.includes(name) && value !== null && String(value) > asOf
      ? addDays(String(value), 400) : value])) as unknown as LakeRow);
}
const lateCourse = {
  system: "vendor-b", export: "courses", file_id: "late", sheet: "", row_number: 1,
  record_id: "late", id_rest: "late", record_version: 0, is_retraction: false,
  person_token: null, platform: null, account_token: null, source_training_id: "late",
  category: "online", practice_kind: null, credit_seconds: 2700, is_passed: true,
  school_result: null, county_review: null, school_code: null, event_at: null,
};

describe("the two clocks", () => {
  it.each([1, 12])("what is yet to happen in history %i changes nothing, whenever it will",
    async (seed) => {
      const asOf = dayOf(seed);
      const history = buildRandomHistory(seed);
      const later = putOff(history, asOf);
      const known = (h: History) =>
        JSON.stringify(mapRows(h, (r) => (r.known_on <= asOf ? r : { ...r, record_id: "" })));
      expect(known(later)).not.toBe(known(history));
      expect(await measure(later, asOf)).toEqual(await measure(history, asOf));
    }, 120_000);

  it.each([5, 15])("what happened before a day and landed after it counts from its landing on, "
    + "in history %i", async (seed) => {
    const asOf = dayOf(seed);
    const history = buildRandomHistory(seed);
    const landed = addDays(asOf, 2);
    // Every teacher of the roll, whose own rows are not asked: nobody has had this course.
    const late = [...new Set(history.teacher.map((t) => t.teacher_no))].map((teacher_no, i) => ({
      ...lateCourse, teacher_no, person_key: teacher_no, record_id: `${teacher_no}|late`,
      known_on: landed, landing_day: landed, export_seq: 100_000 + i,
      event_on: addDays(asOf, -30),
    }));
    const both: History = { ...history, training_record: [...history.training_record, ...late] };
    const creditOf = (lines: readonly string[]) =>
      lines.filter((l) => l.startsWith("int_credit_record") && l.includes('|late"'));

    const dayBefore = addDays(landed, -1);
    expect(await measure(both, dayBefore)).toEqual(await measure(history, dayBefore));
    const [without, withLate] = [await measure(history, landed), await measure(both, landed)];
    expect(creditOf(withLate).filter((l) => l.includes('"credited"')).length).toBeGreaterThan(20);
    // Known today, the Sundays since it happened know it too.
    const changed = withLate.filter((l) => l.startsWith("mart_series") && !without.includes(l));
    const sundays = changed.map((l) => /"on_date":"([-\d]+)"/.exec(l)![1]!);
    expect(sundays.every((day) => day >= addDays(asOf, -30))).toBe(true);
    expect(sundays.filter((day) => day < asOf).length).toBeGreaterThan(0);
  }, 120_000);
});
