import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { prepareFiguresBefore } from "../../functions/measure/figures-before.ts";
import { measureRun } from "../../functions/measure/measure-run.ts";
import { EngineError } from "../../functions/shared/errors.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import type { SqlEngine } from "../../functions/shared/sql-engine.ts";
import { smallNights } from "./small-nights.ts";
import { writeNight } from "./write-night.ts";

const asOf = "2021-06-10";
const dayBefore = "2021-05-13";
const duckDb = createDuckDbEngine();
/** Days asked for, with the earlier one behind a plus. */
const asked: string[] = [];
const engine: SqlEngine = {
  name: duckDb.name,
  run(request) {
    asked.push([request.asOf, ...(request.earlier ? [request.earlier.asOf] : [])].join("+"));
    return duckDb.run(request);
  },
};
const roots: string[] = [];
beforeEach(() => { asked.length = 0; });
afterAll(() => { for (const root of roots) rmSync(root, { recursive: true }); });

/** Closes nights, begins the figures before, closes the other nights, measures. */
async function measureAround(
  { first, meanwhile, by = engine }: {
    readonly first: typeof smallNights; readonly meanwhile: typeof smallNights;
    readonly by?: SqlEngine;
  },
) {
  const root = mkdtempSync(join(tmpdir(), "dudao-before-"));
  roots.push(root);
  const store = createFolderStore(join(root, "home"));
  const scratch = join(root, "scratch");
  for (const night of first) await writeNight(store, night);
  const figuresBefore = prepareFiguresBefore({ store, asOf, scratch, engine: by });
  figuresBefore.begin();
  if (by === engine) await vi.waitFor(() => expect(asked).toEqual([dayBefore]), 20_000);
  for (const night of meanwhile) await writeNight(store, night);
  const { runId } = await measureRun({
    store, asOf, scratch, log: silentLog, engine, figuresBefore,
  }).finally(() => figuresBefore.ended());
  return { runId, folder: join(root, "home", "runs", runId) };
}

describe("figures of 28 days before that begin before the night's rows are there", () => {
  const known = smallNights.filter((night) => night.day <= dayBefore);
  const later = smallNights.filter((night) => night.day > dayBefore);

  it("give the same run, byte for byte, as those computed beside it", async () => {
    const ahead = await measureAround({ first: known, meanwhile: later });
    expect(asked.toSorted()).toEqual([dayBefore, asOf]);
    asked.length = 0;
    const beside = await measureAround({ first: [], meanwhile: smallNights });
    expect(asked).toContain(`${asOf}+${dayBefore}`);
    expect(ahead.runId).toBe(beside.runId);
    const names = readdirSync(beside.folder);
    expect(readdirSync(ahead.folder)).toEqual(names);
    for (const name of names) {
      const [a, b] = [ahead, beside].map(({ folder }) => readFileSync(join(folder, name)));
      expect(a!.equals(b!), name).toBe(true);
    }
  });

  it("are computed anew where a night that was known by then was closed after they began", async () => {
    await measureAround({ first: [], meanwhile: smallNights });
    expect(asked.filter((days) => days.startsWith(asOf))).toEqual([`${asOf}+${dayBefore}`]);
  });

  it("fail with the run that needs them", async () => {
    const broken: SqlEngine = {
      name: engine.name, run: () => Promise.reject(new EngineError("engine: no memory")),
    };
    await expect(measureAround({ first: known, meanwhile: later, by: broken }))
      .rejects.toThrow("engine: no memory");
  });
});
