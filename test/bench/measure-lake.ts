// Measures a generated lake anew, by the product or by the same statements in plain DuckDB. Usage:
//   measure-lake.js product|plain HOME DAY   prints seconds and the stored figures' hash as JSON
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { measureRun } from "../../functions/measure/measure-run.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import type { EngineResult, SqlEngine } from "../../functions/shared/sql-engine.ts";
import { createPlainEngine } from "./plain-duckdb-engine.ts";

const [mode = "", home = "", asOf = ""] = process.argv.slice(2);
// Beside the home: a run over 60 M records spills more than a memory disk may hold.
const scratch = mkdtempSync(join(home, "..", "measure-"));
const inner = mode === "plain" ? createPlainEngine(join(scratch, "spill")) : createDuckDbEngine({});
let engineSeconds = 0;
const engine: SqlEngine = {
  name: inner.name,
  async run(request): Promise<EngineResult> {
    const from = performance.now();
    try {
      return await inner.run(request);
    } finally {
      engineSeconds += (performance.now() - from) / 1000;
    }
  },
};
try {
  const from = performance.now();
  const run = await measureRun({
    store: createFolderStore(home), asOf, scratch, log: silentLog, engine,
  });
  const slowest = Object.entries(run.seconds).sort(([, a], [, b]) => b - a).slice(0, 8);
  process.stdout.write(JSON.stringify({
    // What the product alone does beside the statements (manifest, hashes) counts for it only.
    seconds: mode === "plain" ? engineSeconds : (performance.now() - from) / 1000,
    engine_seconds: engineSeconds, slowest: Object.fromEntries(slowest),
    outputs: Object.fromEntries(run.manifest.outputs.map((one) => [one.name, one])),
  }));
  // The next run must not find this one stored.
  rmSync(join(home, homeKeys.runPrefix), { recursive: true });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
