import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { homeKeys } from "../../../functions/shared/home.ts";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import { readSlipRows } from "../../../functions/shared/read-slip-rows.ts";
import {
  people, roster, rosterRow, survey, surveyRow, vendor, vendorRow,
} from "./small-province.ts";
import { closeCorrectedWorkers, correctedWorkers, TrialHistory } from "./trial-history.ts";
import { closeSharedWorkers } from "./trial-home.ts";

afterAll(async () => {
  await closeSharedWorkers();
  await closeCorrectedWorkers();
});

let trial: TrialHistory;
beforeEach(() => { trial = new TrialHistory(); });
afterEach(() => trial.remove());

const landRoster = (
  day: string, name: string, from: number, to: number,
  changes: Readonly<Record<number, Readonly<Record<string, string>>>> = {},
) => trial.home.land(day, `registry/${name}`, roster(people.slice(from, to)
  .map((p, i) => rosterRow(p, changes[from + i] ?? {}))));
const landSurvey = (day: string, name: string, rows: readonly (readonly [string, number | string])[]) =>
  trial.home.land(day, `survey/${name}`, survey(rows.map(([no, score]) => surveyRow(no, score))));
const night = (day: string) => trial.home.night(day);
/** Ledger rows of a night as `file status reason`. */
const ledger = async (day: string) => (await readLedger(trial.home.store, { date: day }))
  .map((r) => `${r.file_name} ${r.status}${r.reason === null ? "" : ` ${r.reason}`}`);
const teachers = async (day: string) =>
  [...(await trial.inForce("teachers"))(day).keys()].map(Number).sort((a, b) => a - b);
