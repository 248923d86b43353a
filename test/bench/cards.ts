// Renders the county cards of a home's public run; prints how many. Run by scripts/bench.mjs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderScorecards } from "../../functions/scorecards/render-scorecards.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { readJson } from "../../functions/shared/read-json.ts";

const [home = ""] = process.argv.slice(2);
const store = createFolderStore(home);
const pointer = await readJson<{ readonly run_id: string; readonly as_of: string }>(store, homeKeys.current);
if (!pointer) throw new Error(`${home}: nothing published`);
const scratch = mkdtempSync(join(tmpdir(), "dudao-bench-cards-"));
try {
  const cards = await renderScorecards({
    store, runId: pointer.run_id, asOf: pointer.as_of, scratch, log: silentLog, siteUrl: "https://dudao.example",
  });
  process.stdout.write(JSON.stringify({ cards }));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
