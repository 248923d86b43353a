import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { beforeMart, measureRun, runMarts } from "../../functions/measure/measure-run.ts";
import { planMeasure } from "../../functions/measure/plan-measure.ts";
import { ContractError, NotPublishedError } from "../../functions/shared/errors.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import type { RunManifest } from "../../functions/shared/ledger.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { readJson } from "../../functions/shared/read-json.ts";
import { readParquet } from "../../functions/shared/read-parquet.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import type { EngineRequest, SqlEngine } from "../../functions/shared/sql-engine.ts";
import { smallNights } from "./small-nights.ts";
import { writeNight } from "./write-night.ts";

const asOf = "2021-06-10";
const duckDb = createDuckDbEngine();
const asked: EngineRequest[] = [];
/** Notes what is asked of it. */
const engine: SqlEngine = {
  name: duckDb.name,
  run: (request) => { asked.push(request); return duckDb.run(request); },
};

const roots: string[] = [];
async function makeHome(nights = smallNights) {
  const root = mkdtempSync(join(tmpdir(), "dudao-measure-"));
  roots.push(root);
  const home = join(root, "home");
  const store = createFolderStore(home);
  for (const night of nights) await writeNight(store, night);
  const scratch = join(root, "scratch");
  return {
    home, store, scratch,
    measure: (day = asOf, by = engine) =>
      measureRun({ store, asOf: day, scratch, log: silentLog, engine: by }),
    runOf: async (day: string) =>
      (await planMeasure(store, engine, day)).runOf(day, [...runMarts, beforeMart]),
    mart: (runId: string, name: string) =>
      readParquet(join(home, homeKeys.run(runId, `${name}.parquet`))),
  };
}
beforeEach(() => { asked.length = 0; });
afterAll(() => { for (const root of roots) rmSync(root, { recursive: true }); });

describe("measureRun", () => {
  let home: Awaited<ReturnType<typeof makeHome>>;
  let runId: string;
  beforeAll(async () => {
    home = await makeHome();
    runId = (await home.measure()).runId;
  });

  const county = async (name: string, figure: string) => {
    const rows = await home.mart(runId, name);
    const row = rows.find((r) => r.area_code === "510104" && r.figure_code === figure &&
      r.segment_code === "all");
    return row && [row.n, row.d, row.share];
  };

  it("stores the figures of the day and of 28 days before", async () => {
    expect(await county("mart_figure", "H1")).toEqual([2, 3, 2 / 3]);
    expect(await county("mart_figure", "H2")).toEqual([1, 3, 1 / 3]);
    expect(await county("mart_figure", "H3")).toEqual([162_000, 405_000, 0.4]);
    expect(await county("mart_figure_before", "H1")).toEqual([0, 3, null]);
  });

  it("writes a manifest that names inputs, contracts, seeds, models and outputs", async () => {
    const manifest = await readJson<RunManifest>(home.store, homeKeys.run(runId, "manifest.json"));
    expect(manifest?.run_id).toBe(runId);
    expect(runId).toMatch(/^2021-06-10-[0-9a-f]{6}$/);
    expect(manifest?.inputs.map((i) => i.key)).toEqual([
      "lake/school/system=registry/known_on=2021-05-01/f1.parquet",
      "lake/teacher/system=registry/known_on=2021-05-01/f1.parquet",
      "lake/training_record/system=practice/known_on=2021-06-01/f1.parquet",
      "lake/training_record/system=vendor-a/known_on=2021-06-01/f1.parquet",
      "lake/training_record/system=vendor-a/known_on=2021-06-10/f1.parquet",
      "ledger/2021-05-01.ndjson", "ledger/2021-06-01.ndjson", "ledger/2021-06-10.ndjson",
    ]);
    expect(manifest?.contracts).toHaveLength(20);
    expect(manifest?.seeds.map((s) => s.name)).toContain("parameters.csv");
    expect(manifest?.models.map((m) => m.name)).toContain("check_figure_share");
    expect(manifest?.outputs.map((o) => o.name)).toEqual([
      "int_unmatched", "mart_figure", "mart_figure_before", "mart_finding", "mart_point",
      "mart_school", "mart_series", "mart_system",
    ]);
    expect(JSON.stringify(manifest)).not.toContain(home.home);
    expect(await readJson(home.store, homeKeys.runOfDay(asOf))).toEqual({
      run_id: runId,
      point_sha256: manifest?.outputs.find((o) => o.name === "mart_point")?.sha256,
    });
  });

  it("computes nothing when the same inputs were measured before", async () => {
    const again = await home.measure();
    expect([again.runId, again.isKnown, asked.length]).toEqual([runId, true, 0]);
  });

  it("gives the same run id and bytes in another home, on one thread, saving memory", async () => {
    const other = await makeHome();
    const run = await other.measure(asOf, createDuckDbEngine({ threads: 1, largeBytes: 0 }));
    expect(run.runId).toBe(runId);
    for (const file of readdirSync(join(home.home, "runs", runId))) {
      const bytes = readFileSync(join(home.home, "runs", runId, file));
      expect(bytes.equals(readFileSync(join(other.home, "runs", runId, file))), file).toBe(true);
    }
  });

  it("leaves nothing behind in its scratch folder", () => {
    expect(readdirSync(home.scratch)).toEqual([]);
  });

  it("reads 28 days before from the stored run of that day", async () => {
    const other = await makeHome();
    const before = await other.measure("2021-05-13");
    const second = await other.measure();
    expect(asked.map((r) => [r.asOf, r.earlier?.asOf, r.earlier?.keep]))
      .toEqual([
        ["2021-05-13", "2021-04-15", ["mart_figure"]], ["2021-06-10", undefined, undefined],
      ]);
    expect(await other.mart(second.runId, "mart_figure_before"))
      .toEqual(await other.mart(before.runId, "mart_figure"));
    expect(await other.mart(second.runId, "mart_figure_before"))
      .toEqual(await home.mart(runId, "mart_figure_before"));
  });
});

