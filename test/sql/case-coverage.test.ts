import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readChecks, readModels } from "../../functions/measure/read-models.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";
import { listCases, readCase } from "./cases/read-case.ts";
import type { CaseExpectation, SqlCase } from "./cases/read-case.ts";

const folder = join(import.meta.dirname, "..", "cases", "sql");
const cases = listCases(folder).map((f) => readCase(f, basename(f)));
const readme = readFileSync(join(folder, "README.md"), "utf8");

/** Lists that are whole on purpose: all rows of a province, all counties of the plan. */
const longFiles = new Set([
  "nothing_landed_yet/expect.mart_figure",
  "gate_reached_by_the_37th_county_on_the_due_day/int_county_launch",
]);

/** What cases expect of one code: values other than 0, and 0, NULL or no row at all. */
interface Expected { some: boolean; none: boolean }

function expectedOf(code: string): Expected {
  const expected: Expected = { some: false, none: false };
  for (const sqlCase of cases) {
    const only = sqlCase.only.mart_figure?.figure_code;
    for (const { table } of sqlCase.expectations.filter((e) => e.relation === "mart_figure")) {
      const rows = table.rows.filter((r) => r.figure_code === code);
      for (const row of rows) {
        if ([row.n, row.share].some((cell) => /[1-9]/.test(numerator(cell)))) expected.some = true;
        else expected.none = true;
      }
      if (rows.length === 0 && only?.includes(code)) expected.none = true;
    }
  }
  return expected;
}

const numerator = (cell = ""): string => cell.split("/")[0]!;

function longTables(sqlCase: SqlCase): readonly string[] {
  const inputs = [...sqlCase.inputs].filter(([, t]) => t.rows.length > 10).map(([name]) => name);
  const expectations = sqlCase.expectations
    .filter((e: CaseExpectation) => e.table.rows.length > 10).map((e) => `expect.${e.relation}`);
  return [...inputs, ...expectations].map((name) => `${sqlCase.name}/${name}`);
}

describe("SQL cases are complete", () => {
  test("every model and every check has rows that a case expects of it", () => {
    const expected = new Set(cases.flatMap((c) => c.expectations.map((e) => e.relation)));
    const models = [...readModels(), ...readChecks()].map((m) => m.name);
    expect(models.filter((name) => !expected.has(name))).toEqual([]);
  });

  test("every model names in its header the rule and the paragraph of the plan it serves", () => {
    const rule = /^-- rule: .*\[(?:[一二三四五](?:\.[一二三四五\d]+)*|附件\d)\]/m;
    expect(readModels().filter((m) => !rule.test(m.sql)).map((m) => m.name)).toEqual([]);
  });

  const codes = readShippedSeed("figure_definitions.csv").rows.map((r) => r.figure_code!);
  test("every code of the definitions is a figure with a name, and the other way round", () => {
    expect(codes.toSorted()).toEqual(
      readShippedSeed("figures.csv").rows.map((r) => r.figure_code!).toSorted());
  });

  test.each(codes)("%s is expected with a value and with 0 or nothing", (code) => {
    expect(expectedOf(code)).toEqual({ some: true, none: true });
  });

  test("every case is named in the tables, and every case named is there", () => {
    const tables = readme.split("## Worked examples of metrics.md")[1] ?? "";
    const named = new Set([...tables.matchAll(/`([a-z0-9]+(?:_[a-z0-9]+)*)`/g)].map((m) => m[1]!));
    const outcomes = ["superseded", "retracted", "not_due", "out_of_period", "not_passed",
      "unmatched", "contradicted", "cross_system_duplicate"];
    const names = cases.map((c) => c.name);
    expect([...named].filter((n) => !names.includes(n) && !outcomes.includes(n))).toEqual([]);
    expect(names.filter((name) => !named.has(name))).toEqual([]);
  });

  test("each of the eight worked examples names a case that is there", () => {
    const rows = readme.split("## Worked examples of metrics.md")[1]!.split("\n## ")[0]!
      .split("\n").filter((line) => /^\| \d/.test(line));
    expect(rows.map((line) => line[2])).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
    const names = new Set(cases.map((c) => c.name));
    for (const line of rows) {
      const named = [...line.matchAll(/`([a-z0-9_]+)`/g)].map((m) => m[1]!);
      expect(named.filter((name) => names.has(name)), line).not.toEqual([]);
    }
  });

  test("a file of a case has at most ten rows", () => {
    const found = cases.flatMap(longTables).filter((name) => !longFiles.has(name));
    expect(found).toEqual([]);
  });
});
