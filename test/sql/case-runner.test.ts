import { afterAll, beforeAll, expect, it } from "vitest";
import { parseModel } from "../../functions/shared/model-header.ts";
import { buildCaseInputs } from "./cases/case-inputs.ts";
import { openCaseRunner } from "./cases/case-runner.ts";
import type { CaseRunner } from "./cases/case-runner.ts";
import type { CaseTable, SqlCase } from "./cases/read-case.ts";

const models = [
  parseModel("int_version", `-- int_version: newest row of each system.
-- grain: system
-- reads: src_training_record, run_context
-- per: system
-- columns:
--   system varchar: system
--   n_rows bigint: rows of the system
--   as_of_on date: day
SELECT t.system, count(*) AS n_rows, c.as_of_date AS as_of_on
FROM src_training_record AS t CROSS JOIN run_context AS c GROUP BY t.system, c.as_of_date`),
  parseModel("mart_share", `-- mart_share: share of each system.
-- grain: system
-- reads: int_version, seed_system_priority
-- columns:
--   system varchar: system
--   priority bigint: of the seed
--   share double: of three rows
SELECT v.system, p.priority, CAST(v.n_rows AS double) / CAST(3 AS double) AS share
FROM int_version AS v LEFT JOIN seed_system_priority AS p ON p.system = v.system`),
];

/** Counts over all systems although it says that it runs per system. */
const leaky = parseModel("int_leaky", `-- int_leaky: all rows, wrongly per system.
-- grain: system
-- reads: src_training_record
-- per: system
-- columns:
--   system varchar: system
--   n_rows bigint: rows of all systems
SELECT t.system, count(*) OVER () AS n_rows FROM src_training_record AS t`);

/** Says one row a system and gives one a record. */
const coarse = parseModel("int_coarse", `-- int_coarse: systems, as if each had one record.
-- grain: system
-- reads: src_training_record
-- columns:
--   system varchar: system
SELECT t.system FROM src_training_record AS t`);

let runner: CaseRunner;
beforeAll(async () => { runner = await openCaseRunner([...models, leaky, coarse]); });
afterAll(() => runner.close());

const table = (...rows: readonly Readonly<Record<string, string>>[]): CaseTable =>
  ({ columns: Object.keys(rows[0] ?? {}), rows });

async function compare(
  inputs: Readonly<Record<string, CaseTable>>, relation: string, expected: CaseTable,
  asOf = "2021-06-10", only: SqlCase["only"] = {},
) {
  const sqlCase: SqlCase = {
    name: "case", about: "", inputs: new Map(Object.entries(inputs)), expectations: [], only,
  };
  const built = buildCaseInputs(sqlCase, [...models, leaky, coarse]);
  const wanted = [{ relation, asOf, table: expected }];
  return (await runner.compare(sqlCase, built, asOf, wanted))[0]!;
}

const records = table(
  { system: "lrs", known_on: "2021-06-01" },
  { system: "ntms", known_on: "2021-06-10" },
  { system: "ntms", known_on: "2021-06-10" },
);

it("runs a model per system and cuts the rows at the day", async () => {
  const late = await compare({ training_record: records }, "int_version", table(
    { system: "ntms", n_rows: "2", as_of_on: "2021-06-10" },
    { system: "lrs", n_rows: "1", as_of_on: "2021-06-10" },
  ));
  expect(late.found).toEqual(late.expected);
  const early = await compare({ training_record: records }, "int_version", table(
    { system: "lrs", n_rows: "1", as_of_on: "2021-06-09" },
  ), "2021-06-09");
  expect(early.found).toEqual(early.expected);
});

it("takes given models instead of running them, quotients and seeds that replace or add",
  async () => {
  const given = { int_version: table({ system: "lrs", n_rows: "1" }, { system: "x",
    n_rows: "3" }) };
  const replaced = await compare(
    { ...given, system_priority: table({ system: "x", priority: "9" }) }, "mart_share",
    table({ system: "lrs", priority: "", share: "1/3" }, { system: "x", priority: "9",
      share: "1" }),
  );
  expect(replaced.found).toEqual(replaced.expected);
  const added = await compare(
    { ...given, "system_priority.add": table({ system: "x", priority: "9" }) }, "mart_share",
    table({ system: "lrs", priority: "6", share: "1/3" }), "2021-06-10",
    { mart_share: { system: ["lrs"] } },
  );
  expect(added.found).toEqual(added.expected);
});

it("refuses a per-system model that gives other rows when run over all systems", async () => {
  await expect(compare({ training_record: records }, "int_leaky", table({ system: "lrs" })))
    .rejects.toThrow("int_leaky: other rows when run per system");
});

it("refuses a model with more than one row of the grain of its header", async () => {
  await expect(compare({ training_record: records }, "int_coarse", table({ system: "lrs" })))
    .rejects.toThrow(`int_coarse: more than one row of its grain: system = ["ntms"]`);
});

it("shows a wrong expectation as a difference", async () => {
  const { found, expected } = await compare(
    { training_record: records }, "int_version", table({ system: "lrs", n_rows: "2" }),
  );
  expect(found).not.toEqual(expected);
});

it("refuses unknown inputs, columns and cells of another type", async () => {
  const expected = table({ system: "lrs" });
  await expect(compare({ trainings: records }, "int_version", expected)).rejects
    .toThrow("case/trainings.csv: unknown input");
  await expect(compare({ training_record: table({ system: "lrs", hours: "1" }) }, "int_version",
    expected)).rejects.toThrow("unknown column: hours");
  await expect(compare({ training_record: table({ system: "lrs", credit_seconds: "1.5" }) },
    "int_version", expected)).rejects.toThrow("invalid number: 1.5");
  await expect(compare({ training_record: table({ known_on: "2021-06-01" }) }, "int_version",
    expected)).rejects.toThrow("missing system");
});
