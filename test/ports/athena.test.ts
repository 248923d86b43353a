import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ContractError, EngineError } from "../../functions/shared/errors.ts";
import { parseModel } from "../../functions/shared/model-header.ts";
import { readParquet } from "../../functions/shared/read-parquet.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import type { EngineRequest, SqlEngine } from "../../functions/shared/sql-engine.ts";
import { writeNight } from "../measure/write-night.ts";
import { createDuckDbBackend } from "./athena-duckdb.ts";
import { openAthenaBed } from "./athena-bed.ts";
import type { AthenaBed } from "./athena-bed.ts";
import { AthenaQueryError } from "./athena-server.ts";
import type { AthenaServerOptions } from "./athena-server.ts";
import { describeSqlEngine } from "./sql-engine.ts";

let bed: AthenaBed;
beforeAll(async () => { bed = await openAthenaBed(createDuckDbBackend); });
afterAll(() => bed.close());

describeSqlEngine("Athena over DuckDB", () => bed.openEngine());

const sizes = parseModel("mart_size", [
  "-- mart_size: schools of the lake.", "-- grain: school_code", "-- reads: src_school, seed_size",
  "-- columns:", "--   school_code varchar: x", "--   opened_on date: x", "--   share double: x",
  "--   n bigint: x", "--   plan_year integer: x", "--   seen_at timestamp(3): x",
  "--   is_open boolean: x",
  "SELECT s.school_code, s.opened_on, CAST(z.n AS double) / CAST(nullif(7, 0) AS double) AS share,",
  "  z.n, z.plan_year, z.seen_at, CAST(NULL AS boolean) AS is_open",
  "FROM src_school AS s JOIN seed_size AS z ON z.school_code = s.school_code",
].join("\n"));
const schools = parseModel("mart_code", [
  "-- mart_code: codes.", "-- grain: school_code", "-- reads: src_school", "-- columns:",
  "--   school_code varchar: x", "SELECT s.school_code FROM src_school AS s",
].join("\n"));
const codes = Array.from({ length: 9 }, (_, i) => `510104000${i}`);
const table = {
  name: "seed_size",
  columns: [
    { name: "school_code", type: "VARCHAR", meaning: "" },
    { name: "n", type: "BIGINT", meaning: "" },
    { name: "plan_year", type: "INTEGER", meaning: "" },
    { name: "seen_at", type: "TIMESTAMP_MS", meaning: "" },
  ],
  rows: codes.map((code, i) => [
    code, i === 3 ? null : i * 1_000_000_007, 2019 + i, i === 4 ? null : `2021-05-01 08:0${i}:00`,
  ]),
} as const;

const isMartSize = (sql: string): boolean => sql.startsWith("CREATE TABLE mart_size");

