import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChecks, readModels } from "../../functions/measure/read-models.ts";
import { buildCaseInputs } from "./cases/case-inputs.ts";
import { openCaseRunner } from "./cases/case-runner.ts";
import type { CaseRunner } from "./cases/case-runner.ts";
import type { CaseTable, SqlCase } from "./cases/read-case.ts";

type Row = Readonly<Record<string, string>>;
const models = [...readModels(), ...readChecks()];
let runner: CaseRunner;
beforeAll(async () => { runner = await openCaseRunner(models); });
afterAll(() => runner.close());

/** Lines of the check over the given rows, only the columns named. */
async function check(
  name: string, input: string, rows: readonly Row[], columns: readonly string[],
): Promise<readonly string[]> {
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const table: CaseTable = {
    columns: all, rows: rows.map((row) => Object.fromEntries(all.map((c) => [c, row[c] ?? ""]))),
  };
  const sqlCase: SqlCase = {
    name, about: "", inputs: new Map([[input, table]]), expectations: [], only: {},
  };
  const asOf = "2021-12-20";
  const wanted = [{ relation: name, asOf, table: { columns, rows: [] } }];
  const inputs = buildCaseInputs(sqlCase, models);
  return (await runner.compare(sqlCase, inputs, asOf, wanted))[0]!.found;
}
const figure = (rest: Row): Row => ({
  area_code: "510104", area_level: "county", segment_code: "all", figure_code: "H1",
  n: "1", d: "2", share: "1/2", ...rest,
});

describe("check_figure_code", () => {
  const faults = (rows: readonly Row[]) =>
    check("check_figure_code", "mart_figure", rows, ["figure_code", "fault"]);

  it("lets codes of the seeds pass, also of programmes, helped groups and systems", async () => {
    expect(await faults([
      figure({}), figure({ segment_code: "village" }), figure({ state_code: "not_reported" }),
      figure({ figure_code: "L4_leadership" }),
      figure({ figure_code: "D_rejected", segment_code: "survey" }),
    ])).toEqual([]);
  });

  it.each([
    ["figure_code", { figure_code: "H9" }],
    ["state_code", { state_code: "done" }],
    ["segment_code", { segment_code: "moodle" }],
    ["area_level", { area_level: "town" }],
    ["area_level", { area_level: "" }],
  ])("finds a wrong %s", async (fault, rest) => {
    const row = figure(rest);
    expect(await faults([figure({}), row]))
      .toEqual([`figure_code=${row.figure_code}  fault=${fault}`]);
  });
});

describe("check_figure_grain", () => {
  it("finds a figure that stands twice, not its neighbours", async () => {
    const rows = [figure({}), figure({ n: "0" }), figure({ segment_code: "village" }),
      figure({ area_code: "510105" })];
    expect(await check("check_figure_grain", "mart_figure", rows, ["area_code", "segment_code",
      "n_rows"]))
      .toEqual(["area_code=510104  segment_code=all  n_rows=2"]);
  });
});

describe("check_figure_share", () => {
  const faults = (rest: Row) =>
    check("check_figure_share", "mart_figure", [figure(rest)], ["figure_code"]);

  it.each([
    ["a share that is n / d", {}],
    ["a share without n and d (a gap)", { n: "", d: "", share: "0.25" }],
    ["a count without d", { d: "", share: "" }],
    ["no share where nothing is reported", { share: "", state_code: "not_reported" }],
  ])("lets pass %s", async (_what, rest) => {
    expect(await faults(rest)).toEqual([]);
  });

  it.each([
    ["a d of 0", { d: "0", share: "" }],
    ["a negative d", { d: "-1", share: "-1" }],
    ["a share that is something else", { share: "0.51" }],
    ["no share beside n and d", { share: "" }],
    ["no share with a state that hides nothing", { share: "", state_code: "behind" }],
  ])("finds %s", async (_what, rest) => {
    expect(await faults(rest)).toEqual(["figure_code=H1"]);
  });
});

describe("check_file_balance", () => {
  const faults = (rest: Row) => check("check_file_balance", "file_arrival", [{
    system: "vendor-a", rows_read: "1000", rows_accepted: "970", rows_rejected: "18",
    rows_duplicate: "12", ...rest,
  }], ["system"]);

  it.each([
    ["1,000 = 970 + 18 + 12", {}],
    ["a refused file, which was not read", { status: "refused", rows_read: "", rows_accepted: "",
      rows_rejected: "", rows_duplicate: "" }],
    ["a repeated file", { status: "repeated", rows_read: "" }],
  ])("lets pass %s", async (_what, rest) => {
    expect(await faults(rest)).toEqual([]);
  });

  it.each([
    ["969 accepted", { rows_accepted: "969" }],
    ["a held file that does not balance", { status: "held", rows_rejected: "17" }],
    ["a taken file without a count", { status: "partly", rows_duplicate: "" }],
  ])("finds %s", async (_what, rest) => {
    expect(await faults(rest)).toEqual(["system=vendor-a"]);
  });
});
