import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readChecks, readModels } from "../../functions/measure/read-models.ts";
import { createSmallTable } from "../../functions/shared/sql-engine-duckdb-load.ts";
import { sourceRelations, tableNames } from "../../functions/shared/sql-engine-duckdb.ts";
import { orderModels } from "../../functions/shared/sql-engine-order.ts";
import { sharedTables } from "./cases/case-inputs.ts";
import { lintSql } from "./gate/lint.ts";
import { columnNameFaults } from "./gate/text-rules.ts";

const models = [...readModels(), ...readChecks()];
const portableTypes = /^(BIGINT|INTEGER|DOUBLE|VARCHAR|BOOLEAN|DATE|TIMESTAMP_MS)$/;

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

describe("portable subset", () => {
  it.each(models.map((m) => [m.name, m.sql]))("%s is written in it", async (_name, sql) => {
    expect(await lintSql(connection, sql)).toEqual([]);
  });
  it.each(models.map((m) => [m.name, m]))("%s names its columns in it", (_name, model) => {
    expect(columnNameFaults(model.columns.map((c) => c.name))).toEqual([]);
  });
});

describe("header against engine", () => {
  it("gives every relation the columns and portable types that its header states", async () => {
    const sources = sourceRelations.map((r) =>
      ({ name: `src_${r.name}`, columns: r.columns, rows: [] }));
    const given = [...sharedTables.map((t) => ({ ...t, rows: [] })), ...sources];
    for (const table of given) await createSmallTable(connection, table);
    await connection.run("CREATE TABLE run_context (as_of_date date, run_id varchar)");
    const names = new Set(["run_context", ...given.map((t) => t.name)]);
    const order = orderModels(models, names, (m) => tableNames(connection, m));
    for (const model of order) {
      await connection.run(`CREATE TABLE ${model.name} AS (\n${model.sql}\n)`);
      const rows = (await connection.runAndReadAll(`DESCRIBE ${model.name}`)).getRowsJson();
      expect(rows.map((r) => `${r[0]} ${r[1]}`), model.name)
        .toEqual(model.columns.map((c) => `${c.name} ${c.type}`));
      for (const row of rows) expect(row[1], `${model.name}.${row[0]}`).toMatch(portableTypes);
    }
    expect(order.length).toBe(models.length);
  });
});
