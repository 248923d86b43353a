import { describe, expect, test } from "vitest";
import { advanceFindings, type Finding, type FindingRow } from "../../functions/alert/finding-life.ts";
import { buildWorkingDays } from "../../functions/alert/working-days.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";

const workingDays = buildWorkingDays(readShippedSeed("holidays.csv"));
const rules = [{ rule_code: "source_silent", remindWorkingDays: 5, reopenDays: 7 }];
const silent = (n: number): FindingRow => ({
  rule_code: "source_silent", area_code: "51", subject: "vendor-b",
  severity: "warning", since_on: "2021-12-10", n, d: 9,
});
const run = (previous: readonly Finding[], rows: readonly FindingRow[], day: string) =>
  advanceFindings(previous, rows, day, rules, workingDays);

describe("working days follow the State Council's calendar", () => {
  test.each([
    ["an ordinary Monday", "2021-12-20", true],
    ["a Sunday", "2021-12-19", false],
    ["National Day on a Friday", "2021-10-01", false],
    ["a Saturday made up for Mid-Autumn", "2021-09-18", true],
    ["the Tuesday of Mid-Autumn", "2021-09-21", false],
    ["a Saturday made up for National Day", "2021-10-09", true],
  ])("%s", (_, day, expected) => expect(workingDays.isWorkingDay(day)).toBe(expected));

  test("five working days over the October holiday end two weeks later", () => {
    expect(workingDays.add("2021-09-30", 5)).toBe("2021-10-13");
  });
});

describe("the life of a finding", () => {
  test("it opens with a day by which it is reminded", () => {
    expect(run([], [silent(10)], "2021-12-20")).toMatchObject([{
      finding_key: "source_silent.51.vendor-b", state_code: "open",
      opened_on: "2021-12-20", due_on: "2021-12-27", since_on: "2021-12-10",
    }]);
  });

  test("a second run on the same day changes nothing", () => {
    const once = run([], [silent(10)], "2021-12-20");
    expect(run(once, [silent(10)], "2021-12-20")).toEqual(once);
  });

  test("it stays open before its day and is reminded on it, with tonight's facts", () => {
    const open = run([], [silent(10)], "2021-12-20");
    expect(run(open, [silent(16)], "2021-12-26")).toMatchObject([{ state_code: "open", changed_on: "2021-12-20", n: 16 }]);
    expect(run(open, [silent(17)], "2021-12-27")).toMatchObject([{
      state_code: "reminded", changed_on: "2021-12-27", due_on: "2022-01-04",
    }]);
  });

  test("it is resolved when it no longer holds, once", () => {
    const open = run([], [silent(10)], "2021-12-20");
    const resolved = run(open, [], "2021-12-22");
    expect(resolved).toMatchObject([{ state_code: "resolved", resolved_on: "2021-12-22", due_on: null }]);
    expect(run(resolved, [], "2021-12-23")).toEqual(resolved);
  });

  test("back within seven days it is the same finding reopened, later a new life", () => {
    const resolved = run(run([], [silent(10)], "2021-12-20"), [], "2021-12-22");
    expect(run(resolved, [silent(10)], "2021-12-29")).toMatchObject([{
      state_code: "open", opened_on: "2021-12-20", n_reopened: 1,
    }]);
    expect(run(resolved, [silent(10)], "2021-12-30")).toMatchObject([{
      state_code: "open", opened_on: "2021-12-30", n_reopened: 0,
    }]);
  });

  test("a rule without terms is refused by name", () => {
    expect(() => run([], [{ ...silent(1), rule_code: "no_such_rule" }], "2021-12-20"))
      .toThrow("alert rule: unknown: no_such_rule");
  });
});
