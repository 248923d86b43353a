import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModels } from "../../../functions/measure/read-models.ts";
import { compareOn, differencesOf } from "./compare.ts";
import { buildRandomHistory, dayOf } from "./random-history.ts";

const models = readModels();
const cases = Array.from({ length: 30 }, (_, i): [number, string] => [i + 1, dayOf(i + 1)]);

describe("every figure of a random history, computed a second time without SQL", () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    connection = await instance.connect();
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  it.each(cases)("history %i as of %s gives the same rows", async (seed, asOf) => {
    const found = await compareOn(connection, models, buildRandomHistory(seed), asOf);
    expect(differencesOf(found)).toEqual([]);
  });
});
