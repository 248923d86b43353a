import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { people, roster, rosterRow } from "../night/small-province.ts";
import { TrialHistory } from "../night/trial-history.ts";
import { closeSharedWorkers } from "../night/trial-home.ts";

let trial: TrialHistory;
beforeEach(() => { trial = new TrialHistory(); });
afterEach(() => trial.remove());
afterAll(() => closeSharedWorkers());

const night = (day: string) => trial.home.night(day);
type Changes = Readonly<Record<string, string>>;
/** A roll of five teachers; the last is written as `changes` say, or left out. */
const landRoll = (day: string, changes: Changes | undefined) =>
  trial.home.land(day, `registry/教师名册${day}.csv`, roster([
    ...people.slice(0, 4).map((p) => rosterRow(p)),
    ...people.slice(4, changes === undefined ? 4 : 5).map((p) => rosterRow(p, changes)),
  ]));
const good = (subject: string): Changes => ({ 任教学科: subject });
/** In no list of posts: the row is rejected, its id can be read. */
const bad: Changes = { 岗位: "副校长" };
const subjectOn = async (day: string) =>
  (await trial.inForce("teachers"))(day).get("4")?.split("|")[0];
const countOn = async (day: string) => (await trial.inForce("teachers"))(day).size;

/** Lands and runs one roll a day from 2021-03-01 on. */
async function play(rolls: readonly (Changes | undefined)[]): Promise<void> {
  for (const [i, roll] of rolls.entries()) {
    await landRoll(`2021-03-0${i + 1}`, roll);
    await night(`2021-03-0${i + 1}`);
  }
}

test("behind a rejected row the version before the one on hold is the last", async () => {
  await play([good("甲"), bad, good("乙")]);
  expect(await subjectOn("2021-03-03")).toBe("乙");
  await trial.decide("hold", "教师名册2021-03-03.csv");
  await night("2021-03-04");
  expect([await subjectOn("2021-03-04"), await countOn("2021-03-04")]).toEqual(["甲", 5]);
  expect(await subjectOn("2021-03-03")).toBe("乙");
  // The next delivery finds it unchanged, and a release brings the other back.
  await trial.decide("release", "教师名册2021-03-03.csv");
  await night("2021-03-05");
  expect([await subjectOn("2021-03-05"), await countOn("2021-03-05")]).toEqual(["乙", 5]);
  await landRoll("2021-03-06", good("丙"));
  await night("2021-03-06");
  expect(await subjectOn("2021-03-06")).toBe("丙");
});

test("what is stored again is what the next delivery is compared with", async () => {
  await play([good("甲"), bad, good("乙")]);
  await trial.decide("hold", "教师名册2021-03-03.csv");
  await landRoll("2021-03-04", good("甲"));
  const { ledger } = await night("2021-03-04");
  expect(await subjectOn("2021-03-04")).toBe("甲");
  expect(ledger.filter((row) => row.file_name === "教师名册2021-03-04.csv")
    .map((row) => [row.rows_accepted, row.rows_unchanged])).toEqual([[5, 4]]);
  await landRoll("2021-03-05", { ...good("甲"), 手机号: "13900000001" });
  await night("2021-03-05");
  expect(await countOn("2021-03-05")).toBe(5);
});

test("a record that was gone before the rejected row is not brought back by a hold", async () => {
  await play([good("甲"), undefined, bad, good("乙")]);
  expect(await subjectOn("2021-03-04")).toBe("乙");
  await trial.decide("hold", "教师名册2021-03-04.csv");
  await night("2021-03-05");
  expect([await subjectOn("2021-03-05"), await countOn("2021-03-05")]).toEqual([undefined, 4]);
});

test("two rejected rows in a row and two holds lead back to the same last version", async () => {
  await play([good("甲"), bad, good("乙"), { ...bad, 任教学科: "丙" }]);
  // The last roll rejects the row: what stands is on the roll before.
  expect(await subjectOn("2021-03-04")).toBe("乙");
  await trial.decide("hold", "教师名册2021-03-04.csv");
  await night("2021-03-05");
  expect(await subjectOn("2021-03-05")).toBe("乙");
  await trial.decide("hold", "教师名册2021-03-03.csv");
  await night("2021-03-06");
  expect([await subjectOn("2021-03-06"), await countOn("2021-03-06")]).toEqual(["甲", 5]);
});

const landCredit = (day: string, hours: number, second: number) =>
  trial.home.land(day, `credit/${day}.json`, JSON.stringify([{
    idCard: people[0]?.idNumber, trainId: "T1", trainEndDate: "2021-01-08", creditHour: hours,
    category: "online", status: "valid", updatedAt: `2021-02-01 10:00:0${second}`,
  }]));
const hoursOn = async (day: string) => (await trial.inForce("credits"))(day).get("1")?.split("|")[0];

test("a version between the one on hold and the one that counts again is the newest", async () => {
  await landCredit("2021-03-01", 1, 1);
  await night("2021-03-01");
  await landCredit("2021-03-02", 2, 5);
  await night("2021-03-02");
  await trial.decide("hold", "2021-03-02.json");
  await night("2021-03-03");
  await landCredit("2021-03-04", 3, 3);
  await night("2021-03-04");
  expect([await hoursOn("2021-03-02"), await hoursOn("2021-03-03"), await hoursOn("2021-03-04")])
    .toEqual(["2", "1", "3"]);
  // Released, the highest version of the source counts again.
  await trial.decide("release", "2021-03-02.json");
  await night("2021-03-05");
  expect(await hoursOn("2021-03-05")).toBe("2");
});

test("a version older than the one that counts again stays behind it", async () => {
  await landCredit("2021-03-01", 1, 3);
  await night("2021-03-01");
  await landCredit("2021-03-02", 2, 5);
  await night("2021-03-02");
  await trial.decide("hold", "2021-03-02.json");
  await night("2021-03-03");
  await landCredit("2021-03-04", 3, 2);
  await night("2021-03-04");
  expect(await hoursOn("2021-03-04")).toBe("1");
});
