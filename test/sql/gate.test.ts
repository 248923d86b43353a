import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accepted, forbidden } from "./gate/forbidden.ts";
import { lintSql } from "./gate/lint.ts";
import { columnNameFaults } from "./gate/text-rules.ts";

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

describe("the portability gate", () => {
  it.each(forbidden)("refuses %s", async (_name, sql, rule) => {
    const faults = await lintSql(connection, sql);
    expect(faults.map((f) => f.slice(0, f.indexOf(":")))).toContain(rule);
  });
  it.each(accepted)("lets through %s", async (_name, sql) => {
    expect(await lintSql(connection, sql)).toEqual([]);
  });
  it("refuses names of columns that Athena reserves or would have to quote", () => {
    expect(columnNameFaults(["date", "end", "n", "Share", "on_date"])).toEqual([
      { rule: "reserved-name", text: "column date" },
      { rule: "reserved-name", text: "column end" },
      { rule: "lower-case", text: "column Share; accepted: lower_snake_case" },
    ]);
  });
});
