import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIngestPool } from "../ingest/ingest-pool.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { listClosedDays } from "../shared/read-ledger.ts";
import { listLandingDays, runNight, type NightReport } from "../nightly.ts";
import { formatNight } from "./night-summary.ts";

/**
 * Runs every landing day up to `until` that has not been run, in order; with `date` at least that
 * one. Returns the reports in order.
 */
export async function runNights(request: {
  readonly store: ObjectStore; readonly log: Log;
  readonly from?: string; readonly until?: string; readonly date?: string;
}): Promise<readonly NightReport[]> {
  const { store, log, from, until, date } = request;
  const closed = new Set(await listClosedDays(store));
  const last = date ?? until ?? "9999-12-31";
  const days = (await listLandingDays(store))
    .filter((d) => d <= last && (from === undefined || d >= from) && !closed.has(d));
  if (date !== undefined && !days.includes(date)) days.push(date);
  if (days.length === 0) return [];
  const scratch = await mkdtemp(join(tmpdir(), "dudao-nights-"));
  const pool = await openIngestPool({ store, scratch, log });
  const reports: NightReport[] = [];
  try {
    for (const [i, day] of days.entries()) {
      log.progress(`night ${i + 1}/${days.length} ${day}`);
      const report = await runNight({
        store, day, log, pool, isNewest: i === days.length - 1, clock: () => performance.now(),
      });
      reports.push(report);
      log.progress(formatNight(report));
    }
  } finally {
    await pool.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return reports;
}
