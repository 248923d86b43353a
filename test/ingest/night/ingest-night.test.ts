import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import { readSlipRows } from "../../../functions/shared/read-slip-rows.ts";
import {
  buildProvinceNight, people, roster, rosterRow, survey, surveyRow, vendor, vendorRow,
} from "./small-province.ts";
import { closeSharedWorkers, TrialHome } from "./trial-home.ts";

afterAll(closeSharedWorkers);

let home: TrialHome;
beforeEach(() => { home = new TrialHome(); });
afterEach(() => home.remove());

const teacher = (i: number) => people[i] ?? (() => { throw new Error(`no person ${i}`); })();

it("takes a night of all nine systems, balances every file and closes the day", async () => {
  for (const { name, body } of await buildProvinceNight()) await home.land("2021-03-01", name, body);
  expect(await home.ledger("2021-03-01")).toEqual([
    "credit/学分.json partly 4=3+1+0 u0",
    "lrs/statements.ndjson partly 4=2+2+0 u0",
    "ntms/培训记录.xls partly 5=4+1+0 u0",
    "practice/510104_2021W05.csv partly 4=3+1+0 u0",
    "registry/县级启动登记.xlsx accepted 1=1+0+0 u0",
    "registry/地方能力点.xlsx accepted 1=1+0+0 u0",
    "registry/学校名册.xlsx accepted 1=1+0+0 u0",
    "registry/学校选点.csv accepted 1=1+0+0 u0",
    "registry/平台账号对照.csv accepted 24=24+0+0 u0",
    "registry/教师名册.csv partly 26=24+2+0 u0",
    "registry/教师选点测评.csv accepted 1=1+0+0 u0",
    "registry/方案备案.xlsx accepted 1=1+0+0 u0",
    "registry/样板校.xlsx accepted 1=1+0+0 u0",
    "registry/示范培训.xlsx accepted 1=1+0+0 u0",
    "registry/联系人.xlsx partly 2=1+1+0 u0",
    "registry/质量抽检.xlsx accepted 1=1+0+0 u0",
    "survey/评价.csv partly 2=1+1+0 u0",
    "vendor-a/进度.xlsx partly 7=6+1+0 u0",
    "vendor-b/导出.xls partly 4=3+1+0 u0",
    "yunjiao/课堂.csv partly 3=2+1+0 u0",
  ]);
  const rows = await readLedger(home.store, { date: "2021-03-01" });
  expect(Object.fromEntries(rows.flatMap((r) => Object.entries(r.reasons).map(([reason, n]) =>
    [`${r.system}/${r.export} ${reason}`, n])))).toEqual({
    "credit/credits invalid.id_number": 1, "lrs/statements invalid.structure": 1,
    "lrs/statements invalid.duration": 1, "ntms/trainings invalid.event_on": 1,
    "practice/tasks unknown.ability_code": 1, "registry/teachers missing.teacher_no": 1,
    "registry/teachers invalid.school_code": 1, "registry/contacts unknown.contact_type": 1,
    "survey/evaluations invalid.score": 1, "vendor-a/courses invalid.id_number": 1,
    "vendor-b/courses invalid.id_number": 1, "yunjiao/sessions invalid.minutes": 1,
  });
  const again = await home.night("2021-03-01");
  expect(again).toMatchObject({ closed: [], ledger: [] });
  const lake = (await home.store.list("lake/")).map((o) => o.key);
  expect(lake).toContain("lake/teacher/system=registry/known_on=2021-03-01/part-0.parquet");
  expect(lake)
    .toContain("lake/rejected_identity/system=registry/known_on=2021-03-01/part-0.parquet");
});

