import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rebuildRun } from "../../functions/commands/rebuild.ts";
import { measureRun } from "../../functions/measure/measure-run.ts";
import type { MeasuredRun } from "../../functions/measure/measure-run.ts";
import { buildRunId, identityOf } from "../../functions/measure/run-manifest.ts";
import { publishRun } from "../../functions/publish/publish-run.ts";
import { ContractError, UsageError } from "../../functions/shared/errors.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import type { ClosedNight, RunManifest } from "../../functions/shared/ledger.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { readJson } from "../../functions/shared/read-json.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import { smallNights } from "./small-nights.ts";
import { writeNight } from "./write-night.ts";
import type { TestNight } from "./write-night.ts";

/** A later version of a course, and one that is gone. */
const correction: TestNight = {
  day: "2021-06-20",
  rows: { training_record: [
    { system: "vendor-a", teacher_no: "T00002", source_training_id: "C1", category: "online",
      credit_seconds: "54000", event_on: "2021-05-02" },
    { system: "vendor-a", teacher_no: "T00001", source_training_id: "C1", category: "",
      credit_seconds: "", event_on: "", is_passed: "", is_retraction: "true" },
  ] },
  files: [{ system: "vendor-a", export: "courses", rows_read: 1, rows_accepted: 1 }],
};

const root = mkdtempSync(join(tmpdir(), "dudao-rebuild-test-"));
const store = createFolderStore(join(root, "home"));
const engine = createDuckDbEngine();
let early: MeasuredRun;
let late: MeasuredRun;

const measure = (asOf: string) =>
  measureRun({ store, asOf, scratch: join(root, "scratch"), log: silentLog, engine });
const rebuild = (runId: string) => rebuildRun(store, runId, silentLog);

