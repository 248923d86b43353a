import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChecks, readModels } from "../../functions/measure/read-models.ts";
import { buildCaseInputs } from "./cases/case-inputs.ts";
import { openCaseRunner } from "./cases/case-runner.ts";
import type { CaseRunner } from "./cases/case-runner.ts";
import { listCases, readCase } from "./cases/read-case.ts";

const folders = listCases(join(import.meta.dirname, "..", "cases", "sql"));

describe("sql", () => {
  const models = [...readModels(), ...readChecks()];
  let runner: CaseRunner;
  beforeAll(async () => { runner = await openCaseRunner(models); });
  afterAll(() => runner.close());

  it.each(folders.map((f) => [basename(f), f]))("%s", async (name, folder) => {
    const sqlCase = readCase(folder, name);
    const inputs = buildCaseInputs(sqlCase, models);
    const days = new Set(sqlCase.expectations.map((e) => e.asOf));
    for (const asOf of days) {
      const wanted = sqlCase.expectations.filter((e) => e.asOf === asOf);
      const compared = await runner.compare(sqlCase, inputs, asOf, wanted);
      for (const [i, { found, expected }] of compared.entries()) {
        expect(found, `${sqlCase.about}: ${wanted[i]!.relation} as of ${asOf}`).toEqual(expected);
      }
    }
  });
});
