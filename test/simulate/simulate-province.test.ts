import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import * as sheetjs from "@e965/xlsx";
import { afterAll, beforeAll, expect, test } from "vitest";
import { XapiTally } from "../../functions/ingest/inspect/xapi-tally.ts";
import { findObject } from "../../functions/ingest/readers/open-ndjson.ts";
import { UsageError } from "../../functions/shared/errors.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { parseSeed, readShippedSeed } from "../../functions/shared/seeds.ts";
import { listDirtKinds } from "../../functions/simulate/dirt/list-dirt-kinds.ts";
import { simulateProvince } from "../../functions/simulate/simulate-province.ts";
import { checkDigit } from "../../functions/simulate/world/people.ts";
import { readTruth, type Truth } from "./truth-file.ts";

const scale = 0.002;
let folder: string;
let home: string;
let truth: Truth;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dudao-simulate-"));
  home = join(folder, "home");
  await simulateProvince({ home, scale, seed: 1, until: "2021-12-20", log: silentLog });
  truth = readTruth(home);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the same options write the same bytes, another seed other bytes", async () => {
  const hashes: string[] = [];
  for (const [name, seed] of [["a", 1], ["b", 1], ["c", 2]] as const) {
    const target = join(folder, name);
    await simulateProvince({
      home: target, scale: 0.001, seed, until: "2020-09-15", log: silentLog,
    });
    hashes.push(hashFolder(target));
  }
  expect(hashes[0]).toBe(hashes[1]);
  expect(hashes[2]).not.toBe(hashes[0]);
});

test("all twenty kinds of export land, each in its format", () => {
  const kinds = new Set(truth.files.map((f) => `${f.system}/${f.export}`));
  const wanted = readShippedExports();
  expect([...wanted.keys()].filter((k) => !kinds.has(k))).toEqual([]);
  for (const [kind, usual] of wanted) {
    const formats = new Set(truth.files.filter(
      (f) => `${f.system}/${f.export}` === kind && f.status !== "refused"
    )
      .map(
        (f) => formatOf(readFileSync(join(home, "landing", f.system, f.landing_day, f.file_name)))
      ));
    for (const format of usual) expect([kind, ...formats]).toContain(format);
  }
});

test("statements follow xAPI but for those that were made dirty", () => {
  const files = truth.files.filter((f) => f.system === "lrs" && f.rows_read !== null);
  let nValid = 0;
  for (const { landing_day: day, file_name: name } of files) {
    const tally = new XapiTally();
    const text = readFileSync(join(home, "landing", "lrs", day, name), "utf8");
    for (const line of text.split("\n")) if (line !== "") tally.add(findObject(line));
    const nDirty = truth.dirt.filter((d) => d.file === `lrs/${day}/${name}`).length;
    expect(tally.counts?.invalid, name).toBeLessThanOrEqual(nDirty);
    nValid += tally.counts?.valid ?? 0;
  }
  expect(nValid).toBeGreaterThan(500);
});

test("nights are base, month ends, last fortnight; one system is silent for ten days", () => {
  const days = [...new Set(truth.files.map((f) => f.landing_day))].sort();
  expect(days.slice(0, 3)).toEqual(["2020-07-15", "2020-07-31", "2020-08-31"]);
  expect(days.slice(-15)[0]).toBe("2021-11-30");
  expect(days.slice(-14)).toEqual(
    Array.from({ length: 14 }, (_, i) => `2021-12-${String(7 + i).padStart(2, "0")}`)
  );
  expect(truth.files.filter((f) => f.system === "yunjiao").at(-1)?.landing_day).toBe("2021-12-10");
});

test("counties have teachers by weight, at least twelve, and two schools, one small", () => {
  const { teachers, schools } = readRolls("2020-07-15");
  const weights = readShippedSeed("county_weights.csv").rows;
  const total = weights.reduce((sum, r) => sum + Number(r["pop_2010"]), 0);
  for (const row of weights) {
    const own = schools.filter((s) => s.county === row["county_code"]);
    const codes = new Set(own.map((s) => s.code));
    const n = teachers.filter((t) => codes.has(t.school)).length;
    const wanted = Math.max(12, Math.round((Number(row["pop_2010"]) / total) * scale * 826_000));
    expect(Math.abs(n - wanted), row["county_name"]).toBeLessThanOrEqual(1);
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(own.some((s) => s.type !== "学校"), row["county_name"]).toBe(true);
  }
});