describe("the nights of a full export", () => {
  const land = (
    day: string, name: string, from: number, to: number, changed: readonly number[] = [],
  ) => home.land(day, `registry/${name}`, roster(people.slice(from, to).map((p, i) =>
      rosterRow(p, changed.includes(from + i) ? { 任教学科: "数学" } : {}))));
  const versions = () => home.rows("teacher",
    "known_on::VARCHAR AS day, teacher_no, subject, is_retraction AS gone, export_seq");

  it("stores changes and retractions of each night and counts what is unchanged", async () => {
    await land("2021-03-01", "教师名册0301.csv", 0, 20);
    expect(await home.ledger("2021-03-01")).toEqual([
      "registry/教师名册0301.csv accepted 20=20+0+0 u0",
    ]);
    await land("2021-03-02", "教师名册0302.csv", 2, 20, [3, 4]);
    expect(await home.ledger("2021-03-02")).toEqual([
      "registry/教师名册0302.csv accepted 18=18+0+0 u16",
    ]);
    await land("2021-03-03", "教师名册0303.csv", 1, 20, [3, 4]);
    expect(await home.ledger("2021-03-03")).toEqual([
      "registry/教师名册0303.csv accepted 19=19+0+0 u19",
    ]);
    const later = (await versions()).filter((v) => v["day"] !== "2021-03-01");
    expect(later.map((v) => [v["day"], v["teacher_no"], v["subject"], v["gone"]])).toEqual([
      ["2021-03-02", teacher(0).teacherNo, null, true],
      ["2021-03-02", teacher(1).teacherNo, null, true],
      ["2021-03-02", teacher(3).teacherNo, "数学", false],
      ["2021-03-02", teacher(4).teacherNo, "数学", false],
      ["2021-03-03", teacher(1).teacherNo, "语文", false],
    ]);
  });

  it("holds a file that shrank by more than a fifth: nothing of it takes effect", async () => {
    await land("2021-03-01", "教师名册0301.csv", 0, 20);
    await home.night("2021-03-01");
    await land("2021-03-02", "教师名册0302.csv", 0, 15, [3]);
    const { ledger } = await home.night("2021-03-02");
    expect(ledger[0]).toMatchObject({
      status: "held", rows_read: 15, rows_accepted: 15, rows_unchanged: 14,
      reason: "held: 15 rows, below 80 % of the last 20",
      reason_zh: "本次只有 15 行，不足上次 20 行的 80%，已暂缓入库，等待人工放行。",
    });
    await land("2021-03-03", "教师名册0303.csv", 0, 16);
    expect(await home.ledger("2021-03-03")).toEqual([
      "registry/教师名册0303.csv accepted 16=16+0+0 u16",
    ]);
    expect((await versions()).filter((v) => v["day"] !== "2021-03-01").map((v) => v["gone"]))
      .toEqual([true, true, true, true]);
  });

  it("reads a repeated file not again, beside a new one its rows stand all the same", async () => {
    await land("2021-03-01", "教师名册a.csv", 0, 10);
    await land("2021-03-01", "教师名册b.csv", 10, 20);
    await home.night("2021-03-01");
    await land("2021-03-02", "教师名册a.csv", 0, 10);
    expect(await home.ledger("2021-03-02")).toEqual(["registry/教师名册a.csv repeated"]);
    await land("2021-03-03", "教师名册a.csv", 0, 10);
    await land("2021-03-03", "教师名册b.csv", 11, 20);
    expect(await home.ledger("2021-03-03")).toEqual([
      "registry/教师名册a.csv repeated", "registry/教师名册b.csv accepted 9=9+0+0 u9",
    ]);
    expect((await versions()).filter((v) => v["gone"] === true).map((v) => v["teacher_no"]))
      .toEqual([teacher(10).teacherNo]);
  });

  it("lets a part that arrives late complete the newest snapshot of its landing day", async () => {
    await land("2021-03-01", "教师名册a.csv", 0, 10);
    await home.night("2021-03-01");
    await land("2021-03-01", "教师名册b.csv", 10, 12);
    expect(await home.ledger("2021-03-02")).toEqual(["registry/教师名册b.csv accepted 2=2+0+0 u0"]);
    expect((await versions()).filter((v) => v["day"] === "2021-03-02"))
      .toMatchObject([{ teacher_no: teacher(10).teacherNo }, { teacher_no: teacher(11).teacherNo }]);
  });

  it("numbers the rows of a night by file, sheet and row", async () => {
    await land("2021-03-01", "教师名册a.csv", 10, 20);
    await land("2021-03-01", "教师名册b.csv", 0, 10);
    await home.night("2021-03-01");
    const stored = await versions();
    expect(stored.map((v) => v["teacher_no"]))
      .toEqual([...people.slice(10, 20), ...people.slice(0, 10)].map((p) => p.teacherNo));
    expect(new Set(stored.map((v) => v["export_seq"])).size).toBe(20);
  });
});

it("judges each project of vendor-a as a scope of its own", async () => {
  const project = (name: string, from: number, to: number, course = "C1") =>
    people.slice(from, to).map((p) => vendorRow(name, p, course));
  await home.land("2021-03-01", "vendor-a/all.xlsx",
    await vendor([...project("甲", 0, 10), ...project("乙", 0, 10)]));
  await home.night("2021-03-01");
  await home.land("2021-03-02", "vendor-a/a.xlsx", await vendor(project("甲", 0, 9)));
  await home.land("2021-03-02", "vendor-a/b.xlsx", await vendor(project("乙", 0, 7)));
  const { ledger } = await home.night("2021-03-02");
  expect(ledger.map((r) => [r.file_name, r.status, r.reason])).toEqual([
    ["a.xlsx", "accepted", null],
    ["b.xlsx", "held", "held: scope 乙: 7 rows, below 80 % of the last 10"],
  ]);
  const gone = await home.rows("training_record", "known_on, project, record_id, is_retraction");
  expect(gone.filter((v) => v["is_retraction"] === true).map((v) => String(v["record_id"])))
    .toEqual([expect.stringContaining("甲|")]);
});

