import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readChecks, readModels } from "../../functions/measure/read-models.ts";
import { planMeasure } from "../../functions/measure/plan-measure.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import type { EngineRequest, EngineResult, SqlEngine } from "../../functions/shared/sql-engine.ts";

/** Small enough for a laptop, with every system, correction and kind of training in it. */
export const parityHome = { scale: "0.0012", seed: "1", until: "2021-12-20" } as const;

/** A simulated province of which every night has been run. */
export function makeParityHome(home: string): void {
  const dudao = join(packageRoot, "bin", "dudao.mjs");
  const run = (...args: readonly string[]): void => {
    execFileSync(process.execPath, [dudao, ...args, "--home", home],
      { stdio: ["ignore", "ignore", "ignore"], cwd: home });
  };
  mkdirSync(home, { recursive: true });
  run("simulate", "--scale", parityHome.scale, "--seed", parityHome.seed,
    "--until", parityHome.until);
  run("backfill");
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
