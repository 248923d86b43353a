// Ingests one landing day of a home; prints the ledger row of its first file. Run by scripts/bench.mjs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingestNight } from "../../functions/ingest/ingest-night.ts";
import { planNight } from "../../functions/plan/plan-night.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { readLedger } from "../../functions/shared/read-ledger.ts";

const [home = "", day = ""] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "dudao-bench-ingest-"));
const store = createFolderStore(home);
try {
  const plan = await planNight({ store, day, scratch, log: silentLog });
  await ingestNight({ store, plan, scratch, log: silentLog });
  const files = (await readLedger(store, { date: day })).map((f) => ({
    status: f.status, rows_read: f.rows_read, rows_accepted: f.rows_accepted,
    rows_rejected: f.rows_rejected, rows_duplicate: f.rows_duplicate, rows_unchanged: f.rows_unchanged,
    reasons: f.reasons,
  }));
  process.stdout.write(JSON.stringify(files[0]));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
