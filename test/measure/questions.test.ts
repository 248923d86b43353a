import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Tokens } from "../../functions/ingest/judge/tokens.ts";
import { explainTeacher } from "../../functions/measure/explain-teacher.ts";
import { listUnmatched } from "../../functions/measure/list-unmatched.ts";
import { measureRun } from "../../functions/measure/measure-run.ts";
import { readFigures } from "../../functions/measure/read-figures.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import { smallNights } from "./small-nights.ts";
import { writeNight } from "./write-night.ts";

const root = mkdtempSync(join(tmpdir(), "dudao-questions-"));
const store = createFolderStore(join(root, "home"));
const key = "5d".repeat(32);
// area code 000000: nobody's; check digits by GB 11643
const number18 = "00000019900101000X";
const number15 = "000000900101000";
const asOf = "2021-06-10";

beforeAll(async () => {
  const tokens = new Tokens(Buffer.from(key, "hex"));
  const [roll, ...later] = smallNights;
  const teachers = roll!.rows.teacher!.map((row) => row.teacher_no === "T00001"
    ? { ...row, person_token: tokens.token("id_number", number18) }
    : row.teacher_no === "T00002"
      ? { ...row, person_token: tokens.token("id_number", "000000199001010018") } : row);
  for (const night of [{ ...roll!, rows: { ...roll!.rows, teacher: teachers } }, ...later]) {
    await writeNight(store, night);
  }
  await store.put(homeKeys.tokenKey, `${key}\n`, { mode: 0o600 });
});
afterAll(() => rmSync(root, { recursive: true }));

describe("readFigures", () => {
  const h3 = {
    area_code: "510104", area_level: "county", segment_code: "all", figure_code: "H3",
    n: 162_000, d: 405_000, share: 0.4, target: null, state_code: null, on_date: null,
  };
  const ask = (day = asOf) => readFigures({ store, asOf: day, area: "510104", figure: "H3" });
  const all = (rows: Awaited<ReturnType<typeof ask>>) =>
    rows.filter((row) => row.segment_code === "all");

  it("computes a day that has no stored run, with run_id null, and stores nothing", async () => {
    expect(all(await ask())).toEqual([{ ...h3, run_id: null }]);
    expect(Object.keys((await ask())[0]!)).toEqual([...Object.keys(h3), "run_id"]);
    expect(await store.list(homeKeys.runPrefix)).toEqual([]);
  });

  it("takes the stored run of the day as long as it is the run of today's inputs", async () => {
    const engine = createDuckDbEngine();
    const { runId } = await measureRun(
      { store, asOf, scratch: join(root, "scratch"), log: silentLog, engine });
    const asked: string[] = [];
    const counting = {
      name: engine.name,
      run: (request: Parameters<typeof engine.run>[0]) => {
        asked.push(request.asOf);
        return engine.run(request);
      },
    };
    const question = { store, asOf, area: "510104", figure: "H3", engine: counting };
    expect(all(await readFigures(question))).toEqual([{ ...h3, run_id: runId }]);
    expect(asked).toEqual([]);
    await store.put(homeKeys.runOfDay(asOf), JSON.stringify({ run_id: "2021-06-10-000000" }));
    expect(all(await readFigures(question))).toEqual([{ ...h3, run_id: null }]);
    expect(asked).toEqual([asOf]);
  });

  it("knows nothing of later nights", async () => {
    expect(all(await ask("2021-06-09"))).toEqual(
      [{ ...h3, n: 135_000, share: 135_000 / 405_000, run_id: null }]);
  });
});

describe("explainTeacher", () => {
  it("tells hours, what is missing and every version of every record", async () => {
    expect(await explainTeacher({ store, id: "T00002", asOf })).toEqual({
      teacher_no: "T00002", school_code: "5101040001", county_code: "510104",
      in_denominator: true, online_seconds: 27_000, practice_seconds: 0, complete: false,
      completed_on: null, capable: false, qualified: false, short_online_seconds: 27_000,
      short_practice_seconds: 81_000,
      records: [{
        system: "vendor-a", record_id: "T00002|C1", training: "vendor-a:C1", category: "online",
        seconds: 27_000, event_on: "2021-05-02", landing_day: "2021-06-10", outcome: "credited",
      }],
    });
  });

  it("says since when a teacher is complete", async () => {
    const found = await explainTeacher({ store, id: "T00001", asOf });
    expect([found?.complete, found?.completed_on, found?.short_online_seconds])
      .toEqual([true, "2021-05-20", 0]);
    expect(found?.records.map((r) => r.system)).toEqual(["practice", "vendor-a"]);
  });

  it.each([
    ["18 digits", number18], ["15 digits", number15], ["spaces and a small x",
      "000000 19900101 000x"],
  ])("finds the person of an identity number written with %s", async (_how, id) => {
    expect((await explainTeacher({ store, id, asOf }))?.teacher_no).toBe("T00001");
  });

  it("knows nobody before the roll does, and nobody by a number of no one", async () => {
    expect(await explainTeacher({ store, id: "T00001", asOf: "2021-04-30" })).toBeUndefined();
    expect(await explainTeacher({ store, id: "000000199001010026", asOf })).toBeUndefined();
    expect(await explainTeacher({ store, id: "T99999", asOf })).toBeUndefined();
  });
});

describe("listUnmatched", () => {
  it("names system, day, file, row and reason of rows that match nobody", async () => {
    const row = {
      system: "vendor-a", landing_day: "2021-06-10", file_name: "f1.csv", row: 7,
      reason: "unknown.person",
    };
    expect(await listUnmatched({ store, asOf })).toEqual([row]);
    expect(await listUnmatched({ store, asOf, system: "vendor-a" })).toEqual([row]);
    expect(await listUnmatched({ store, asOf, system: "ntms" })).toEqual([]);
    expect(await listUnmatched({ store, asOf: "2021-06-09" })).toEqual([]);
  });
});