beforeAll(async () => {
  for (const night of smallNights) await writeNight(store, night);
  early = await measure("2021-06-10");
  await writeNight(store, correction);
  // The product's seed of that day is another one from now on.
  await store.put(homeKeys.seed("training_crosswalk.csv"),
    "source_system,source_training_id,training_id\nvendor-a,C1,T1\n");
  late = await measure("2021-06-20");
  await publishRun({ store, runId: late.runId, scratch: join(root, "scratch"), log: silentLog });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

/** With other bytes at a key; as before afterwards. */
async function withChanged(key: string, work: () => Promise<void>, body?: Uint8Array | string) {
  const before = (await store.get(key))!.body;
  if (body === undefined) await store.delete(key);
  else await store.put(key, body);
  try {
    await work();
  } finally {
    await store.put(key, before);
  }
}

describe("rebuild", () => {
  it("makes every mart and published table again, byte for byte", async () => {
    const found = await rebuild(late.runId);
    expect(found.marts.filter((mart) => !mart.is_same)).toEqual([]);
    expect(found.marts.map((mart) => mart.name)).toEqual(late.manifest.outputs.map((o) => o.name));
    expect(found.published_files).toBeGreaterThan(1000);
    expect([found.differing, found.is_same]).toEqual([[], true]);
  });

  it("makes a run again that was measured before a correction and under another seed", async () => {
    const found = await rebuild(early.runId);
    expect([found.is_same, found.published_files]).toEqual([true, 0]);
    const marts = (run: MeasuredRun) => run.manifest.outputs.find((o) => o.name === "mart_figure");
    expect(marts(early)?.sha256).not.toBe(marts(late)?.sha256);
  });

  it("says which published tables are not the run's", async () => {
    const changed = homeKeys.slice("510104", late.runId, "overview.arrow");
    const missing = homeKeys.slice("51", late.runId, "series.arrow");
    await withChanged(missing, () => withChanged(changed, async () => {
      expect(await rebuild(late.runId))
        .toMatchObject({ is_same: false, differing: [missing, changed] });
    }, "other"));
  });

  it("says which stored mart is not the run's", async () => {
    const key = homeKeys.run(late.runId, "mart_school.parquet");
    await withChanged(key, async () => {
      const found = await rebuild(late.runId);
      expect(found.is_same).toBe(false);
      expect(found.marts.filter((m) => !m.is_same).map((m) => m.name)).toEqual(["mart_school"]);
    }, "other");
  });

  const lake = "lake/teacher/system=registry/known_on=2021-05-01/f1.parquet";
  const course = "lake/training_record/system=vendor-a/known_on=2021-06-20/f1.parquet";
  it("names all inputs that are missing or were changed", async () => {
    await withChanged(lake, () => withChanged(course, async () => {
      const refused = rebuild(late.runId);
      await expect(refused).rejects.toBeInstanceOf(ContractError);
      await expect(refused).rejects.toThrow(`${lake}: missing in `);
      await expect(refused).rejects.toThrow(`${course}: changed: its bytes are not those`);
    }, "other"));
  });

  it("finds an object under its present name after its tokens were renewed", async () => {
    const key = homeKeys.night("2021-05-01");
    const night = (await readJson<ClosedNight>(store, key))!;
    const renewed = lake.replace("f1.parquet", "f1-renewed.parquet");
    await store.put(renewed, (await store.get(lake))!.body);
    await withChanged(lake, () => withChanged(key, async () => {
      expect((await rebuild(early.runId)).is_same).toBe(true);
    }, JSON.stringify({ ...night, objects: night.objects.map((o) => (o.key !== lake ? o
      : { ...o, key: renewed, first: { key: lake, sha256: o.sha256 } })) })));
    await store.delete(renewed);
  });

  it("tells a night that was closed anew and a ledger with other rows", async () => {
    const night = Buffer.from((await store.get(homeKeys.night("2021-06-20")))!.body).toString();
    await withChanged(homeKeys.night("2021-06-20"), async () => {
      await expect(rebuild(late.runId)).rejects.toThrow(
        `${course}: changed: its night names other bytes than the manifest`);
    }, night.replaceAll(/"sha256":"..../g, "\"sha256\":\"0000"));
    const ledger = Buffer.from((await store.get(homeKeys.ledger("2021-06-20")))!.body).toString();
    await withChanged(homeKeys.ledger("2021-06-20"), async () => {
      await expect(rebuild(late.runId)).rejects.toThrow("ledger/2021-06-20.ndjson: changed: its rows");
    }, ledger.replace('"rows_read":1', '"rows_read":2'));
  });

  it("tells a text, a point of an earlier run and a manifest that were changed", async () => {
    const seed = late.manifest.seeds.find((s) => s.name === "parameters.csv")!;
    await withChanged(homeKeys.runText(seed.sha256), async () => {
      await expect(rebuild(late.runId)).rejects.toThrow(`parameters.csv: missing: runs/texts/${seed.sha256}`);
    });
    await withChanged(homeKeys.runText(seed.sha256), async () => {
      await expect(rebuild(late.runId)).rejects.toThrow("parameters.csv: changed: runs/texts/");
    }, "area_code\n");
    await withChanged(homeKeys.run(early.runId, "mart_point.parquet"), async () => {
      await expect(rebuild(late.runId)).rejects.toThrow(`runs/${early.runId}/mart_point.parquet: changed`);
    }, "other");
    const manifest = homeKeys.run(late.runId, "manifest.json");
    const text = readFileSync(join(root, "home", manifest), "utf8");
    await withChanged(manifest, async () => {
      await expect(rebuild(late.runId)).rejects.toThrow("manifest.json: changed: what it names has the id");
    }, text.replace("parameters.csv", "parameter.csv"));
  });

  it("asks for the versions that the manifest names", async () => {
    const key = homeKeys.run(late.runId, "manifest.json");
    const manifest = (await readJson<RunManifest>(store, key))!;
    const other = { ...manifest, versions: { ...manifest.versions, engine: "duckdb v0.1.0" } };
    const runId = buildRunId(identityOf(other));
    await store.put(homeKeys.run(runId, "manifest.json"), JSON.stringify({ ...other, run_id: runId }));
    const refused = rebuild(runId);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toThrow(
      /made by engine duckdb v0\.1\.0; this is engine duckdb v\d.*rebuild it with the versions/);
  });

  it("names the stored runs where it does not know one", async () => {
    await expect(rebuild("2021-06-11-abcdef")).rejects.toThrow(
      `run: unknown: 2021-06-11-abcdef; stored: ${early.runId} `);
  });
});
