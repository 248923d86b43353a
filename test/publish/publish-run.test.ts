import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishRun } from "../../functions/publish/publish-run.ts";
import type { Publication } from "../../functions/publish/publish-run.ts";
import { readPointer } from "../../functions/publish/pointer.ts";
import { Arriving } from "../../functions/shared/arriving.ts";
import { ContractError, EngineError, InvalidInputError } from "../../functions/shared/errors.ts";
import { areaPath, homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { sliceTables } from "../../functions/shared/publication.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";
import { readSlice } from "./read-slice.ts";
import type { PublishedRow, PublishedSlice } from "./read-slice.ts";
import { storeRun } from "./store-run.ts";
import type { FixtureRun } from "./store-run.ts";

const counties = readShippedSeed("divisions.csv").rows.map((row) => row["county_code"] ?? "");
const areas = [...new Set(counties.flatMap((c) => [c.slice(0, 2), c.slice(0, 4), c]))].sort();

/** Baiyu county has a lone small school, Daofu two, Luhuo three with fewer than five in all. */
const run: FixtureRun = {
  runId: "2021-12-20-0a1b2c",
  asOf: "2021-12-20",
  schools: [
    { code: "5133310003", county: "513331", teachers: 3 },
    { code: "5133260003", county: "513326", teachers: 4 },
    { code: "5133260004", county: "513326", teachers: 2 },
    { code: "5133270003", county: "513327", teachers: 1 },
    { code: "5133270004", county: "513327", teachers: 1 },
    { code: "5133270005", county: "513327", teachers: 2 },
    { code: "5133280003", county: "513328", teachers: 0 },
  ],
  groups: new Map([
    ["510104 village", 3], ["510105 village", 42 - 4], ["510106 village", 5],
    ["510107 village", 42 - 5], ["510108 village", 0],
  ]),
  unreported: new Set(["513329"]),
  findings: [
    { finding_key: "source_silent|51|lrs", rule_code: "source_silent", area_code: "51",
      subject: "lrs", severity: "warning", state_code: "open", since_on: "2021-12-10",
      due_on: null, n: 10, d: null },
    { finding_key: "integrity|510104|", rule_code: "integrity", area_code: "510104",
      subject: "", severity: "warning", state_code: "open", since_on: "2021-12-01",
      due_on: "2021-12-31", n: 4, d: 42 },
    { finding_key: "integrity|513326|5133260003", rule_code: "integrity", area_code: "513326",
      subject: "5133260003", severity: "warning", state_code: "open", since_on: "2021-12-01",
      due_on: "2021-12-31", n: 3, d: 4 },
    { finding_key: "source_silent|51|ntms", rule_code: "source_silent", area_code: "51",
      subject: "ntms", severity: "warning", state_code: "resolved", since_on: "2021-11-10",
      due_on: null, n: 10, d: null },
  ],
};

/** Five counties of three cities: enough where the whole province would only cost time. */
const smallRun: FixtureRun = {
  runId: "2021-12-19-a0b1c2", asOf: "2021-12-19",
  counties: ["510104", "510112", "510302", "510304", "510704"],
};

const base = mkdtempSync(join(tmpdir(), "dudao-publish-"));
const root = join(base, "home");
const scratch = join(base, "scratch");
const shellFolder = join(base, "shell");
const store = createFolderStore(root);
let publication: Publication;
let slices: ReadonlyMap<string, PublishedSlice>;

const publish = (into: ObjectStore, runId = run.runId): Promise<Publication> =>
  publishRun({ store: into, runId, scratch, log: silentLog, shellFolder });

beforeAll(async () => {
  mkdirSync(join(shellFolder, "assets"), { recursive: true });
  writeFileSync(join(shellFolder, "index.html"), "<!doctype html><title>督导</title>");
  writeFileSync(join(shellFolder, "assets", "main-Ab12.js"), "export {};");
  writeFileSync(join(shellFolder, "current.json"), "{}");
  await storeRun(store, scratch, run);
  await storeLedger(store);
  await store.put(homeKeys.run(run.runId, "scorecards/510104.pdf"), "%PDF of 510104");
  await store.put(homeKeys.run(run.runId, "scorecards/510105.pdf"), "%PDF of 510105");
  await store.put(homeKeys.run(run.runId, "scorecards/contents.csv"), "not a card");
  publication = await publish(store);
  slices = new Map(areas.map((area) => [area, readSlice(root, area, run.runId)]));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function storeLedger(into: ObjectStore): Promise<void> {
  const nights = ["2020-07-05", "2020-08-05", ...Array.from({ length: 40 }, (_, i) =>
    new Date(Date.UTC(2021, 10, 12 + i)).toISOString().slice(0, 10))];
  for (const day of nights) {
    const rows = ["a.csv", "b.xlsx"].map((file, i) => ({
      system: "practice", export: "records", landing_day: day, known_on: day, file_name: file,
      file_id: `${day}-${file}`, sha256: "0", bytes: 100 + i, status: "partly", reason: null,
      reason_zh: null, format: "csv", encoding: "utf-8", rows_skipped: 0, rows_read: 10,
      rows_accepted: 8, rows_rejected: 2, rows_duplicate: 0, rows_unchanged: 0,
      reasons: { "missing.hours": 2 }, warnings: {}, column_remarks: [], scopes: {}, seconds: 0.5,
    }));
    await into.put(homeKeys.ledger(day), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    await into.put(homeKeys.night(day), JSON.stringify({ day, objects: [], files: 2 }));
  }
}

function slice(area: string): PublishedSlice {
  const found = slices.get(area);
  if (!found) throw new Error(`no slice of ${area}`);
  return found;
}

function rowsOf(area: string, table: string): readonly PublishedRow[] {
  return slice(area).tables[table] ?? [];
}

function find(area: string, code: string, figure: string, segment = "all"): PublishedRow {
  const rows = ["overview", "counties", "figures"].flatMap((table) => rowsOf(area, table));
  const found = rows.filter((row) => row["area_code"] === code
    && row["figure_code"] === figure && row["segment_code"] === segment);
  return found.at(-1) ?? {};
}

describe("a publication", () => {
  test("has a slice for the province, its 21 cities and its 183 counties", () => {
    expect(publication).toMatchObject({
      runId: run.runId, asOf: run.asOf, previousRunId: null, slices: 205, scorecards: 2,
    });
    expect([...slices.values()].map(({ manifest }) => manifest.area_code)).toEqual(areas);
  });

  test("is named by the one pointer", async () => {
    expect(JSON.parse(readFileSync(join(root, homeKeys.current), "utf8")))
      .toEqual({ run_id: run.runId, as_of: run.asOf });
  });

  test("lists in each manifest every table with its rows and SHA-256", () => {
    for (const { area, manifest, tables } of slices.values()) {
      expect(manifest).toMatchObject({ run_id: run.runId, as_of: run.asOf });
      const names = manifest.tables.map(({ name }) => name);
      expect(names.toSorted()).toEqual(Object.keys(tables).sort());
      for (const { name, rows, sha256 } of manifest.tables) {
        const file = join(root, homeKeys.slice(area, run.runId, `${name}.arrow`));
        expect(createHash("sha256").update(readFileSync(file)).digest("hex")).toBe(sha256);
        expect(tables[name]?.length).toBe(rows);
      }
    }
  });

  test("has the columns of the shared contract in every table", () => {
    for (const { tables } of slices.values()) {
      for (const [name, [first]] of Object.entries(tables)) {
        const columns = sliceTables[name as keyof typeof sliceTables];
        if (first) expect(Object.keys(first)).toEqual(columns);
      }
    }
  });

  test("holds in no slice a row of a sibling: only own, below, and province and city above", () => {
    for (const { area, tables } of slices.values()) {
      const own = area.length === 6
        ? new Set(rowsOf(area, "schools").map((row) => row["school_code"])) : new Set();
      const isSeen = (code: string): boolean => code.startsWith(area) || area.startsWith(code);
      for (const name of ["overview", "counties", "figures", "series"]) {
        for (const row of tables[name] ?? []) {
          const code = String(row["area_code"]);
          const isSchool = row["area_level"] === "school";
          if (isSchool ? !own.has(code) : !isSeen(code)) {
            throw new Error(`${area}/${name}: row of ${code}`);
          }
        }
      }
      for (const row of tables["findings"] ?? []) {
        expect(String(row["area_code"]).startsWith(area)).toBe(true);
      }
      expect([...own].every((code) => String(code).startsWith(area))).toBe(true);
    }
  });

  test("shows schools in the slice of their county alone", () => {
    for (const { area, tables } of slices.values()) {
      const hasSchools = Object.values(tables).flat().some((row) =>
        row["area_level"] === "school" || row["school_code"] !== undefined);
      expect(hasSchools).toBe(area.length === 6);
    }
  });

  test("carries every figure of the run unchanged where nothing is small", () => {
    const row = find("51", "510112", "H3");
    expect(row).toMatchObject({ area_level: "county", d: 135000 * 42, state_code: null });
    expect(row["share"]).toBe(Number(row["n"]) / Number(row["d"]));
    for (const seenFrom of ["5101", "510112"]) {
      expect(find(seenFrom, "510112", "H3")).toEqual(row);
    }
    expect(row["n_before"]).toBeLessThan(Number(row["n"]));
    expect(find("510112", "5101120001", "H1")).toMatchObject({ d: 30, area_level: "school" });
  });

  test("lets a county compare itself with its city and the province", () => {
    for (const code of ["51", "5101"]) {
      expect(find("510104", code, "H3")).toEqual(find("51", code, "H3"));
    }
  });

  test("says not reported, never nought", () => {
    expect(find("513329", "513329", "H2")).toMatchObject(
      { d: 42, share: null, state_code: "not_reported" });
  });

  test("draws spark lines of children from every fourth point, the last among them", () => {
    const curve = rowsOf("51", "series").filter((row) => row["area_code"] === "5101");
    expect(curve.at(-1)?.["on_date"]).toBe(run.asOf);
    expect(curve.length).toBe(20);
    expect(new Set(curve.map((row) => row["figure_code"]))).toEqual(new Set(["H3"]));
    expect(rowsOf("5101", "series").filter((row) => row["area_code"] === "5101"
      && row["figure_code"] === "H3").length).toBe(78);
    expect(rowsOf("51", "series").some((row) => String(row["area_code"]).length === 6)).toBe(false);
  });

  test("gives open findings to their area and those above, small schools without numbers", () => {
    const keysOf = (area: string): unknown[] =>
      rowsOf(area, "findings").map((row) => row["finding_key"]);
    expect(keysOf("51").length).toBe(3);
    expect(keysOf("5101")).toEqual(["integrity|510104|"]);
    expect(keysOf("510104")).toEqual(["integrity|510104|"]);
    expect(keysOf("510105")).toEqual([]);
    expect(rowsOf("513326", "findings")[0]).toMatchObject(
      { subject: "513326-small", n: null, d: null });
  });

  test("shows the province's run page the base and the last 35 nights, files and steps", () => {
    const nights = [...new Set(rowsOf("51", "files").map((row) => row["known_on"]))];
    expect(nights.length).toBe(36);
    expect(nights[0]).toBe("2020-07-05");
    expect(nights.at(-1)).toBe("2021-12-20");
    expect(rowsOf("51", "files").at(-1)).toMatchObject({
      file_name: "b.xlsx", rows_read: 10, rows_accepted: 8, rows_rejected: 2,
      reasons: '{"missing.hours":2}',
    });
    expect(rowsOf("51", "steps").at(-1)).toEqual(
      { known_on: "2021-12-20", step: "ingest", seconds: 1, bytes: 201 });
    expect(slice("5101").tables["files"]).toBeUndefined();
  });

  test("tells every area which systems are in time", () => {
    for (const { tables } of slices.values()) {
      expect(tables["systems"]?.map((row) => row["system"]).length).toBe(9);
      expect(tables["systems"]?.find((row) => row["system"] === "lrs")?.["is_in_time"]).toBe(0);
    }
  });

  test("puts each county's scorecard into its own slice", () => {
    const cardOf = (area: string): string =>
      join(root, homeKeys.slice(area, run.runId, "scorecard.pdf"));
    expect(readFileSync(cardOf("510104"), "utf8")).toBe("%PDF of 510104");
    expect(readFileSync(cardOf("510105"), "utf8")).toBe("%PDF of 510105");
    expect(() => readFileSync(cardOf("510106"))).toThrow();
  });

  test("brings the dashboards along and never their own idea of the pointer", () => {
    const fileOf = (name: string): string => readFileSync(join(root, homeKeys.app(name)), "utf8");
    expect(fileOf("assets/main-Ab12.js")).toBe("export {};");
    expect(fileOf("index.html")).toContain("督导");
  });

  test("keeps the first view of the province below 15 KB gzipped", () => {
    const sizes = ["overview", "series"].map((name) => {
      const file = readFileSync(join(root, homeKeys.slice("51", run.runId, `${name}.arrow`)));
      return gzipSync(file, { level: 9 }).length;
    });
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(15_000);
  });

});

describe("small groups", () => {
  test.each([
    ["three of a group", "510104", "small"],
    ["four others", "510105", "small"],
    ["five of a group", "510106", null],
    ["five others", "510107", null],
  ])("%s", (_, county, state) => {
    for (const seenFrom of ["51", "5101", county]) {
      for (const figure of ["H1", "H2", "H3", "A4", "gap_H3"]) {
        const row = find(seenFrom, county, figure, "village");
        expect(row["state_code"]).toBe(state);
        if (state === "small") {
          expect([row["n"], row["d"], row["share"], row["n_before"], row["share_before"]])
            .toEqual([null, null, null, null, null]);
        } else expect(row["share"]).not.toBeNull();
      }
    }
  });

  test("no published row anywhere tells a number of fewer than five teachers", () => {
    for (const { tables } of slices.values()) {
      const rows = ["overview", "counties", "figures"].flatMap((name) => tables[name] ?? []);
      for (const row of rows.filter((r) => r["figure_code"] === "H1")) {
        const d = row["d"];
        if (d !== null && Number(d) < 5) throw new Error(JSON.stringify(row));
      }
      for (const row of tables["schools"] ?? []) {
        expect(row["n_teachers"] === 0 || Number(row["n_teachers"]) >= 5).toBe(true);
      }
    }
  });

  test("a lone small school is merged with the next smallest", () => {
    expect(rowsOf("513331", "schools").map((r) => [r["school_code"], r["n_teachers"]]))
      .toEqual([["513331-small", 15], ["5133310001", 30]]);
  });

  test("two small schools are merged with each other, with sums of n and d", () => {
    expect(rowsOf("513326", "schools").map((r) => [r["school_code"], r["n_teachers"]]))
      .toEqual([["513326-small", 6], ["5133260001", 30], ["5133260002", 12]]);
    const row = find("513326", "513326-small", "H3");
    expect(row).toMatchObject({ d: 135000 * 6, area_level: "school", state_code: null });
    expect(row["share"]).toBe(Number(row["n"]) / (135000 * 6));
    const names = rowsOf("513326", "overview").map((r) => r["area_code"]);
    expect(names).not.toContain("5133260003");
    expect(rowsOf("513326", "schools")[0]).toMatchObject({ school_name: null, school_type: null });
  });

  test("small schools with fewer than five teachers in all take the next smallest along", () => {
    expect(rowsOf("513327", "schools").map((r) => [r["school_code"], r["n_teachers"]]))
      .toEqual([["513327-small", 16], ["5133270001", 30]]);
  });

  test("a school without teachers has nothing to hide and hides nobody", () => {
    expect(rowsOf("513328", "schools").map((r) => r["school_code"]))
      .toEqual(["5133280001", "5133280002", "5133280003"]);
  });
});

test("the same run gives the same bytes in another home", async () => {
  const sums = await Promise.all(["first", "again"].map(async (name) => {
    const home = createFolderStore(join(base, name));
    await storeRun(home, join(base, name, "scratch"), smallRun);
    await storeLedger(home);
    await publish(home, smallRun.runId);
    const objects = await home.list("publish/");
    return Promise.all(objects.map(async ({ key }) => [key, (await home.get(key))?.etag]));
  }));
  expect(sums[0]?.length).toBeGreaterThan(50);
  expect(sums[1]).toEqual(sums[0]);
});

describe("a publication that fails", () => {
  const root = join(base, "small");
  const store = createFolderStore(root);
  const first: FixtureRun = { ...smallRun };
  const second: FixtureRun = { ...smallRun, runId: "2021-12-21-ffffff", asOf: "2021-12-21" };
  const third: FixtureRun = { ...smallRun, runId: "2021-12-22-eeeeee", asOf: "2021-12-22" };
  beforeAll(async () => {
    await storeRun(store, scratch, first);
    await publish(store, first.runId);
    await storeRun(store, scratch, second);
  });

  test.each<[string, (real: ObjectStore) => ObjectStore, new (...args: never[]) => Error]>([
    ["a slice that cannot be written", (real) => ({
      ...real, put: (key, body, condition) => (key.includes(`510112/${second.runId}/series`)
        ? Promise.reject(new EngineError("disk: full")) : real.put(key, body, condition)),
    }), EngineError],
    ["a slice that is not as written", (real) => ({
      ...real, get: async (key) => (key.includes(`5107/${second.runId}/overview`)
        ? { body: Buffer.from("ARROW1"), etag: "x" } : real.get(key)),
    }), EngineError],
    ["a slice that is gone again", (real) => ({
      ...real, get: async (key) => (key.includes(`510112/${second.runId}/manifest`)
        ? undefined : real.get(key)),
    }), EngineError],
    ["a mart that is not the one of the manifest", (real) => ({
      ...real, fetchToFile: (key, folder) => real.fetchToFile(
        key.replace(`${second.runId}/mart_series`, `${first.runId}/mart_series`), folder),
    }), EngineError],
    ["a mart that is missing", (real) => ({
      ...real, fetchToFile: (key, folder) => real.fetchToFile(
        key.replace("mart_school", "mart_absent"), folder),
    }), InvalidInputError],
    ["a divisions seed without the run's areas", (real) => ({
      ...real, get: async (key) => (key === "seeds/divisions.csv"
        ? { body: Buffer.from("county_code\n510104\n"), etag: "x" } : real.get(key)),
    }), ContractError],
    ["another publication at the same time", (real) => ({
      ...real, put: async (key, body, condition) => (key === homeKeys.current
        ? { written: false } : real.put(key, body, condition)),
    }), EngineError],
  ])("leaves the old one standing after %s", async (_, breakStore, kind) => {
    await expect(publish(breakStore(store), second.runId)).rejects.toThrow(kind);
    expect((await readPointer(store))?.pointer.run_id).toBe(first.runId);
  });

  test("an unknown run is refused by name", async () => {
    await expect(publish(store, "2021-12-22-000000")).rejects.toThrow(
      "run: unknown: 2021-12-22-000000");
  });

  test("leaves the old one standing when what it waits for fails", async () => {
    let isWaiting = false;
    const rest = Promise.reject(new EngineError("typst: no font"));
    rest.catch(() => undefined);
    await expect(publishRun({
      store, runId: second.runId, scratch, log: silentLog, shellFolder, rest,
      onWaiting: () => { isWaiting = true; },
    })).rejects.toThrow("typst: no font");
    expect(isWaiting).toBe(true);
    expect((await readPointer(store))?.pointer.run_id).toBe(first.runId);
  });

  test("the old slices stay readable after the next publication succeeds", async () => {
    const next = await publish(store, second.runId);
    expect(next.previousRunId).toBe(first.runId);
    expect((await readPointer(store))?.pointer).toEqual(
      { run_id: second.runId, as_of: second.asOf });
    expect(readSlice(root, "510104", first.runId).manifest.run_id).toBe(first.runId);
    expect(readdirSync(join(root, "publish", areaPath("510104"))).toSorted())
      .toEqual([first.runId, second.runId]);
  });

  test("waits for the scorecards and steps of the run when all other slices are written", async () => {
    await storeRun(store, scratch, third);
    let give = (): void => undefined;
    const asked = new Promise<void>((resolve) => { give = resolve; });
    const next = await publishRun({
      store, runId: third.runId, scratch, log: silentLog, shellFolder, onWaiting: () => give(),
      rest: asked.then(async () => {
        expect(readSlice(root, "510104", third.runId).manifest.run_id).toBe(third.runId);
        expect((await readPointer(store))?.pointer.run_id).toBe(second.runId);
        await store.put(homeKeys.run(third.runId, "scorecards/510104.pdf"), "%PDF late");
        await store.put(homeKeys.run(third.runId, "steps.json"), JSON.stringify(
          [{ known_on: third.asOf, step: "measure", seconds: 1.5, bytes: null }]));
      }),
    });
    expect(next.scorecards).toBe(1);
    const { tables } = readSlice(root, "51", third.runId);
    expect(tables["steps"]).toEqual(expect.arrayContaining(
      [expect.objectContaining({ known_on: third.asOf, step: "measure", seconds: 1.5 })]));
  });

  test("publishes scorecards as they come, and reads them back before it is public", async () => {
    const cards = new Arriving<{ code: string; bytes: Uint8Array }>();
    const key = homeKeys.slice("510112", third.runId, "scorecard.pdf");
    const ask = (changed: ObjectStore): Promise<Publication> => publishRun({
      store: changed, runId: third.runId, scratch, log: silentLog, shellFolder, cards,
      onWaiting: () => {
        cards.add({ code: "510112", bytes: Buffer.from("%PDF at once") });
        cards.add({ code: "999999", bytes: Buffer.from("%PDF of nowhere") });
        cards.end();
      },
    });
    const torn = { ...store, put: async (at: string, body: Uint8Array | string, condition = {}) =>
      store.put(at, at === key ? "%PDF at o" : body, condition) };
    await expect(ask(torn)).rejects.toThrow(`object: not as written: ${key}`);
    await store.put(homeKeys.run(third.runId, "scorecards/510112.pdf"), "%PDF at once");
    const published = await publishRun({
      store, runId: third.runId, scratch, log: silentLog, shellFolder,
      cards: (async function* () {
        yield { code: "510112", bytes: Buffer.from("%PDF at once") };
      })(),
    });
    expect(published.scorecards).toBe(2);
    const texts = await Promise.all(["510104", "510112"].map(async (area) => {
      const found = await store.get(homeKeys.slice(area, third.runId, "scorecard.pdf"));
      return Buffer.from(found?.body ?? []).toString();
    }));
    expect(texts).toEqual(["%PDF late", "%PDF at once"]);
    expect(await store.list(homeKeys.slice("999999", third.runId, ""))).toEqual([]);
  });
});
