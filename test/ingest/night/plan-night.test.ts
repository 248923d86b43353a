import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { planNight } from "../../../functions/plan/plan-night.ts";
import { silentLog } from "../../../functions/shared/log.ts";
import { createFolderStore } from "../../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../../functions/shared/object-store.ts";

let folder: string;
let store: ObjectStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plan-"));
  store = createFolderStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const land = (key: string, body = key) => store.put(`landing/${key}`, body);
const plan = (day: string) =>
  planNight({ store, day, scratch: join(folder, "scratch"), log: silentLog });
const groupsOf = async (day: string) => (await plan(day)).groups.map((group) => [
  group.knownOn, ...group.files.map((f) => `${f.system} ${f.landingDay} ${f.fileName}`),
]);

/** Closes a night that took the given files. */
async function close(day: string, files: readonly string[]): Promise<void> {
  const rows = await Promise.all(files.map(async (key) => {
    const [system, landing_day, file_name] = key.split("/");
    const bytes = (await store.get(`landing/${key}`))?.body.byteLength;
    return `${JSON.stringify({ system, landing_day, file_name, bytes, known_on: day })}\n`;
  }));
  await store.put(`ledger/${day}.ndjson`, rows.join(""));
  await store.put(`nights/${day}.json`, JSON.stringify({ day, objects: [], files: files.length }));
}

it("takes files landed by the day, in order of system and of code points in the name", async () => {
  await land("survey/2021-03-01/b.csv");
  await land("survey/2021-03-01/B.csv");
  await land("survey/2021-03-01/\u{20000}.csv");
  await land("survey/2021-03-01/\uFF21.csv");
  await land("credit/2021-03-01/z.json");
  await land("credit/2021-03-02/later.json");
  expect(await groupsOf("2021-03-01")).toEqual([["2021-03-01",
    "credit 2021-03-01 z.json", "survey 2021-03-01 B.csv", "survey 2021-03-01 b.csv",
    "survey 2021-03-01 \uFF21.csv", "survey 2021-03-01 \u{20000}.csv",
  ]]);
});

it("does not look at files that are still being written", async () => {
  for (const name of [
    "a.csv.part", "a.tmp", "a.filepart", "a.crdownload", "~$a.xlsx", ".a.csv", "whole.csv",
  ]) await land(`survey/2021-03-01/${name}`);
  await land("survey/2021-03-01/folder/inner.csv");
  await land("survey/no-day/a.csv");
  expect(await groupsOf("2021-03-01")).toEqual([["2021-03-01", "survey 2021-03-01 whole.csv"]]);
});

it("keeps the own day of open landing days and closes the asked day last", async () => {
  await land("survey/2021-03-01/a.csv");
  await land("survey/2021-03-03/c.csv");
  expect(await groupsOf("2021-03-05")).toEqual([
    ["2021-03-01", "survey 2021-03-01 a.csv"], ["2021-03-03", "survey 2021-03-03 c.csv"],
    ["2021-03-05"],
  ]);
});

it("gives late files of a closed day the day of the night that takes them", async () => {
  await land("survey/2021-03-01/a.csv");
  await close("2021-03-01", ["survey/2021-03-01/a.csv"]);
  await close("2021-03-04", []);
  await land("survey/2021-03-01/late.csv");
  await land("survey/2021-03-03/late.csv");
  await land("survey/2021-03-05/own.csv");
  expect(await groupsOf("2021-03-05")).toEqual([["2021-03-05",
    "survey 2021-03-01 late.csv", "survey 2021-03-03 late.csv", "survey 2021-03-05 own.csv",
  ]]);
});

it("takes nothing for a day that is closed", async () => {
  await close("2021-03-04", []);
  await land("survey/2021-03-01/late.csv");
  expect(await plan("2021-03-04")).toEqual({ day: "2021-03-04", isClosed: true, groups: [] });
});

it("takes a file again whose bytes changed in landing", async () => {
  await land("survey/2021-03-01/a.csv", "one");
  await close("2021-03-01", ["survey/2021-03-01/a.csv"]);
  await store.put("landing/survey/2021-03-01/a.csv", "three");
  expect(await groupsOf("2021-03-02")).toEqual([["2021-03-02", "survey 2021-03-01 a.csv"]]);
});

it("gives SHA-256 and size of each file", async () => {
  await land("survey/2021-03-01/a.csv", "abc");
  expect((await plan("2021-03-01")).groups[0]?.files[0]).toMatchObject({
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sizeBytes: 3,
  });
});

it.each(["2021-02-30", "2021-3-1", "today"])("refuses the day %s", async (day) => {
  await expect(plan(day)).rejects.toThrow(`day: invalid: ${day}`);
});
