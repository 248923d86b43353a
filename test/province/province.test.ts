import { beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../functions/cli.ts";
import { cardCode } from "../../functions/scorecards/card-data.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { readJson } from "../../functions/shared/read-json.ts";
import { readLedger } from "../../functions/shared/read-ledger.ts";
import {
  diffDay, diffFiles, diffRefusals, diffRejected, diffWarnings, listUnbalanced,
} from "../proofs/compare-with-truth.ts";
import type { Verification } from "../../functions/shared/verification.ts";
import { makeProvinceHome, runCommand, type ProvinceHome } from "./province-home.ts";

let home: ProvinceHome;

beforeAll(async () => { home = await makeProvinceHome(); }, 900_000);

const jsonLines = <T>(lines: readonly string[]): readonly T[] =>
  lines.filter((l) => l !== "").map((l) => JSON.parse(l) as T);

describe("the ledger of a simulated province", () => {
  test("every file balances", async () => {
    const ledger = await readLedger(home.store);
    expect(listUnbalanced(ledger)).toEqual([]);
    expect(ledger.length).toBeGreaterThan(500);
  });

  test("every file has the state and the counts that the truth says", async () => {
    expect(diffFiles(home.truth, await readLedger(home.store))).toEqual([]);
  });

  test("every dirty row is found under its reasons, and nothing else is rejected", async () => {
    const { differences, nExpected } =
      await diffRejected(home.truth, home.store, await readLedger(home.store));
    expect(differences).toEqual([]);
    expect(nExpected).toBeGreaterThan(30);
  });

  test("files are refused, and rows taken with a warning, for what the truth says", async () => {
    const ledger = await readLedger(home.store);
    expect(diffRefusals(home.truth, ledger)).toEqual([]);
    expect(diffWarnings(home.truth, ledger)).toEqual([]);
  });
});

describe("the return slips of a night", () => {
  test("name the rows of its files whose persons match nobody, as `unmatched` does", async () => {
    const keys = new Set((await home.store.list(homeKeys.slipPrefix)).map((o) => o.key));
    const day = (await readLedger(home.store)).filter((f) =>
      keys.has(homeKeys.unmatchedSlip(f.system, f.landing_day, f.file_name))).at(-1)?.known_on ?? "";
    const files = await readLedger(home.store, { date: day });
    const place = (f: { system: string; landing_day: string; file_name: string }) => `${f.system}/${f.landing_day}/${f.file_name}`;
    const own = new Set(files.filter((f) => f.status !== "repeated").map(place));
    const run = await runCommand("unmatched", "--home", home.root, "--as-of", day, "--json");
    const expected = jsonLines<{ system: string; landing_day: string; file_name: string; row: number }>(run.out)
      .filter((r) => own.has(place(r))).map((r) => `${place(r)} ${r.row}`);
    const actual: string[] = [];
    for (const f of files) {
      const key = homeKeys.unmatchedSlip(f.system, f.landing_day, f.file_name);
      const csv = Buffer.from((await home.store.get(key))?.body ?? []).toString("utf8");
      const [heading = "", ...lines] = csv.slice(1).split("\r\n").filter((line) => line !== "");
      const column = heading.split(",").indexOf("行号");
      for (const line of lines) actual.push(`${place(f)} ${line.split(",")[column]}`);
    }
    expect(actual.sort()).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(0);
    for (const system of new Set(files.map((f) => f.system))) {
      expect(await home.store.get(homeKeys.slipSummary(system, day, "xlsx"))).toBeDefined();
    }
  });
});

describe("figures equal the truth on three days", () => {
  test.each([0, 1, 2])("seconds, completion and county starts, day %i", async (index) => {
    const day = home.truth.days[index];
    if (!day) throw new Error("truth: missing day");
    const { teachers, counties } = await diffDay(day, home.store);
    expect(teachers.slice(0, 10)).toEqual([]);
    expect(counties).toEqual([]);
    expect(day.teachers.length).toBeGreaterThan(2000);
  });
});

describe("the stored runs of a simulated province", () => {
  test("stand one a week and are rebuilt byte for byte", async () => {
    const runs = (await home.store.list(homeKeys.runOfDayPrefix)).map(({ key }) =>
      key.slice(homeKeys.runOfDayPrefix.length, -".json".length));
    expect(runs.length).toBeGreaterThan(15);
    for (const day of [runs[4], runs.at(-2)]) {
      const run = await readJson<{ readonly run_id: string }>(home.store, homeKeys.runOfDay(day ?? ""));
      const rebuilt = await runCommand("rebuild", run?.run_id ?? "", "--home", home.root);
      expect([rebuilt.code, rebuilt.out.at(-1)]).toEqual([0, "rebuilt: the same bytes"]);
    }
  }, 300_000);
});

describe("verify", () => {
  test("finds everything of a home as it was written", async () => {
    const run = await runCommand("verify", "--home", home.root, "--json");
    const found = jsonLines<Verification>(run.out);
    expect(found.flatMap((one) => one.faults)).toEqual([]);
    expect(found.map((one) => one.check)).toEqual(["nights", "landing", "runs", "publication"]);
    expect(found.every((one) => one.looked_at > 100)).toBe(true);
    expect(run.code).toBe(0);
  });

  test("names every object that is missing or was changed, whatever it is", async () => {
    const runId = (await readJson<{ readonly run_id: string }>(home.store, homeKeys.current))?.run_id ?? "";
    const keys = (await home.store.list("")).map(({ key }) => key);
    const like = (form: RegExp): string => keys.find((key) => form.test(key)) ?? "";
    const changed = [
      like(/^lake\/teacher\//), like(/^landing\/credit\//), homeKeys.run(runId, "mart_school.parquet"),
      like(/^runs\/texts\//), homeKeys.slice("5101", runId, "overview.arrow"),
      homeKeys.slice("510104", runId, "scorecard.pdf"),
    ];
    const missing = [
      like(/^lake\/school\//), like(/^receipts\/ntms\//), homeKeys.run(runId, "mart_series.parquet"),
      homeKeys.slice("51", runId, "series.arrow"), homeKeys.slice("510105", runId, "manifest.json"),
    ];
    const before = await Promise.all([...changed, ...missing].map(async (key) => [key, await home.store.get(key)] as const));
    for (const key of changed) await home.store.put(key, "other bytes");
    for (const key of missing) await home.store.delete(key);
    try {
      const run = await runCommand("verify", "--home", home.root, "--json");
      const faults = jsonLines<Verification>(run.out).flatMap((one) => one.faults);
      for (const key of changed) expect(faults.filter((f) => f.includes(`${key}: changed`) || f.includes(`changed: ${key}`)), key).toHaveLength(1);
      for (const key of missing) expect(faults.filter((f) => f.includes(`${key}: missing`) || f.includes(`missing: ${key}`)), key).toHaveLength(1);
      expect(faults).toHaveLength(changed.length + missing.length);
      expect(run.code).toBe(1);
    } finally {
      for (const [key, object] of before) if (object) await home.store.put(key, object.body);
    }
    expect((await runCommand("verify", "--home", home.root)).code).toBe(0);
  });
});

describe("the command line", () => {
  test.each(commands.map((c) => [c.name, c] as const))("%s --help teaches synopsis, two examples and exit codes", async (name, command) => {
    const { code, out } = await runCommand(name, "--help");
    expect(code).toBe(0);
    expect(out.join("\n")).toContain(`usage: dudao ${name}`);
    expect(command.examples.length).toBeGreaterThanOrEqual(2);
    expect(out.join("\n")).toContain("exit codes:");
    for (const option of Object.keys(command.options)) expect(out.join("\n")).toContain(`--${option}`);
  });

  test("every example of the help runs", async () => {
    const rejected = (await readLedger(home.store)).find((f) => (f.rows_rejected ?? 0) > 0);
    const current = await readJson<{ readonly run_id: string }>(home.store, homeKeys.current) ?? { run_id: "" };
    const failed: string[] = [];
    let made = 0;
    for (const command of commands) {
      for (const example of command.examples) {
        const args = example.line.split(" ").slice(1).map((word) => word === "HOME" ? home.root
          : word === "RUN" ? current.run_id
          : word === "CARD" ? cardCode("510104", current.run_id)
          : word === "NEW" ? `${home.root}-new-${++made}`
            : word === "TEACHER" ? home.truth.days[2]?.teachers[0]?.teacher_no ?? ""
              : word === "FILE" ? `${rejected?.system}/${rejected?.landing_day}/${rejected?.file_name}` : word);
        const run = await runCommand(...args);
        if (run.code !== 0) failed.push(`${example.line}: exit ${run.code}: ${run.err.at(-1) ?? ""}`);
      }
    }
    expect(failed).toEqual([]);
  }, 600_000);

  test.each([
    ["an unknown command", ["nightli"], "unknown command: nightli"],
    ["an unknown option", ["files", "--hom", "x"], "accepted: --home"],
    ["a day that is none", ["figures", "--home", "HOME", "--as-of", "2021-02-30"], "invalid day: 2021-02-30"],
    ["an unknown area", ["figures", "--home", "HOME", "--as-of", "2021-12-20", "--area", "519999"], "unknown: 519999"],
    ["an unknown figure", ["figures", "--home", "HOME", "--as-of", "2021-12-20", "--figure", "H9"], "unknown: H9"],
    ["a card of no run", ["explain", "card", "510104-20211220-zzzzzz", "--home", "HOME"], "accepted: the short code on the card"],
    ["a card whose run is not stored", ["explain", "card", "510104-20211219-000000", "--home", "HOME"], "unknown run: 2021-12-19-000000"],
    ["a run that is not stored", ["rebuild", "2021-12-19-000000", "--home", "HOME"], "run: unknown: 2021-12-19-000000; stored: "],
    ["a day in the future", ["figures", "--home", "HOME", "--as-of", "2021-12-21"], "in the future: 2021-12-21; accepted: 2020-01-01 to 2021-12-20"],
    ["a day before the programme", ["diff", "2019-12-31", "2021-12-20", "--home", "HOME"], "--D1: before the programme: 2019-12-31"],
    ["two days in the wrong order", ["diff", "2021-12-20", "2021-12-19", "--home", "HOME"], "accepted: the earlier day first"],
    ["an unknown teacher", ["explain", "teacher", "000", "--home", "HOME", "--as-of", "2021-12-20"], "unknown"],
    ["a home that is not there", ["files", "--home", "no-such-home"], "dudao simulate"],
    ["a home that is not empty", ["simulate", "--home", "HOME"], "not empty"],
  ])("%s is a usage error that says what is accepted", async (_, args, message) => {
    const run = await runCommand(...args.map((a) => (a === "HOME" ? home.root : a)));
    expect(run.code).toBe(2);
    expect(run.err.join("\n")).toContain(message);
  });

  test("a second nightly has nothing to run and changes no byte of the publication", async () => {
    const before = await home.store.get("publish/app/current.json");
    const run = await runCommand("nightly", "--home", home.root);
    expect(run.code).toBe(0);
    expect(run.err.join("\n")).toContain("nothing to run");
    expect(await home.store.get("publish/app/current.json")).toEqual(before);
  });

  test("files and figures speak the shapes of figures.md", async () => {
    const files = jsonLines<object>((await runCommand("files", "--home", home.root, "--json")).out);
    expect(Object.keys(files[0] ?? {})).toEqual([
      "system", "export", "landing_day", "file_name", "sha256", "status", "reason", "rows_skipped", "rows_read",
      "rows_accepted", "rows_rejected", "rows_duplicate", "rows_unchanged", "reasons", "warnings", "seconds", "bytes",
    ]);
    const figures = jsonLines<{ run_id: string | null }>((await runCommand(
      "figures", "--home", home.root, "--as-of", "2021-12-20", "--area", "51", "--json")).out);
    expect(Object.keys(figures[0] ?? {}).sort()).toEqual([
      "area_code", "area_level", "d", "figure_code", "n", "on_date", "run_id", "segment_code", "share", "state_code", "target",
    ]);
    expect(figures[0]?.run_id).toMatch(/^2021-12-20-[0-9a-f]{6}$/);
  });
});
