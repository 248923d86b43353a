import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../functions/cli.ts";
import type { CommandIo } from "../../functions/commands/command.ts";
import { measureRun } from "../../functions/measure/measure-run.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import type { RunManifest } from "../../functions/shared/ledger.ts";
import { silentLog } from "../../functions/shared/log.ts";
import type { QueryLedger } from "../../functions/shared/query-price.ts";
import { readJson } from "../../functions/shared/read-json.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import { openAthenaBed } from "../ports/athena-bed.ts";
import type { AthenaBed } from "../ports/athena-bed.ts";
import { createDuckDbBackend } from "../ports/athena-duckdb.ts";

const scratch = mkdtempSync(join(tmpdir(), "dudao-athena-night-"));
const address = "s3://home/province";
const day = "2020-07-15";
const before = { ...process.env };
let bed: AthenaBed;
beforeAll(async () => {
  bed = await openAthenaBed(createDuckDbBackend);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: bed.s3.endpoint, AWS_ENDPOINT_URL_ATHENA: bed.athena.endpoint,
    AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
  });
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await bed.close();
  rmSync(scratch, { recursive: true, force: true });
});

async function dudao(...args: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const io: CommandIo = {
    out: (line) => void lines.push(line), err: (line) => void errors.push(line), isTerminal: false,
    env: process.env, now: () => new Date("2021-12-21T02:00:00Z"),
    interrupted: () => new Promise(() => undefined),
  };
  const code = await main(args, io);
  return { code, lines, errors: errors.filter((e) => e.startsWith("dudao:")) };
}

describe("a night with --engine athena", () => {
  it("stores the marts that DuckDB gives, byte for byte, and what its queries cost", async () => {
    const made = await dudao("simulate", "--home", address, "--scale", "0.0003",
      "--until", "2020-07-29");
    expect([made.code, made.errors]).toEqual([0, []]);
    const night = await dudao("nightly", "--home", address, "--date", day, "--json",
      "--engine", "athena", "--workgroup", "dudao", "--athena-output", "s3://work/athena");
    expect([night.code, night.errors]).toEqual([0, []]);

    const store = bed.store("home", "province");
    const { runId } = JSON.parse(night.lines[0]!) as { runId: string };
    const byAthena = (await readJson<RunManifest>(store, homeKeys.run(runId, "manifest.json")))!;
    expect(byAthena.versions.engine).toMatch(/^athena v3, duckdb /);
    const { manifest: byDuckDb } = await measureRun({
      store, asOf: day, scratch, log: silentLog, engine: createDuckDbEngine(),
    });
    expect(byDuckDb.run_id).not.toBe(runId);
    expect(byAthena.outputs).toEqual(byDuckDb.outputs);
    expect(byAthena.outputs.map((o) => o.name)).toContain("mart_series");
    expect(byAthena.outputs.find((o) => o.name === "mart_figure")!.rows).toBeGreaterThan(100);

    const ledger = (await readJson<QueryLedger>(store, homeKeys.run(runId, "queries.json")))!;
    const models = ledger.queries.filter((q) => q.relation === "mart_figure");
    expect(models.length).toBe(2);
    expect(ledger.price).toMatchObject({ currency: "USD", seen_on: "2026-11-24" });
    expect(ledger.price!.amount)
      .toBeCloseTo(ledger.queries.reduce((sum, q) => sum + q.price!, 0), 3);
    expect(bed.s3.keys("work")).toEqual([]);
  }, 600_000);

  it("says what is missing or wrong before anything runs", async () => {
    const home = ["--home", address, "--date", day];
    const missing = await dudao("nightly", ...home, "--engine", "athena");
    expect([missing.code, missing.errors[0]]).toEqual([2, "dudao: engine athena: missing " +
      "workgroup: give --workgroup, or write athena.workgroup into home.json; accepted: letters, " +
      "digits, . _ -"]);
    const unknown = await dudao("nightly", ...home, "--engine", "spark");
    expect([unknown.code, unknown.errors[0]])
      .toEqual([2, "dudao: --engine: invalid: spark; accepted: duckdb, athena"]);
    const other = await dudao("nightly", ...home, "--engine", "athena", "--workgroup", "other",
      "--athena-output", "s3://work/athena");
    expect([other.code, other.errors[0]]).toEqual([1, "dudao: EngineError: athena: missing " +
      "workgroup: other; it must exist in the region of the session"]);
  });
});
