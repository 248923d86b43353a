import { createHash } from "node:crypto";
import {
  mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseModel } from "../../functions/shared/model-header.ts";
import { readParquet } from "../../functions/shared/read-parquet.ts";
import { requireRelation } from "../../functions/shared/relations.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import { openDuckDb } from "../../functions/shared/sql-engine-duckdb-open.ts";
import type { OpenDuckDb } from "../../functions/shared/sql-engine-duckdb-open.ts";
import type { EngineRequest, Model } from "../../functions/shared/sql-engine.ts";
import { describeSqlEngine } from "./sql-engine.ts";

describeSqlEngine("DuckDB", () => createDuckDbEngine());
describeSqlEngine("DuckDB that saves memory", () =>
  createDuckDbEngine({ threads: 1, largeBytes: 0 }));

describe("DuckDB on several threads", () => {
  const root = mkdtempSync(join(tmpdir(), "dudao-threads-"));
  afterAll(() => rmSync(root, { recursive: true }));

  it("writes the same bytes as on one, from many rows in several files", async () => {
    const relation = requireRelation("training_record");
    const files = await Promise.all([0, 1].map(async (place) => {
      const path = join(root, `f${place}.parquet`);
      const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
      const connection = await instance.connect();
      const cells: Readonly<Record<string, string>> = {
        system: place === 0 ? "'lrs'" : "'ntms'", known_on: "DATE '2021-06-01'",
        export_seq: "i", record_id: "md5(CAST(i % 90000 AS varchar))", credit_seconds: "i % 7",
      };
      const list = relation.columns.map((c) =>
        `CAST(${cells[c.name] ?? "NULL"} AS ${c.type}) AS ${c.name}`);
      await connection.run(`COPY (SELECT ${list.join(", ")} FROM range(100000) AS r (i)) ` +
        `TO '${path}' (FORMAT parquet)`);
      connection.closeSync();
      instance.closeSync();
      return { path, system: place === 0 ? "lrs" : "ntms" };
    }));
    // So many bytes that the engine does use its threads.
    expect(statSync(files[0]!.path).size).toBeGreaterThan(1024 * 1024);
    const model = parseModel("mart_version", [
      "-- mart_version: versions of records.", "-- grain: system, export_seq",
      "-- reads: src_training_record", "-- columns:", "--   system varchar: x",
      "--   export_seq bigint: x", "--   record_id varchar: x", "--   version_rank bigint: x",
      "SELECT t.system, t.export_seq, t.record_id, row_number() OVER (",
      "  PARTITION BY t.record_id ORDER BY t.credit_seconds, t.export_seq, t.system",
      ") AS version_rank FROM src_training_record AS t",
    ].join("\n"));
    const hashes = await Promise.all([1, 2, 4].map(async (threads) => {
      // What saves memory has one statement at a time, on all threads.
      const { outputs } = await createDuckDbEngine({ threads, largeBytes: 0 }).run({
        asOf: "2021-06-10", runId: "r", sources: new Map([["training_record", files]]),
        tables: [], models: [model], keep: [model.name], outDir: join(root, `out${threads}`),
      });
      expect(outputs[0]!.rows).toBe(200_000);
      return createHash("sha256").update(readFileSync(outputs[0]!.path)).digest("hex");
    }));
    expect(new Set(hashes).size).toBe(1);
  });
});

describe("DuckDB in lanes", () => {
  const root = mkdtempSync(join(tmpdir(), "dudao-lanes-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const ask = (models: readonly Model[], outDir: string): EngineRequest => ({
    asOf: "2021-06-10", runId: "r", sources: new Map(), tables: [], models,
    keep: models.filter((m) => m.name.startsWith("mart_")).map((m) => m.name),
    outDir: join(root, outDir),
  });
  const modelOf = (name: string, reads: string, sql: string): Model => parseModel(name, [
    `-- ${name}: numbers.`, "-- grain: n", `-- reads: ${reads}`, "-- columns:",
    "--   n bigint: x", sql,
  ].join("\n"));
  const first = modelOf("int_first", "run_context",
    "SELECT CAST(length(rc.run_id) AS bigint) AS n FROM run_context AS rc");
  const doubled = (name: string, read: string): Model =>
    modelOf(name, read, `SELECT r.n * 2 AS n FROM ${read} AS r`);

  it.each([1, 2, 5])("runs every model after those it reads, over %i lanes", async (threads) => {
    // Two chains that meet in one model: of each pair any may be over first.
    const chains = ["a", "b"].map((c) => Array.from({ length: 12 }, (_, i) =>
      doubled(`int_${c}${i}`, i === 0 ? "int_first" : `int_${c}${i - 1}`)));
    const models = [
      modelOf("mart_sum", "int_a11, int_b11",
        "SELECT a.n + b.n AS n FROM int_a11 AS a CROSS JOIN int_b11 AS b"),
      ...chains.flat(), first,
    ];
    const { outputs, seconds } = await createDuckDbEngine({ threads })
      .run(ask(models, `chains-${threads}`));
    expect(await readParquet(outputs[0]!.path)).toEqual([{ n: 2 ** 13 }]);
    expect(Object.keys(seconds).sort()).toEqual(["sources", ...models.map((m) => m.name)].sort());
  });

  it("begins no further model when one fails", async () => {
    const models = [
      first, modelOf("int_broken", "int_first", "SELECT CAST('x' AS bigint) AS n FROM int_first AS f"),
      doubled("mart_after", "int_broken"),
    ];
    await expect(createDuckDbEngine({ threads: 2 }).run(ask(models, "broken")))
      .rejects.toThrow("int_broken.sql: invalid: Conversion Error");
    expect(readdirSync(join(root, "broken"))).toEqual([]);
  });
});

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

  it("may spill most of what the disk has free, and not all of it", async () => {
    const [[text] = []] = (await db.connection.runAndReadAll(
      "SELECT current_setting('max_temp_directory_size')")).getRows();
    const [, number = "", unit = ""] = /^([\d.]+) ([KMGT]iB)$/.exec(String(text)) ?? [];
    const limit = Number(number) * 1024 ** (1 + ["KiB", "MiB", "GiB", "TiB"].indexOf(unit));
    const { bavail, bsize } = statfsSync(join(root, "tmp"));
    // Others write to the disk meanwhile.
    expect(limit / (bavail * bsize)).toBeGreaterThan(0.6);
    expect(limit / (bavail * bsize)).toBeLessThan(0.95);
  });

  it("counts days in Asia/Shanghai", async () => {
    const reader = await db.connection.runAndReadAll("SELECT current_setting('TimeZone')");
    expect(reader.getRows()).toEqual([["Asia/Shanghai"]]);
  });
});