test("identity numbers are of no issued area, valid and unique", () => {
  const { teachers } = readRolls("2020-07-15");
  const ids = teachers.map((t) => t.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id.startsWith("000000") && Number(id.slice(6, 10)) > 1950, id).toBe(true);
  }
  expect(ids.filter((id) => checkDigit(id.slice(0, 17)) !== id[17])).toEqual([]);
  expect(checkDigit("11010519491231002")).toBe("X");
});

test("every kind of dirt occurs at least three times, the cut of a full export once", () => {
  const counts = new Map<string, number>();
  for (const d of truth.dirt) counts.set(d.kind, (counts.get(d.kind) ?? 0) + 1);
  const kinds = listDirtKinds().map((k) => k.name);
  expect(new Set(kinds).size).toBe(kinds.length);
  // A province of 2,500 teachers has too few people for every move; at 0.02 all occur.
  const needsPeople = new Set([
    "teacher_moved_county", "teacher_retired", "teacher_left", "teacher_returned", "school_merged",
  ]);
  const rare = kinds.filter(
    (k) => !needsPeople.has(k) && (counts.get(k) ?? 0) < (k === "cut_by_a_third" ? 1 : 3)
  );
  expect(rare).toEqual([]);
  expect([...counts.keys()].filter((k) => !kinds.includes(k))).toEqual([]);
});

test("a dirty row has one kind of dirt, and the files count them", () => {
  const rows = truth.dirt.filter((d) => d.row !== null).map((d) => `${d.file}|${d.sheet}|${d.row}`);
  expect(new Set(rows).size).toBe(rows.length);
  for (const f of truth.files) {
    if (f.rows_read === null) continue;
    expect(f.rows_read).toBe(f.rows_accepted! + f.rows_rejected! + f.rows_duplicate!);
    const own = truth.dirt.filter((d) => d.file === `${f.system}/${f.landing_day}/${f.file_name}`);
    expect(own.filter((d) => d.outcome === "rejected")).toHaveLength(f.rows_rejected!);
    expect(own.filter((d) => d.outcome === "duplicate")).toHaveLength(f.rows_duplicate!);
  }
});

test("one full export is cut by a third and held, the next night it is whole again", () => {
  const held = truth.files.filter((f) => f.status === "held");
  expect(held.map((f) => [f.system, f.landing_day])).toEqual([["vendor-a", "2021-12-15"]]);
  const next = truth.files.find((f) => f.system === "vendor-a" && f.landing_day === "2021-12-16")!;
  expect(["accepted", "partly"]).toContain(next.status);
  expect(next.rows_read!).toBeGreaterThan(held[0]!.rows_read!);
});

test("the gate of 20 % is reached in its last days, that of 60 % is a few counties short", () => {
  const [first, middle, last] = truth.days;
  expect(truth.days.map((d) => d.as_of)).toEqual(["2020-12-31", "2021-06-30", "2021-12-20"]);
  const starts = (day: typeof first): string[] => day!.counties.flatMap(
    (c) => c.started_on ?? []
  ).sort();
  expect(starts(first)[36]).toMatch(/^2020-12-(29|30|31)$/);
  expect(starts(first)).toHaveLength(37);
  expect(starts(middle).length).toBeGreaterThan(50);
  expect(starts(last).length).toBeGreaterThanOrEqual(101);
  expect(starts(last).length).toBeLessThanOrEqual(107);
  expect(starts(last).filter((on) => on >= "2021-11-16").length).toBeGreaterThan(2);
});

