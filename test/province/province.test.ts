import { beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../functions/cli.ts";
import { answer } from "../../functions/measure/answer.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { readLedger } from "../../functions/shared/read-ledger.ts";
import { makeProvinceHome, runCommand, type ProvinceHome } from "./province-home.ts";

let home: ProvinceHome;

beforeAll(async () => { home = await makeProvinceHome(); }, 300_000);

interface SlipLine {
  readonly sheet: string; readonly row: number; readonly cell: string | null; readonly reasons: readonly string[];
}
const jsonLines = <T>(lines: readonly string[]): readonly T[] =>
  lines.filter((l) => l !== "").map((l) => JSON.parse(l) as T);

describe("the ledger of a simulated province", () => {
  test("every file balances", async () => {
    const rows = await readLedger(home.store);
    const unbalanced = rows.filter((r) => r.rows_read !== null
      && r.rows_read !== (r.rows_accepted ?? 0) + (r.rows_rejected ?? 0) + (r.rows_duplicate ?? 0));
    expect(unbalanced).toEqual([]);
    expect(rows.length).toBeGreaterThan(500);
  });

  test("every file has the state and the counts that the truth says", async () => {
    const key = (f: { system: string; landing_day: string; file_name: string }) => `${f.system}/${f.landing_day}/${f.file_name}`;
    const found = new Map((await readLedger(home.store)).map((r) => [key(r), {
      export: r.export, status: r.status, rows_read: r.rows_read, rows_accepted: r.rows_accepted,
      rows_rejected: r.rows_rejected, rows_duplicate: r.rows_duplicate, rows_skipped: r.rows_skipped,
    }]));
    const different = home.truth.files.flatMap((f) => {
      const expected = {
        export: f.export, status: f.status, rows_read: f.rows_read, rows_accepted: f.rows_accepted,
        rows_rejected: f.rows_rejected, rows_duplicate: f.rows_duplicate, rows_skipped: f.rows_skipped,
      };
      const actual = found.get(key(f));
      return JSON.stringify(actual) === JSON.stringify(expected) ? [] : [{ file: key(f), expected, actual }];
    });
    expect(different).toEqual([]);
    const known = new Set(home.truth.files.map(key));
    expect([...found.keys()].filter((k) => !known.has(k))).toEqual([]);
  });

  test("every dirty row is found under its reasons, and nothing else is rejected", async () => {
    const expected = new Map<string, readonly string[]>();
    for (const d of home.truth.dirt) {
      if (d.outcome === "rejected") expected.set(`${d.file} ${d.sheet} ${d.row}`, d.reasons);
    }
    const actual = new Map<string, readonly string[]>();
    for (const f of await readLedger(home.store)) {
      if ((f.rows_rejected ?? 0) === 0) continue;
      const file = `${f.system}/${f.landing_day}/${f.file_name}`;
      const run = await runCommand("slip", file, "--home", home.root, "--json");
      expect(run.code).toBe(0);
      for (const line of jsonLines<SlipLine>(run.out)) actual.set(`${file} ${line.sheet} ${line.row}`, line.reasons);
    }
    const plain = (m: ReadonlyMap<string, readonly string[]>) => [...m].map(([k, v]) => `${k}: ${v.join(",")}`).sort();
    expect(plain(actual)).toEqual(plain(expected));
    expect(expected.size).toBeGreaterThan(30);
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
    const rows = await answer({ store: home.store, asOf: day.as_of }, (open) =>
      open.rows(["int_teacher_state", "int_county_launch"]));
    const teachers = new Map((rows.get("int_teacher_state") ?? []).map((r) => [r.teacher_no, r]));
    const differentTeachers = day.teachers.flatMap((t) => {
      const r = teachers.get(t.teacher_no);
      const actual = r && [r.online_seconds, r.practice_seconds, r.completed_on ?? null];
      const expected = [t.online_seconds, t.practice_seconds, t.completed_on];
      return JSON.stringify(actual) === JSON.stringify(expected) ? [] : [{ teacher: t.teacher_no, expected, actual }];
    });
    expect(differentTeachers.slice(0, 10)).toEqual([]);
    const counties = new Map((rows.get("int_county_launch") ?? []).map((r) => [r.county_code, r.started_on ?? null]));
    const differentCounties = day.counties.flatMap((c) =>
      counties.get(c.county_code) === c.started_on ? [] : [{ ...c, actual: counties.get(c.county_code) }]);
    expect(differentCounties).toEqual([]);
    expect(day.teachers.length).toBeGreaterThan(2000);
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
    const failed: string[] = [];
    let made = 0;
    for (const command of commands) {
      for (const example of command.examples) {
        const args = example.line.split(" ").slice(1).map((word) => word === "HOME" ? home.root
          : word === "NEW" ? `${home.root}-new-${++made}`
            : word === "TEACHER" ? home.truth.days[2]?.teachers[0]?.teacher_no ?? ""
              : word === "FILE" ? `${rejected?.system}/${rejected?.landing_day}/${rejected?.file_name}` : word);
        const run = await runCommand(...args);
        if (run.code !== 0) failed.push(`${example.line}: exit ${run.code}: ${run.err.at(-1) ?? ""}`);
      }
    }
    expect(failed).toEqual([]);
  });

  test.each([
    ["an unknown command", ["nightli"], "unknown command: nightli"],
    ["an unknown option", ["files", "--hom", "x"], "accepted: --home"],
    ["a day that is none", ["figures", "--home", "HOME", "--as-of", "2021-02-30"], "invalid day: 2021-02-30"],
    ["an unknown area", ["figures", "--home", "HOME", "--as-of", "2021-12-20", "--area", "519999"], "unknown: 519999"],
    ["an unknown figure", ["figures", "--home", "HOME", "--as-of", "2021-12-20", "--figure", "H9"], "unknown: H9"],
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