const scores = async (day: string) => Object.fromEntries(
  [...(await trial.inForce("evaluations"))(day)].map(([id, text]) => [id, Number(text.split("|")[0])])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("release", () => {
  beforeEach(async () => {
    await landRoster("2021-03-01", "教师名册1.csv", 0, 10);
    await night("2021-03-01");
    await landRoster("2021-03-02", "教师名册2.csv", 0, 7);
    await night("2021-03-02");
  });

  it("lets a held file count from the first night after, and no earlier", async () => {
    expect(await ledger("2021-03-02"))
      .toEqual(["教师名册2.csv held held: 7 rows, below 80 % of the last 10"]);
    const before = await trial.nights("2021-03-02");
    await trial.decide("release", "教师名册2.csv", "checked by telephone");
    await night("2021-03-03");
    expect(await ledger("2021-03-03"))
      .toEqual(["教师名册2.csv accepted released: by decision 2021-03-02-0001"]);
    const [row] = await readLedger(trial.home.store, { date: "2021-03-03" });
    expect(row).toMatchObject({
      landing_day: "2021-03-02", known_on: "2021-03-03", rows_read: 7, rows_accepted: 7,
      rows_unchanged: 7,
      reason_zh: "人工放行（决定 2021-03-02-0001），自本夜起生效。",
    });
    expect(await trial.nights("2021-03-02")).toEqual(before);
    expect(await teachers("2021-03-02")).toEqual(upTo(10));
    expect(await teachers("2021-03-03")).toEqual(upTo(7));
    // The 80 % are those of the released file from now on.
    await landRoster("2021-03-04", "教师名册4.csv", 0, 6);
    await night("2021-03-04");
    expect(await ledger("2021-03-04")).toEqual(["教师名册4.csv accepted"]);
  });

  it("is done once: a file that is not held cannot be released", async () => {
    await trial.decide("release", "教师名册2.csv");
    await night("2021-03-03");
    await expect(trial.decide("release", "教师名册2.csv"))
      .rejects.toThrow("release: not held: registry/2021-03-02/教师名册2.csv is accepted");
    await expect(trial.decide("release", "教师名册1.csv"))
      .rejects.toThrow("release: not held: registry/2021-03-01/教师名册1.csv is accepted");
  });

  it("is refused once a later snapshot was accepted, and names it", async () => {
    await landRoster("2021-03-03", "教师名册3.csv", 0, 9);
    await night("2021-03-03");
    await expect(trial.decide("release", "教师名册2.csv")).rejects.toThrow(
      "release: registry/2021-03-02/教师名册2.csv is out of date: a later snapshot was accepted: " +
      "registry/2021-03-03/教师名册3.csv");
  });

  it("comes before the new snapshot of its night, which is measured by it", async () => {
    await trial.decide("release", "教师名册2.csv");
    await landRoster("2021-03-03", "教师名册3.csv", 0, 6);
    await night("2021-03-03");
    expect(await ledger("2021-03-03")).toEqual([
      "教师名册2.csv accepted released: by decision 2021-03-02-0001", "教师名册3.csv accepted",
    ]);
    expect(await teachers("2021-03-03")).toEqual(upTo(6));
  });

  it("is written down with who and why, for the owner alone, and once however often given", async () => {
    const first = await trial.decide("release", "教师名册2.csv", "checked");
    expect(first).toMatchObject({
      isNew: true,
      decision: { id: "2021-03-02-0001", kind: "release", by: "operator", note: "checked" },
    });
    expect(await trial.decide("release", "registry/2021-03-02/教师名册2.csv", "again"))
      .toEqual({ isNew: false, decision: first.decision });
    const path = join(trial.home.folder, "home", homeKeys.decision("2021-03-02-0001"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("ends with the same bytes where its night was cut off before it was closed", async () => {
    await trial.decide("release", "教师名册2.csv");
    await landRoster("2021-03-03", "教师名册3.csv", 0, 8);
    await night("2021-03-03");
    const whole = await trial.nights("2021-03-03");
    await trial.home.store.delete(homeKeys.night("2021-03-03"));
    await night("2021-03-03");
    expect(await trial.nights("2021-03-03")).toEqual(whole);
  });
});

it("releases the files that share a project with the named one, and no others", async () => {
  const project = (name: string, from: number, to: number) =>
    people.slice(from, to).map((p) => vendorRow(name, p, "C1"));
  const land = async (day: string, name: string, rows: Parameters<typeof vendor>[0]) =>
    trial.home.land(day, `vendor-a/${name}`, await vendor(rows));
  await land("2021-03-01", "all.xlsx",
    [...project("甲", 0, 10), ...project("乙", 0, 10), ...project("丙", 0, 10)]);
  await night("2021-03-01");
  await land("2021-03-02", "a.xlsx", project("甲", 0, 3));
  await land("2021-03-02", "ab.xlsx", [...project("甲", 3, 6), ...project("乙", 0, 9)]);
  await land("2021-03-02", "c.xlsx", project("丙", 0, 2));
  await night("2021-03-02");
  expect((await ledger("2021-03-02")).map((line) => line.split(" ")[1])).toEqual(["held", "held", "held"]);
  const { decision } = await trial.decide("release", "a.xlsx");
  expect(decision.files.map((f) => f.file_name)).toEqual(["a.xlsx", "ab.xlsx"]);
  await night("2021-03-03");
  const rows = await trial.home.rows("training_record", "known_on::VARCHAR AS known_on, project, is_retraction");
  const gone = rows.filter((r) => r["is_retraction"] === true)
    .map((r) => `${String(r["known_on"])} ${String(r["project"])}`);
  // 甲 lost 4 of 10, 乙 1 of 10; 丙 was not released.
  expect(gone).toEqual(Array.from({ length: 5 }, () => "2021-03-03 null"));
  // Another part of the same day is no later snapshot.
  await trial.decide("release", "c.xlsx");
  await night("2021-03-04");
  expect(await ledger("2021-03-04"))
    .toEqual(["c.xlsx accepted released: by decision 2021-03-03-0001"]);
});

describe("hold", () => {
  it("brings back the snapshot before, leaves published days and is undone by release", async () => {
    await landRoster("2021-03-01", "教师名册1.csv", 0, 10, { 2: { 任教学科: "1" } });
    await night("2021-03-01");
    await landRoster("2021-03-02", "教师名册2.csv", 1, 11, { 2: { 任教学科: "2" } });
    await night("2021-03-02");
    const before = await trial.nights("2021-03-02");
    await trial.decide("hold", "教师名册2.csv", "wrong city");
    await night("2021-03-03");
    expect(await ledger("2021-03-03"))
      .toEqual(["教师名册2.csv held held: by decision 2021-03-02-0001"]);
    expect(await teachers("2021-03-02")).toEqual(upTo(11).slice(1));
    expect(await teachers("2021-03-03")).toEqual(upTo(10));
    const inForce = await trial.inForce("teachers");
    expect([inForce("2021-03-02").get("2"), inForce("2021-03-03").get("2")])
      .toEqual(["2|plain", "1|plain"]);
    expect(await trial.nights("2021-03-02")).toEqual(before);
    await trial.decide("release", "教师名册2.csv");
    await night("2021-03-04");
    expect(await teachers("2021-03-04")).toEqual(upTo(11).slice(1));
    expect((await trial.inForce("teachers"))("2021-03-04").get("2")).toBe("2|plain");
  });

  it("leaves nothing of an export whose only snapshot it takes", async () => {
    await landRoster("2021-03-01", "教师名册1.csv", 0, 4);
    await night("2021-03-01");
    await trial.decide("hold", "教师名册1.csv");
    await night("2021-03-02");
    expect(await teachers("2021-03-01")).toEqual(upTo(4));
    expect(await teachers("2021-03-02")).toEqual([]);
    // The same bytes sent again are what was put on hold; others are taken as ever.
    await landRoster("2021-03-03", "教师名册3.csv", 0, 4);
    await night("2021-03-03");
    expect(await ledger("2021-03-03"))
      .toEqual(["教师名册3.csv held held: by decision 2021-03-01-0001"]);
    await landRoster("2021-03-04", "教师名册4.csv", 0, 3);
    await night("2021-03-04");
    expect(await teachers("2021-03-04")).toEqual(upTo(3));
  });

  it("keeps no content of a held file behind a rejected row of a later one", async () => {
    await landRoster("2021-03-01", "教师名册1.csv", 0, 5);
    await night("2021-03-01");
    await trial.decide("hold", "教师名册1.csv");
    await landRoster("2021-03-02", "教师名册2.csv", 0, 5, { 3: { 岗位: "副校长" } });
    await night("2021-03-02");
    expect(await teachers("2021-03-02")).toEqual([0, 1, 2, 4]);
  });

  it("waits for a file that no night has taken, and takes along the other half of its export", async () => {
    await landRoster("2021-03-01", "教师名册1.csv", 0, 10);
    await night("2021-03-01");
    await landRoster("2021-03-02", "教师名册2a.csv", 0, 5);
    await landRoster("2021-03-02", "教师名册2b.csv", 5, 11);
    await trial.decide("hold", "教师名册2a.csv");
    await night("2021-03-02");
    expect(await ledger("2021-03-02")).toEqual([
      "教师名册2a.csv held held: by decision 2021-03-01-0001",
      "教师名册2b.csv held held: shares a scope with a file on hold by decision 2021-03-01-0001",
    ]);
    expect(await teachers("2021-03-02")).toEqual(upTo(10));
    const { decision } = await trial.decide("release", "教师名册2b.csv");
    expect(decision.files).toHaveLength(2);
    await night("2021-03-03");
    expect(await teachers("2021-03-03")).toEqual(upTo(11));
  });

  it("is taken back before its night by release, as if nothing had been decided", async () => {
    await landRoster("2021-03-01", "教师名册1.csv", 0, 10);
    await night("2021-03-01");
    await trial.decide("hold", "教师名册1.csv");
    await trial.decide("release", "教师名册1.csv");
    await night("2021-03-02");
    expect(await ledger("2021-03-02")).toEqual([]);
    expect(await teachers("2021-03-02")).toEqual(upTo(10));
  });

  it("lets the earlier version of a delta record count again, and what others brought stand", async () => {
    await landSurvey("2021-03-01", "a.csv", [["E1", 10], ["E2", 20]]);
    await night("2021-03-01");
    await landSurvey("2021-03-02", "b.csv", [["E1", 11], ["E3", 30], ["E4", 40]]);
    await night("2021-03-02");
    await landSurvey("2021-03-03", "c.csv", [["E3", 30], ["E4", 41]]);
    await night("2021-03-03");
    await trial.decide("hold", "b.csv");
    await landSurvey("2021-03-04", "d.csv", [["E5", 50]]);
    await night("2021-03-04");
    expect(await scores("2021-03-03")).toEqual({ E1: 11, E2: 20, E3: 30, E4: 41 });
    expect(await scores("2021-03-04")).toEqual({ E1: 10, E2: 20, E3: 30, E4: 41, E5: 50 });
    await trial.decide("hold", "c.csv");
    await night("2021-03-05");
    expect(await scores("2021-03-05")).toEqual({ E1: 10, E2: 20, E5: 50 });
    await trial.decide("release", "b.csv");
    await night("2021-03-06");
    expect(await scores("2021-03-06")).toEqual({ E1: 11, E2: 20, E3: 30, E4: 40, E5: 50 });
  });

  it("lets a lower version of the source count again", async () => {
    const land = (day: string, name: string, hours: number, second: number) => trial.home.land(day,
      `credit/${name}`, JSON.stringify([{
        idCard: people[0]?.idNumber, trainId: "T1", trainEndDate: "2021-01-08", creditHour: hours,
        category: "online", status: "valid", updatedAt: `2021-02-01 10:00:0${second}`,
      }]));
    await land("2021-03-01", "a.json", 1, 1);
    await night("2021-03-01");
    await land("2021-03-02", "b.json", 2, 5);
    await night("2021-03-02");
    await trial.decide("hold", "b.json");
    await night("2021-03-03");
    const inForce = await trial.inForce("credits");
    expect([inForce("2021-03-02").get("1"), inForce("2021-03-03").get("1")])
      .toEqual(["2|plain", "1|plain"]);
  });

  it("takes a voiding statement back with its file", async () => {
    const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
    const actor = { account: { homePage: "https://registry.scdx.example", name: people[0]?.teacherNo } };
    const verb = (name: string) => ({ id: `http://adlnet.gov/expapi/verbs/${name}` });
    await trial.home.land("2021-03-01", "lrs/a.ndjson", JSON.stringify({
      id: id(1), timestamp: "2021-02-10T10:00:00+08:00", stored: "2021-02-10T10:00:01+08:00", actor,
      verb: verb("completed"), object: { id: "https://courses.example/c1" },
      result: { completion: true, duration: "PT45M" }, context: { platform: "p" },
    }));
    await night("2021-03-01");
    await trial.home.land("2021-03-02", "lrs/b.ndjson", JSON.stringify({
      id: id(2), timestamp: "2021-02-11T10:00:00+08:00", stored: "2021-02-11T10:00:01+08:00", actor,
      verb: verb("voided"), object: { objectType: "StatementRef", id: id(1) },
    }));
    await night("2021-03-02");
    await trial.decide("hold", "b.ndjson");
    await night("2021-03-03");
    const rows = await trial.home.rows("voiding",
      "known_on::VARCHAR AS known_on, system, export_seq, export, record_id, target_id, is_retraction");
    expect(rows.map((r) => [r["known_on"], r["record_id"], r["target_id"], r["is_retraction"]])).toEqual([
      ["2021-03-02", id(2), id(1), false], ["2021-03-03", id(2), null, true],
    ]);
  });
});

describe("reingest", () => {
  const nightCorrected = async (day: string) =>
    trial.home.night(day, { pool: await correctedWorkers() });
  const expertRow = (no: string, score: number, by: string) =>
    surveyRow(no, score).map((cell) => (cell === "专家" ? by : cell));
  const landRows = (day: string, name: string, rows: Parameters<typeof survey>[0]) =>
    trial.home.land(day, `survey/${name}`, survey(rows));

  it("reads an old file under corrected contracts from the first night after", async () => {
    await landRows("2021-03-01", "a.csv", [surveyRow("E1", 10), expertRow("E2", 20, "专家组")]);
    await night("2021-03-01");
    await landRows("2021-03-02", "b.csv", [expertRow("E3", 30, "专家组")]);
    await nightCorrected("2021-03-02");
    const before = await trial.nights("2021-03-02");
    await trial.decide("reingest", "a.csv");
    await nightCorrected("2021-03-03");
    expect(await trial.nights("2021-03-02")).toEqual(before);
    expect(await scores("2021-03-02")).toEqual({ E1: 10, E3: 30 });
    expect(await scores("2021-03-03")).toEqual({ E1: 10, E2: 20, E3: 30 });
    const rows = (await readLedger(trial.home.store)).filter((r) => r.file_name === "a.csv");
    expect(rows.map((r) => [r.known_on, r.status, r.rows_read, r.rows_accepted, r.rows_rejected,
      r.rows_unchanged, r.reason])).toEqual([
      ["2021-03-01", "partly", 2, 1, 1, 0, null],
      ["2021-03-03", "accepted", 2, 2, 0, 1, "reingested: by decision 2021-03-02-0001"],
    ]);
    expect(await readSlipRows(trial.home.store, "a.csv")).toEqual([]);
  });

  it("lets later corrections stand, and reads no other file otherwise", async () => {
    // 第三方 is another kind under the corrected contract.
    await landRows("2021-03-01", "a.csv", [
      expertRow("E1", 10, "第三方"), expertRow("E2", 20, "第三方"), expertRow("E3", 30, "第三方"),
    ]);
    await night("2021-03-01");
    await landRows("2021-03-02", "b.csv", [expertRow("E2", 21, "第三方"), expertRow("E4", 40, "专家组")]);
    await night("2021-03-02");
    await trial.decide("reingest", "a.csv");
    await nightCorrected("2021-03-03");
    expect(Object.fromEntries((await trial.inForce("evaluations"))("2021-03-03")))
      .toEqual({ E1: "10|new", E2: "21|old", E3: "30|new" });
  });

  it("takes back what the new reading has no more", async () => {
    await landRows("2021-03-01", "a.csv", [expertRow("E1", 10, "专家组"), surveyRow("E2", 20)]);
    await nightCorrected("2021-03-01");
    await landRows("2021-03-02", "b.csv", [expertRow("E3", 30, "专家组")]);
    await nightCorrected("2021-03-02");
    await trial.decide("reingest", "a.csv");
    await night("2021-03-03");
    expect(await scores("2021-03-03")).toEqual({ E2: 20, E3: 30 });
    expect(await readSlipRows(trial.home.store, "a.csv")).toMatchObject([{ row: 2 }]);
  });

  it("reads a part of the newest snapshot again, and back under the contract of before", async () => {
    await landRoster("2021-03-01", "教师名册a.csv", 0, 4, { 1: { 岗位: "副校长" } });
    await landRoster("2021-03-01", "教师名册b.csv", 4, 8, { 5: { 岗位: "副校长" } });
    await night("2021-03-01");
    await trial.decide("reingest", "教师名册a.csv");
    await nightCorrected("2021-03-02");
    expect(await teachers("2021-03-01")).toEqual([0, 2, 3, 4, 6, 7]);
    expect(await teachers("2021-03-02")).toEqual([0, 1, 2, 3, 4, 6, 7]);
    await trial.decide("reingest", "教师名册a.csv");
    await night("2021-03-03");
    // Person 1 was only ever in the reading that no longer counts: no last version stands.
    expect(await teachers("2021-03-03")).toEqual([0, 2, 3, 4, 6, 7]);
  });

  it("leaves everything as it was where the new reading is refused", async () => {
    await landRows("2021-03-01", "a.csv", [surveyRow("E1", 10)]);
    await trial.home.land("2021-03-01", "survey/b.csv", "");
    await night("2021-03-01");
    await trial.decide("reingest", "b.csv");
    await trial.home.store.delete("landing/survey/2021-03-01/a.csv");
    await trial.decide("reingest", "a.csv");
    await night("2021-03-02");
    expect(await ledger("2021-03-02")).toEqual([
      "a.csv refused crashed: the landed file is gone or was overwritten",
      "b.csv refused empty: 0 bytes",
    ]);
    expect(await scores("2021-03-02")).toEqual({ E1: 10 });
  });

  it("is refused for a file of a full export that a later snapshot replaced", async () => {
    await landRoster("2021-03-01", "教师名册1.csv", 0, 5);
    await night("2021-03-01");
    await landRoster("2021-03-02", "教师名册2.csv", 0, 6);
    await night("2021-03-02");
    await expect(trial.decide("reingest", "教师名册1.csv")).rejects.toThrow(
      "reingest: registry/2021-03-01/教师名册1.csv is out of date: a later snapshot was accepted: " +
      "registry/2021-03-02/教师名册2.csv");
  });
});

it("keeps the last version where two landing days come in one night and the newer row is rejected", async () => {
  await landRoster("2021-03-01", "教师名册1.csv", 0, 5);
  await night("2021-03-01");
  await landRoster("2021-03-01", "教师名册1late.csv", 5, 7);
  await landRoster("2021-03-02", "教师名册2.csv", 0, 8, { 6: { 岗位: "副校长" } });
  await night("2021-03-02");
  expect(await teachers("2021-03-02")).toEqual(upTo(8));
});

it("counts a repeated file beside a new one with the rows that it had, whatever is corrected since", async () => {
  await landRoster("2021-03-01", "教师名册a.csv", 0, 5, { 1: { 岗位: "副校长" } });
  await landRoster("2021-03-01", "教师名册b.csv", 5, 10);
  await night("2021-03-01");
  await landRoster("2021-03-02", "教师名册a.csv", 0, 5, { 1: { 岗位: "副校长" } });
  await landRoster("2021-03-02", "教师名册b.csv", 5, 11);
  await trial.home.night("2021-03-02", { pool: await correctedWorkers() });
  expect(await ledger("2021-03-02")).toEqual(["教师名册a.csv repeated", "教师名册b.csv accepted"]);
  expect(await teachers("2021-03-02")).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

describe("the file that is meant", () => {
  beforeEach(async () => {
    await landSurvey("2021-03-01", "a.csv", [["E1", 10]]);
    await landSurvey("2021-03-01", "copy.csv", [["E1", 10]]);
    await trial.home.land("2021-03-01", "survey/empty.csv", "");
    await night("2021-03-01");
    await landSurvey("2021-03-02", "a.csv", [["E2", 20]]);
    await night("2021-03-02");
  });

  it("is told by its path or the beginning of its SHA-256", async () => {
    const [first] = await readLedger(trial.home.store);
    const byPath = await trial.decide("hold", "landing/survey/2021-03-01/a.csv");
    const byBytes = await trial.decide("hold", first?.sha256.slice(0, 8) ?? "");
    expect(byBytes).toEqual({ ...byPath, isNew: false });
  });

  it.each([
    ["of a name that two have", "a.csv", "file: 2 files fit: a.csv; accepted: one of survey/2021-03-01/a.csv"],
    ["that is not there", "b.csv", "file: unknown: b.csv"],
    ["that only repeats another", "copy.csv", "hold: survey/2021-03-01/copy.csv only repeats survey/2021-03-01/a.csv"],
    ["that was refused", "empty.csv", "hold: refused, nothing of it counts: survey/2021-03-01/empty.csv"],
  ])("is none %s", async (_, file, message) => {
    await expect(trial.decide("hold", file)).rejects.toThrow(message);
  });

  it("is none that waits for its night, except to put it on hold", async () => {
    await landSurvey("2021-03-03", "c.csv", [["E3", 30]]);
    await expect(trial.decide("release", "c.csv")).rejects.toThrow("release: not taken by a night yet");
    await expect(trial.decide("reingest", "c.csv")).rejects.toThrow("reingest: not taken by a night yet");
    expect((await trial.decide("hold", "c.csv")).isNew).toBe(true);
  });
});