test("teachers are complete only with the hours, and later days know no fewer people", () => {
  for (const day of truth.days) {
    for (const t of day.teachers) {
      const isComplete = t.online_seconds >= 54_000 && t.practice_seconds >= 81_000;
      expect(t.completed_on !== null, t.teacher_no).toBe(isComplete);
      if (t.completed_on !== null) expect(t.completed_on <= day.as_of).toBe(true);
    }
  }
  expect(truth.days[2]!.teachers.length).toBeGreaterThanOrEqual(truth.days[0]!.teachers.length);
  const complete = truth.days.map(
    (d) => d.teachers.filter((t) => t.completed_on !== null).length / d.teachers.length
  );
  expect(complete[2]).toBeGreaterThan(0.2);
  expect(complete[2]).toBeLessThan(0.45);
});

test("the token key is readable by its owner alone and comes from the seed", () => {
  const path = join(home, "private/token.key");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8").trim()).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(readFileSync(join(home, "home.json"), "utf8"))).toMatchObject({
    simulated: { seed: 1, scale, until: "2021-12-20" },
  });
});

test.each([
  ["a scale above one", { scale: 1.5 }], ["a scale of nothing", { scale: 0 }],
  ["a day that is no day", { until: "2021-02-30" }], [
    "a last day before the first night", { until: "2020-06-01" },
  ],
])("%s is refused as misuse", async (_, change) => {
  const options = {
    home: join(folder, "never"), scale, seed: 1, until: "2021-12-20", log: silentLog, ...change,
  };
  await expect(simulateProvince(options)).rejects.toBeInstanceOf(UsageError);
});

test("a folder with something in it is left alone", async () => {
  await expect(simulateProvince({ home, scale, seed: 1, until: "2021-12-20", log: silentLog }))
    .rejects.toThrow("home: not empty");
});

function hashFolder(path: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(
    path, { recursive: true, withFileTypes: true }
  ).filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name)).sort();
  for (const file of files) hash.update(`${relative(path, file)}\n`).update(readFileSync(file));
  return hash.digest("hex");
}

interface Rolls {
  readonly teachers: readonly { readonly id: string; readonly school: string }[];
  readonly schools: readonly {
    readonly code: string;
    readonly county: string;
    readonly type: string
  }[];
}

function readRolls(day: string): Rolls {
  const stamp = day.replaceAll("-", "");
  const text = readFileSync(join(home, `landing/registry/${day}/教师名册${stamp}.csv`));
  const lines = new TextDecoder("gb18030").decode(text).trim().split("\r\n").slice(1).map(
    (l) => l.split(",")
  );
  const book = readSheet(readFileSync(join(home, `landing/registry/${day}/学校名册${stamp}.xlsx`)));
  return {
    teachers: lines.map((c) => ({ id: c[3]!, school: c[4]! })),
    schools: book.filter((c) => /^\d{10}$/.test(c[0] ?? "")).map(
      (c) => ({ code: c[0]!, county: c[4]!, type: c[6]! })
    ),
  };
}

function readSheet(bytes: Buffer): string[][] {
  const book = sheetjs.read(bytes);
  return sheetjs.utils.sheet_to_json(book.Sheets[book.SheetNames[0]!]!, { header: 1, raw: false });
}

/** Export → formats it must have had at least once. */
function readShippedExports(): Map<string, string[]> {
  const text = readFileSync(new URL("../fixtures/exports.csv", import.meta.url), "utf8");
  return new Map(
    parseSeed("exports.csv", text).rows.map(
      (r) => [`${r["system"]}/${r["export"]}`, formatsOf(r["usual_format"]!)]
    )
  );
}

function formatsOf(usual: string): string[] {
  if (usual === "json array") return ["json"];
  return usual.split(" | ");
}

function formatOf(bytes: Buffer): string {
  if (bytes.subarray(0, 2).toString("latin1") === "PK") return "xlsx";
  if (bytes.subarray(0, 4).toString("hex") === "d0cf11e0") return "xls";
  if (bytes.subarray(0, 5).toString("latin1") === "<?xml") return "spreadsheetml";
  if (bytes[0] === 0x5b) return "json";
  if (bytes[0] === 0x7b) return "ndjson";
  if (bytes.subarray(0, 3).toString("hex") === "efbbbf") return "csv utf-8 bom";
  return isUtf8(bytes) ? "csv utf-8" : "csv gb18030";
}
