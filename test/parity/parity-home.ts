import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ingestNight } from "../../functions/ingest/ingest-night.ts";
import { openIngestPool } from "../../functions/ingest/ingest-pool.ts";
import { measureRun } from "../../functions/measure/measure-run.ts";
import { planMeasure } from "../../functions/measure/plan-measure.ts";
import { readChecks, readModels } from "../../functions/measure/read-models.ts";
import { listLandingDays } from "../../functions/plan/open-nights.ts";
import { planNight } from "../../functions/plan/plan-night.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import type { EngineRequest, EngineResult, SqlEngine } from "../../functions/shared/sql-engine.ts";

/** Small enough for a laptop, with every system, correction and kind of training in it. */
export const parityHome = { scale: "0.0012", seed: "1", until: "2021-12-20" } as const;
/** Days with a stored run: what series remember of them is read by the models too. */
const rememberedDays = ["2021-05-31", "2021-11-30"] as const;

/** A simulated province of which every night is closed; returns how many there are. */
export async function makeParityHome(home: string, scratch: string): Promise<number> {
  mkdirSync(home, { recursive: true });
  execFileSync(process.execPath, [
    join(packageRoot, "bin", "dudao.mjs"), "simulate", "--home", home,
    "--scale", parityHome.scale, "--seed", parityHome.seed, "--until", parityHome.until,
  ], { stdio: ["ignore", "ignore", "pipe"] });
  const store = createFolderStore(home);
  const days = await listLandingDays(store);
  const pool = await openIngestPool({ store, scratch, log: silentLog });
  try {
    for (const day of days) {
      const plan = await planNight({ store, day, scratch, log: silentLog });
      await ingestNight({ store, plan, scratch, log: silentLog, pool });
    }
  } finally {
    await pool.close();
  }
  for (const asOf of rememberedDays) {
    await measureRun({
      store, asOf, scratch, log: silentLog, engine: createDuckDbEngine(), isBrief: true,
    });
  }
  return days.length;
}

/**
 * Runs all models and checks of the product as of a day on DuckDB, keeping every relation in
 * `folder`, and hands what was asked of the engine and what it gave to `use` while it lies there.
 */
export async function runOnDuckDb(
  home: string, asOf: string, folder: string,
  use: (request: EngineRequest, result: EngineResult) => Promise<void>,
): Promise<void> {
  const duck = createDuckDbEngine();
  const watched: SqlEngine = {
    name: duck.name,
    async run(request) {
      const result = await duck.run(request);
      await use(request, result);
      return result;
    },
  };
  const plan = await planMeasure(createFolderStore(home), watched, asOf);
  const all = [...readModels(), ...readChecks()].map((m) => m.name);
  // As checked: so that the checks are among the models asked of the engine.
  await plan.compute(asOf, all, folder, { isChecked: true });
}
