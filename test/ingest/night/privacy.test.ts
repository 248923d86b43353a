import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statSync } from "node:fs";
import { join } from "node:path";
import { readXlsx } from "hucre";
import type { Log } from "../../../functions/shared/log.ts";
import { openDuckDb, quoteText } from "../../../functions/shared/sql-engine-duckdb-open.ts";
import { buildProvinceNight, people } from "./small-province.ts";
import { closeSharedWorkers, TrialHome } from "./trial-home.ts";

const home = new TrialHome();
const logged: string[] = [];
const log: Log = {
  progress: (line) => logged.push(line),
  record: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
};

/** Everything of a person that may leave landing, quarantine, slips and private nowhere. */
const secrets = people.flatMap((p) =>
  [p.name, p.idNumber, p.idNumber.slice(0, 17), p.phone, p.account]);

/** What the outside finds in a text: the first few secrets of people. */
const found = (text: string): readonly string[] => secrets.filter((s) => text.includes(s));

/** All values of all columns of a Parquet file, decoded. */
async function decode(keys: readonly string[]): Promise<string> {
  const root = join(home.folder, "home");
  const db = await openDuckDb({
    threads: 1, memoryLimit: "500MB", tempDir: join(home.folder, "spill"), allowed: [root],
  });
  const texts: string[] = [];
  for (const key of keys) {
    const read = await db.connection.runAndReadAll(
      `SELECT t::VARCHAR FROM read_parquet(${quoteText(join(root, key))}) t`);
    texts.push(read.getRowsJS().join("\n"));
  }
  db.close();
  return texts.join("\n");
}

beforeAll(async () => {
  for (const { name, body } of await buildProvinceNight()) await home.land("2021-03-01", name, body);
  await home.night("2021-03-01", { log });
});
afterAll(async () => {
  await closeSharedWorkers();
  home.remove();
});

const publicPlaces = ["lake/", "ledger/", "receipts/", "nights/", "state/", "logs/"];
const privatePlaces = ["landing/", "quarantine/", "slips/", "private/"];

it("writes nothing outside the places that the mission names", async () => {
  const places = new Set((await home.store.list("")).map((o) => `${o.key.split("/")[0]}/`));
  expect([...places].filter((p) => !publicPlaces.includes(p) && !privatePlaces.includes(p)))
    .toEqual([]);
});

it("leaves no number, name, phone or account in any byte of the public places", async () => {
  for (const { key } of await home.store.list("")) {
    if (!publicPlaces.some((place) => key.startsWith(place))) continue;
    const body = Buffer.from((await home.store.get(key))?.body ?? []);
    expect({ key, found: found(`${key} ${body.toString("utf8")} ${body.toString("utf16le")}`) })
      .toEqual({ key, found: [] });
  }
  expect(found(logged.join("\n"))).toEqual([]);
  expect(logged.length).toBeGreaterThan(20);
});

it("leaves none in any decoded column of the lake, but tokens in their place", async () => {
  const keys = (await home.store.list("lake/")).map((o) => o.key);
  const text = await decode(keys);
  expect(keys.length).toBeGreaterThan(15);
  expect(found(text)).toEqual([]);
  expect(text).toContain(people[0]?.teacherNo);
  const trainings = await home.rows("training_record", "known_on, person_token, account_token");
  expect(trainings.filter((r) => r["person_token"] ?? r["account_token"])).toHaveLength(
    trainings.length);
});

it("would find them: the quarantine of the same night is full of them", async () => {
  const rejected = await home.store.get("quarantine/registry/2021-03-01/教师名册.csv.ndjson");
  expect(found(Buffer.from(rejected?.body ?? []).toString("utf8")).length).toBeGreaterThan(4);
});

it("keeps contacts, quarantine and slips for the owner alone", async () => {
  const secret = (await home.store.list("")).map((o) => o.key)
    .filter((key) => /^(private|quarantine|slips)\//.test(key));
  expect(secret.filter((k) => k.startsWith("private/contact/"))).toHaveLength(1);
  for (const key of secret) {
    const mode = statSync(join(home.folder, "home", key)).mode & 0o777;
    expect({ key, mode }).toEqual({ key, mode: 0o600 });
  }
});

describe("the return slip", () => {
  const slip = async (key: string) => readXlsx((await home.store.get(`slips/${key}`))?.body ??
    new Uint8Array());

  it("balances on its cover and shows the sender's columns and what is accepted", async () => {
    const { sheets } = await slip("registry/2021-03-01/教师名册.csv.xlsx");
    expect(sheets.map((s) => s.name)).toEqual(["说明", "退回行"]);
    expect(sheets[0]?.rows.flat()).toContain("读入 26 = 接受 24 + 退回 2 + 重复 0");
    const [heading, missing, school] = sheets[1]?.rows ?? [];
    expect(heading?.slice(0, 6)).toEqual([
      "行号", "单元格", "原因", "可接受的写法", "教师编号", "姓名",
    ]);
    expect(missing?.slice(0, 6)).toEqual([
      26, "教师编号", "“教师编号”为空，但必须填写", "6–20 位字母或数字", null, people[0]?.name,
    ]);
    expect(school?.slice(0, 4)).toEqual([
      27, "学校标识码", "“学校标识码”填写的“12”不是 10 位数字",
      "10 位数字（文本格式，保留前导零）",
    ]);
  });

  it("names cells of sheets by letter and row", async () => {
    const { sheets } = await slip("vendor-a/2021-03-01/进度.xlsx.xlsx");
    expect(sheets[1]?.rows[1]?.slice(0, 3)).toEqual(["Sheet1", 9, "E9"]);
  });

  it("has one JSON object a rejected row with sheet, row, cell and reasons alone", async () => {
    const body = (await home.store.get("slips/vendor-a/2021-03-01/进度.xlsx.json"))?.body ?? [];
    expect(Buffer.from(body).toString("utf8"))
      .toBe('{"sheet":"Sheet1","row":9,"cell":"E9","reasons":["invalid.id_number"]}\n');
  });
});