describe("Athena as SqlEngine, beyond the contract", () => {
  let own: AthenaBed;
  let root: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "dudao-athena-test-"));
    own = await openAthenaBed(createDuckDbBackend);
    await writeNight(own.store("home"), {
      day: "2021-05-01",
      rows: { school: codes.map((code, i) => ({
        school_code: code, county_code: "510104", opened_on: i % 2 === 0 ? "2001-09-01" : "",
      })) },
    });
  });
  afterEach(async () => {
    await own.close();
    rmSync(root, { recursive: true });
  });
  const reopen = async (options: Partial<AthenaServerOptions>): Promise<void> => {
    await own.close();
    own = await openAthenaBed(createDuckDbBackend, options);
  };
  const key = "lake/school/system=registry/known_on=2021-05-01/f1.parquet";
  const run = (engine: SqlEngine, change: Partial<EngineRequest> = {}) => engine.run({
    asOf: "2021-06-10", runId: "2021-06-10-abc123", tables: [table], models: [sizes, schools],
    sources: new Map([["school", [{ path: `s3://home/${key}`, system: "registry" }]]]),
    keep: ["mart_size"], outDir: join(root, "athena"), ...change,
  });

  it("reads the lake where it lies and gives the embedded engine's bytes", async () => {
    const local = await own.store("home").fetchToFile(key, join(root, "fetched"));
    const { outputs } = await run(await own.openEngine());
    const embedded = await run(createDuckDbEngine(), {
      outDir: join(root, "duckdb"),
      sources: new Map([["school", [{ path: local, system: "registry" }]]]),
    });
    expect(outputs[0]!.rows).toBe(9);
    expect(readFileSync(outputs[0]!.path).equals(readFileSync(embedded.outputs[0]!.path)))
      .toBe(true);
    const rows = await readParquet(outputs[0]!.path);
    expect(rows[3]).toMatchObject({ n: null, share: null, opened_on: null, is_open: null });
    expect(rows[6]).toMatchObject({ n: 6_000_000_042, share: 6_000_000_042 / 7, plan_year: 2025,
      seen_at: "2021-05-01 08:06:00", opened_on: "2001-09-01" });
    // Nothing was copied: only the links went there.
    expect(own.athena.started.join("\n")).toContain("SymlinkTextInputFormat");
  });

  it("leaves nothing behind, neither databases nor objects nor local files", async () => {
    const { outputs } = await run(await own.openEngine());
    expect(own.s3.keys("work")).toEqual([]);
    expect(own.s3.keys("results")).toEqual([]);
    expect(readdirSync(join(root, "athena"))).toEqual(["mart_size.parquet"]);
    expect(own.athena.started.at(-1)).toMatch(/^DROP DATABASE IF EXISTS `dudao_2021_06_10_abc123_/);
    expect(existsSync(outputs[0]!.path)).toBe(true);
  });

  it("names no place where the workgroup has one of its own", async () => {
    await own.close();
    own = await openAthenaBed(createDuckDbBackend, { enforcedOutput: "s3://results/group/" });
    const { outputs } = await run(await own.openEngine(), { sources: new Map() });
    expect(outputs[0]!.rows).toBe(0);
    expect(own.athena.started.join("\n")).not.toContain("external_location");
    expect(own.s3.keys("results").every((k) => k.startsWith("group/tables/"))).toBe(true);
  });

  it("says what each query read and what of it is billed", async () => {
    const { queries = [] } = await run(await own.openEngine());
    const of = (name: string) => queries.filter((q) => q.relation === name);
    const size = of("mart_size")[0]!;
    expect(size.scanned_bytes).toBeGreaterThan(0);
    expect(size.billed_bytes).toBe(10 * 1024 * 1024);
    expect(size.query_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(of("src_school").map((q) => q.billed_bytes)).toEqual([0]);
    expect(queries.map((q) => q.relation).toSorted()).toEqual([
      "columns", "counts", "lake_school", "mart_code", "mart_size", "seed_size", "src_school",
      "write mart_size",
    ]);
  });

  it("comes again while the service is busy or out of order", async () => {
    const engine = await own.openEngine();
    own.athena.failNext("StartQueryExecution", "TooManyRequestsException", 5);
    own.athena.failNext("GetQueryExecution", "ThrottlingException", 4);
    own.athena.failNext("GetQueryResults", "InternalServerException", 3);
    expect((await run(engine)).outputs[0]!.rows).toBe(9);
  });

  it("gives up after some minutes and says so", async () => {
    const waits: number[] = [];
    const engine = await own.openEngine({ sleep: async (ms) => { waits.push(ms); } });
    own.athena.failNext("StartQueryExecution", "TooManyRequestsException", 99);
    await expect(run(engine)).rejects.toThrow(/^athena: create database .*TooManyReq/);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(120_000);
    expect(Math.max(...waits)).toBe(20_000);
  });

  it("does not run a statement twice when the answer to its start was lost", async () => {
    const engine = await own.openEngine();
    for (let i = 0; i < 3; i++) own.athena.loseNext("StartQueryExecution");
    expect((await run(engine)).outputs[0]!.rows).toBe(9);
    expect(new Set(own.athena.started).size).toBe(own.athena.started.length);
  });

  it("runs a query again that failed by no fault of its own, into another folder", async () => {
    own.athena.endNext(/^CREATE TABLE mart_size/, new AthenaQueryError(
      "GENERIC_INTERNAL_ERROR: node lost", 1, true));
    expect((await run(await own.openEngine())).outputs[0]!.rows).toBe(9);
    const places = own.athena.started.filter((sql) => sql.startsWith("CREATE TABLE mart_size"))
      .map((sql) => /external_location = '([^']+)'/.exec(sql)?.[1]);
    expect(places).toHaveLength(2);
    expect(new Set(places).size).toBe(2);
  });

  it("stops what is under way when it is told to, and cleans up", async () => {
    const stop = new AbortController();
    own.athena.endNext(/^CREATE TABLE mart_size/);
    const engine = await own.openEngine({
      signal: stop.signal,
      sleep: async () => {
        await new Promise((resolve) => { setImmediate(resolve); });
        if (own.athena.started.some(isMartSize)) stop.abort();
      },
    });
    await expect(run(engine)).rejects.toThrow(/^athena: .*: stopped$/);
    expect(own.athena.stopped.some(isMartSize)).toBe(true);
    expect(own.athena.started.at(-1)).toMatch(/^DROP DATABASE/);
    expect(own.s3.keys("work")).toEqual([]);
  });

  it("stops the other queries of a run in which one fails", async () => {
    own.athena.endNext(/^CREATE TABLE mart_size/);
    own.athena.endNext(/^CREATE TABLE mart_code/,
      new AthenaQueryError("DIVISION_BY_ZERO: Division by zero"));
    const failure = run(await own.openEngine());
    await expect(failure).rejects.toThrow("mart_code.sql: invalid: DIVISION_BY_ZERO");
    await expect(failure).rejects.toBeInstanceOf(ContractError);
    expect(own.athena.stopped).toHaveLength(1);
  });

  it("explains the scan limit of the workgroup", async () => {
    await reopen({ scanCutoffBytes: 100 });
    const local = await localSchool();
    const failure = run(await own.openEngine(),
      { sources: new Map([["school", [{ path: local, system: "registry" }]]]) });
    await expect(failure).rejects.toThrow(
      /more bytes scanned than the workgroup allows.*BytesScannedCutoffPerQuery of dudao/);
    await expect(failure).rejects.toBeInstanceOf(EngineError);
  });
  async function localSchool(): Promise<string> {
    await writeNight(own.store("home"), {
      day: "2021-05-01", rows: { school: [{ school_code: codes[0]!, county_code: "510104" }] },
    });
    return own.store("home").fetchToFile(key, join(root, "again"));
  }

  it.each([
    ["a bucket that is not there", "NoSuchBucket: no such bucket", "a bucket is missing"],
    ["a missing permission", "Access Denied (Service: Amazon S3)", "no permission"],
  ])("says in one sentence what to do about %s", async (_name, reason, said) => {
    own.athena.endNext(/^CREATE TABLE mart_size/, new AthenaQueryError(reason));
    const failure = run(await own.openEngine());
    await expect(failure).rejects.toThrow(said);
    await expect(failure).rejects.toBeInstanceOf(EngineError);
  });

  it("refuses a workgroup that is missing, off or of an older engine", async () => {
    await expect(own.openEngine({ workgroup: "other" })).rejects
      .toThrow("athena: missing workgroup: other");
    own.athena.failNext("GetWorkGroup", "ExpiredTokenException");
    await expect(own.openEngine()).rejects.toThrow("log in again");
    await reopen({ state: "DISABLED" });
    await expect(own.openEngine()).rejects.toThrow("workgroup: disabled: dudao");
    await reopen({ engineVersion: "Athena engine version 2" });
    await expect(own.openEngine()).rejects.toThrow("accepted: Athena engine version 3");
  });

  it("refuses an output that is not in S3 and a database that needs quotes", async () => {
    const store = { ...own.store("work"), name: "/some/folder" };
    await expect(own.openEngine({ work: store })).rejects.toThrow("accepted: s3://bucket/prefix");
    await expect(own.openEngine({ database: "Dudao-1" })).rejects.toThrow("database: invalid");
  });

  it("knows its engine and the version that writes the files", async () => {
    expect((await own.openEngine()).name).toMatch(/^athena v3, duckdb v1\./);
  });
});
