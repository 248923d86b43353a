import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runMarts } from "../../functions/measure/measure-run.ts";
import { planMeasure } from "../../functions/measure/plan-measure.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { packageRoot } from "../../functions/shared/package-root.ts";
import type { EngineResult } from "../../functions/shared/sql-engine.ts";
import { openAthenaBed } from "../ports/athena-bed.ts";
import { createTrinoBackend } from "./athena-trino.ts";
import type { ParityEvidence } from "./parity-evidence.ts";
import type { TrinoServer } from "./trino-server.ts";

/** The engine contract suite through the Athena adapter, over a wire server on this Trino. */
export async function runContractSuite(
  trino: TrinoServer, folder: string,
): Promise<ParityEvidence["contract_suite"]> {
  const report = join(folder, "suite.json");
  const code = await new Promise<number | null>((resolve, reject) => {
    spawn(process.execPath, [
      join(packageRoot, "node_modules", "vitest", "vitest.mjs"), "run",
      "--config", join("test", "parity", "vitest.config.ts"), "--root", packageRoot,
      "--reporter=default", "--reporter=json", `--outputFile.json=${report}`,
    ], {
      cwd: packageRoot, stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, DUDAO_TRINO_URL: trino.url, DUDAO_TRINO_ROOT: trino.root },
    }).once("error", reject).once("exit", resolve);
  });
  const { numTotalTests: tests, numPassedTests: passed } =
    JSON.parse(readFileSync(report, "utf8")) as { numTotalTests: number; numPassedTests: number };
  if (code !== 0 && tests === passed) throw new Error(`contract suite: exit code ${code}`);
  return { tests, passed };
}

/**
 * Measures the home through the Athena adapter over a wire server on this Trino and counts the
 * marts whose files are, byte for byte, those that DuckDB wrote.
 */
export async function measureThroughAdapter(
  trino: TrinoServer, home: string, asOf: string, folder: string, byDuckDb: EngineResult,
): Promise<ParityEvidence["adapter_run"]> {
  const bed = await openAthenaBed((buckets) => createTrinoBackend(trino, buckets));
  try {
    const engine = await bed.openEngine({ atOnce: 2 });
    const plan = await planMeasure(createFolderStore(home), engine, asOf);
    const { outputs } = await plan.compute(asOf, runMarts, folder, { isChecked: true });
    const same = outputs.filter(({ name, path }) => {
      const other = byDuckDb.outputs.find((o) => o.name === name);
      return other && readFileSync(path).equals(readFileSync(other.path));
    });
    return { as_of: asOf, relations: outputs.length, same: same.length };
  } finally {
    await bed.close();
  }
}
