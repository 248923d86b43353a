import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModels } from "../../functions/measure/read-models.ts";
import { buildCaseInputs } from "./cases/case-inputs.ts";
import { openCaseRunner } from "./cases/case-runner.ts";
import type { CaseRunner } from "./cases/case-runner.ts";
import { listCases, readCase } from "./cases/read-case.ts";

const folders = listCases(join(import.meta.dirname, "..", "cases", "sql"));

describe("sql", () => {
  const models = readModels();
  let runner: CaseRunner;
  beforeAll(async () => { runner = await openCaseRunner(models); });
  afterAll(() => runner.close());

  it.each(folders.map((f) => [basename(f), f]))("%s", async (name, folder) => {
    const sqlCase = readCase(folder, name);
    const inputs = buildCaseInputs(sqlCase, models);
    for (const wanted of sqlCase.expectations) {
      const { found, expected } = await runner.compare(sqlCase, inputs, wanted);
      expect(found, `${sqlCase.about}: ${wanted.relation} as of ${wanted.asOf}`).toEqual(expected);
    }
  });
});
