import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChecks, readModels } from "../../../functions/measure/read-models.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import { compareOn, differencesOf } from "./compare.ts";
import { createFigureCounts } from "./figure-counts.ts";
import { buildRandomHistory, dayOf } from "./random-history.ts";

const [models, checks] = [readModels(), readChecks()];
const cases = Array.from({ length: 30 }, (_, i): [number, string] => [i + 1, dayOf(i + 1)]);

describe("every figure of a random history, computed a second time without SQL", () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  const counts = createFigureCounts(readShippedSeed("figures.csv").rows.map((r) => r.figure_code!));
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    connection = await instance.connect();
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  it.each(cases)("history %i as of %s gives the same rows", async (seed, asOf) => {
    const history = buildRandomHistory(seed);
    const found = await compareOn(connection, models, checks, history, asOf);
    expect(differencesOf(found)).toEqual([]);
    counts.add(found.figures);
  });

  it("has seen a number other than 0 of every figure", () => {
    expect(counts.neverNonZero()).toEqual([]);
  });
});