describe("a delta export", () => {
  const land = (day: string, name: string, rows: readonly (readonly [string, number])[]) =>
    home.land(day, `survey/${name}`, survey(rows.map(([no, score]) => surveyRow(no, score))));
  const stored = async () => (await home.rows("evaluation",
    `known_on::VARCHAR AS known_on, landing_day::VARCHAR AS landing_day, record_id,
      score_hundredths, export_seq`))
    .map((v) => [v["known_on"], v["landing_day"], v["record_id"], Number(v["score_hundredths"])]);

  it("may have workers of its own or those of other nights", async () => {
    const nights = [["2021-03-01", 90], ["2021-03-02", 91], ["2021-03-03", 101]] as const;
    for (const [day, score] of nights) {
      await land(day, `${day}.csv`, [["E1", score], ["E2", 80]]);
      await home.night(day, day === "2021-03-02" ? { workers: 1 } : {});
    }
    expect(await stored()).toEqual([
      ["2021-03-01", "2021-03-01", "E1", 9000], ["2021-03-01", "2021-03-01", "E2", 8000],
      ["2021-03-02", "2021-03-02", "E1", 9100],
    ]);
    expect(await readSlipRows(home.store, "2021-03-03.csv")).toHaveLength(1);
    expect(await readSlipRows(home.store, "2021-03-02.csv")).toEqual([]);
  });

  it("keeps each version once, and the day on which it was known", async () => {
    await land("2021-03-01", "a.csv", [["E1", 90], ["E1", 90], ["E1", 91]]);
    expect(await home.ledger("2021-03-01")).toEqual(["survey/a.csv accepted 3=2+0+1 u0"]);
    await land("2021-03-02", "b.csv", [["E1", 91], ["E2", 80]]);
    await home.night("2021-03-03");
    await land("2021-03-02", "late.csv", [["E1", 90], ["E2", 80]]);
    expect(await home.ledger("2021-03-04")).toEqual(["survey/late.csv accepted 2=2+0+0 u1"]);
    expect(await stored()).toEqual([
      ["2021-03-01", "2021-03-01", "E1", 9000], ["2021-03-01", "2021-03-01", "E1", 9100],
      ["2021-03-02", "2021-03-02", "E2", 8000], ["2021-03-04", "2021-03-02", "E1", 9000],
    ]);
  });

  it("reads the same bytes once, in one night and ever after", async () => {
    await land("2021-03-01", "a.csv", [["E1", 90]]);
    await land("2021-03-01", "copy.csv", [["E1", 90]]);
    expect(await home.ledger("2021-03-01"))
      .toEqual(["survey/a.csv accepted 1=1+0+0 u0", "survey/copy.csv repeated"]);
    await land("2021-03-02", "b.csv", [["E1", 91]]);
    await home.night("2021-03-02");
    await land("2021-03-03", "a.csv", [["E1", 90]]);
    expect(await home.ledger("2021-03-03")).toEqual(["survey/a.csv repeated"]);
  });
});

it("refuses files that cannot be taken with one sentence each and goes on", async () => {
  await home.land("2021-03-01", "survey/empty.csv", "");
  await home.land("2021-03-01", "survey/good.csv", survey([surveyRow("E1", 90)]));
  await home.land("2021-03-01", "survey/other.csv", "甲,乙\r\n1,2\r\n");
  await home.land("2021-03-01", "unheard-of/a.csv", survey([surveyRow("E1", 90)]));
  const { ledger } = await home.night("2021-03-01");
  expect(ledger.map((r) => [r.file_name, r.status, r.reason?.split(":")[0] ?? null])).toEqual([
    ["empty.csv", "refused", "empty"], ["good.csv", "accepted", null],
    ["other.csv", "refused", "header_missing"], ["a.csv", "refused", "unknown_export"],
  ]);
  for (const row of ledger) {
    if (row.status === "refused") expect(row.reason_zh).toMatch(/[\u4e00-\u9fff].*。$/);
  }
});

it("tells the rejected rows of a file by name or by place", async () => {
  await home.land("2021-03-01", "survey/a.csv",
    survey([surveyRow("E1", 101), surveyRow("E2", 90)]));
  await home.land("2021-03-02", "survey/a.csv",
    survey([surveyRow("E3", 90), surveyRow("E4", "")]));
  await home.night("2021-03-02");
  expect(await readSlipRows(home.store, "survey/2021-03-01/a.csv"))
    .toEqual([{ sheet: "", row: 2, cell: "得分", reasons: ["invalid.score"] }]);
  expect(await readSlipRows(home.store, "a.csv"))
    .toEqual([{ sheet: "", row: 3, cell: "得分", reasons: ["missing.score"] }]);
  await expect(readSlipRows(home.store, "b.csv")).rejects.toThrow("file: unknown: b.csv");
});