describe("the series as known then", () => {
  const pointsOf = async (home: Awaited<ReturnType<typeof makeHome>>, runId: string) =>
    (await home.mart(runId, "mart_series"))
      .filter((r) => r.area_code === "510104" && r.figure_code === "H3" &&
        r.reading === "known_then").map((r) => [r.on_date, r.n, r.d]);

  it("is what the stored run of each day said; the manifest names those runs", async () => {
    const home = await makeHome();
    const first = await home.measure("2021-06-01");
    const second = await home.measure();
    expect(second.manifest.runs).toEqual([{
      run_id: first.runId,
      sha256: first.manifest.outputs.find((o) => o.name === "mart_point")?.sha256,
    }]);
    expect(await pointsOf(home, second.runId))
      .toEqual([["2021-06-01", 135_000, 405_000], ["2021-06-10", 162_000, 405_000]]);
  });

  it("is another run when a run of an earlier day is stored later, with the same figures", async () => {
    const home = await makeHome();
    const alone = await home.measure();
    expect(await pointsOf(home, alone.runId)).toEqual([["2021-06-10", 162_000, 405_000]]);
    await home.measure("2021-06-01");
    const after = await home.measure();
    expect(after.runId).not.toBe(alone.runId);
    expect(await home.mart(after.runId, "mart_figure"))
      .toEqual(await home.mart(alone.runId, "mart_figure"));
    expect(await pointsOf(home, after.runId)).toHaveLength(2);
  });

  it("takes the points of a brief run, which a full run of the same day stands beside", async () => {
    const home = await makeHome();
    const brief = await measureRun({ store: home.store, asOf: "2021-06-01", scratch: home.scratch,
      log: silentLog, engine, isBrief: true });
    expect(brief.manifest.outputs.map((o) => o.name))
      .toEqual(["int_unmatched", "mart_figure", "mart_finding", "mart_point"]);
    const second = await home.measure();
    expect(second.manifest.runs.map((r) => r.run_id)).toEqual([brief.runId]);
    const full = await home.measure("2021-06-01");
    expect(full.runId).not.toBe(brief.runId);
    expect(await home.mart(full.runId, "mart_point")).toEqual(await home.mart(brief.runId, "mart_point"));
  });

  it("refuses points that are not as they were stored", async () => {
    const home = await makeHome();
    const { runId } = await home.measure("2021-06-01");
    const key = homeKeys.run(runId, "mart_point.parquet");
    const { body } = (await home.store.get(key))!;
    await home.store.put(key, body.slice(0, -1));
    await expect(home.measure()).rejects.toThrow(`${key}: changed: SHA-256 `);
  });
});

