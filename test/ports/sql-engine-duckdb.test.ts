import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import { openDuckDb } from "../../functions/shared/sql-engine-duckdb-open.ts";
import type { OpenDuckDb } from "../../functions/shared/sql-engine-duckdb-open.ts";
import { describeSqlEngine } from "./sql-engine.ts";

describeSqlEngine("DuckDB", () => createDuckDbEngine());
describeSqlEngine("DuckDB that saves memory", () =>
  createDuckDbEngine({ threads: 1, largeBytes: 0 }));

describe("an open DuckDB", () => {
  const root = mkdtempSync(join(tmpdir(), "dudao-lock-"));
  let db: OpenDuckDb;
  beforeAll(async () => {
    mkdirSync(join(root, "in"));
    writeFileSync(join(root, "in", "a.csv"), "x\n1\n");
    writeFileSync(join(root, "secret.csv"), "x\n2\n");
    symlinkSync(join(root, "secret.csv"), join(root, "in", "link.csv"));
    db = await openDuckDb({
      threads: 1, memoryLimit: "256MB", tempDir: join(root, "tmp"), allowed: [join(root, "in")],
    });
  });
  afterAll(() => {
    db.close();
    rmSync(root, { recursive: true });
  });

  it("reads inside its folders", async () => {
    const reader = await db.connection.runAndReadAll(`SELECT x FROM '${join(root, "in", "a.csv")}'`);
    expect(reader.getRows()).toEqual([[1n]]);
  });

  it.each([
    ["a file outside", () => `SELECT x FROM '${join(root, "secret.csv")}'`],
    ["the way up", () => `SELECT x FROM '${join(root, "in", "..", "secret.csv")}'`],
    ["a link that leads out", () => `SELECT x FROM '${join(root, "in", "link.csv")}'`],
    ["writing outside", () => `COPY (SELECT 1) TO '${join(root, "out.csv")}'`],
    ["the network", () => "SELECT x FROM 'https://dudao.example/a.csv'"],
    ["attaching another database", () => `ATTACH '${join(root, "x.db")}'`],
    ["installing an extension", () => "INSTALL httpfs"],
    ["loading an extension", () => "LOAD httpfs"],
    ["changing a setting", () => "SET memory_limit = '8GB'"],
    ["opening the lock", () => "SET lock_configuration = false"],
  ])("refuses %s", async (_name, sql) => {
    await expect(db.connection.run(sql())).rejects.toThrow();
  });

  it("counts days in Asia/Shanghai", async () => {
    const reader = await db.connection.runAndReadAll("SELECT current_setting('TimeZone')");
    expect(reader.getRows()).toEqual([["Asia/Shanghai"]]);
  });
});