describe("what decides a run", () => {
  it("gives a day its figures without what was known later", async () => {
    const [early, late] = [await makeHome(smallNights.slice(0, 2)), await makeHome()];
    expect(await early.runOf("2021-06-09")).toEqual(await late.runOf("2021-06-09"));
    expect((await early.runOf(asOf)).runId).not.toBe((await late.runOf(asOf)).runId);
  });

  it("is another run when a night or a seed changes, not when the machine was slower", async () => {
    const { store, runOf } = await makeHome();
    const idOf = async () => (await runOf(asOf)).runId;
    const first = await idOf();
    const key = homeKeys.ledger("2021-06-10");
    const ledger = Buffer.from((await store.get(key))!.body).toString("utf8");
    await store.put(key, ledger.replaceAll('"seconds":0.1', '"seconds":7.5'));
    expect(await idOf()).toBe(first);
    await store.put(key, ledger.replace('"rows_read":2,"rows_accepted":2',
      '"rows_read":3,"rows_accepted":3'));
    const second = await idOf();
    expect(second).not.toBe(first);
    await store.put(homeKeys.seed("states.csv"),
      `${readFileSync("sql/seeds/states.csv", "utf8")}new_state,新,new\n`);
    expect([first, second]).not.toContain(await idOf());
  });

  it("takes a parameter of the home from its day on", async () => {
    const { store, measure, mart } = await makeHome();
    const shipped = readFileSync("sql/seeds/parameters.csv", "utf8");
    const city = ["required_online_seconds,2021-01-01,27000",
      "required_practice_seconds,2021-01-01,81000",
      "mix_evidence_seconds,2021-01-01,40500", "mix_research_seconds,2021-01-01,27000",
      "mix_recording_seconds,2021-01-01,13500"];
    await store.put(homeKeys.seed("parameters.csv"),
      shipped + city.map((line) => `5101,${line},,\n`).join(""));
    const { runId } = await measure();
    const row = (await mart(runId, "mart_figure"))
      .find((r) => r.area_code === "510104" && r.figure_code === "H3" && r.segment_code === "all");
    expect([row?.n, row?.d]).toEqual([27_000 + 81_000 + 27_000, 3 * 108_000]);
  });
});

describe("a run that must not be published", () => {
  it("names the file whose rows do not balance and stores nothing", async () => {
    const { store, measure } = await makeHome([...smallNights.slice(0, 2), {
      ...smallNights[2]!,
      files: [{ system: "vendor-a", file_name: "courses.xlsx", rows_read: 1000, rows_accepted: 969,
        rows_rejected: 18, rows_duplicate: 12 }],
    }]);
    const refused = measure();
    await expect(refused).rejects.toBeInstanceOf(NotPublishedError);
    await expect(refused).rejects.toThrow(/check_file_balance: 1 fault.*courses\.xlsx.*dudao files/s);
    expect(await store.list(homeKeys.runPrefix)).toEqual([]);
  });

  it("stops at a broken seed before anything is computed", async () => {
    const { store, measure } = await makeHome();
    await store.put(homeKeys.seed("system_priority.csv"), "system,priority\npractice,first\n");
    const refused = measure();
    await expect(refused).rejects.toBeInstanceOf(ContractError);
    await expect(refused).rejects.toThrow(
      "seeds/system_priority.csv line 2: invalid priority: first; accepted: a whole number");
    expect(asked).toEqual([]);
  });

  it("stops at an object that does not lie where lake objects lie", async () => {
    const { store, measure } = await makeHome();
    await store.put(homeKeys.night("2021-06-05"), JSON.stringify(
      { day: "2021-06-05", objects: [{ key: "lake/x.parquet", sha256: "", rows: 1 }], files: 0 }));
    await expect(measure()).rejects.toThrow("nights: invalid object key: lake/x.parquet");
  });

  it("refuses a run whose id is taken by other inputs", async () => {
    const { store, measure, runOf } = await makeHome();
    const { runId, identity } = await runOf(asOf);
    await store.put(homeKeys.run(runId, "manifest.json"),
      JSON.stringify({ run_id: runId, ...identity, inputs: [], outputs: [] }));
    await expect(measure()).rejects.toThrow(`run: duplicate id: ${runId}`);
  });
});
