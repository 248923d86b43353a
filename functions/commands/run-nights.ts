import { rm } from "node:fs/promises";
import { openIngestPool } from "../ingest/ingest-pool.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { listClosedDays } from "../shared/read-ledger.ts";
import { makeScratchFolder, sweepScratchFolders } from "../shared/scratch-folder.ts";
import { listLandingDays, runNight, type NightReport } from "../nightly.ts";
import { formatNight } from "./night-summary.ts";

/**
 * Runs every landing day up to `until` that has not been run, in order; with `date` at least that
 * one. A night that was cut off after it was closed is brought to its end too: its run, publication
 * and mails. Returns the reports in order.
 */
export async function runNights(request: {
  readonly store: ObjectStore; readonly log: Log;
  readonly from?: string; readonly until?: string; readonly date?: string;
}): Promise<readonly NightReport[]> {
  const { store, log, from, until, date } = request;
  sweepScratchFolders(store.name, new Date());
  const closed = await listClosedDays(store);
  const finished = await findFinishedDay(store);
  const last = date ?? until ?? "9999-12-31";
  const open = (await listLandingDays(store)).filter((d) => !closed.includes(d));
  const days = [...new Set([...closed.filter((d) => d > finished), ...open])].sort()
    .filter((d) => d <= last && (from === undefined || d >= from));
  if (date !== undefined && !days.includes(date)) days.push(date);
  if (days.length === 0) return [];
  await store.put(homeKeys.writeProbe, "");
  await store.delete(homeKeys.writeProbe);
  const scratch = makeScratchFolder("nights");
  const pool = await openIngestPool({ store, scratch, log });
  const reports: NightReport[] = [];
  try {
    for (const [i, day] of days.entries()) {
      log.progress(`night ${i + 1}/${days.length} ${day}`);
      const report = await runNight({
        store, day, log, pool, isNewest: i === days.length - 1, clock: () => performance.now(),
        hasStoredFigures: isLastOfWeek(day, days[i + 1]),
      });
      if (day > finished) await store.put(homeKeys.finishedNight, `${JSON.stringify({ day })}\n`);
      reports.push(report);
      log.progress(formatNight(report));
    }
  } finally {
    await pool.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return reports;
}

/**
 * Is no later night of the call in the same week (Monday to Sunday)? A run of every day that is
 * caught up would take half as long again as all else; one a week is what the other reading of the
 * series has too.
 */
export function isLastOfWeek(day: string, next: string | undefined): boolean {
  return next === undefined || weekOf(next) !== weekOf(day);
}

/** Whole weeks since a Monday. */
function weekOf(day: string): number {
  return Math.floor((Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 3) / 7);
}

/**
 * Newest day whose night went all the way; where there is no mark yet, the published day.
 */
async function findFinishedDay(store: ObjectStore): Promise<string> {
  const mark = await readJson<{ readonly day: string }>(store, homeKeys.finishedNight);
  if (mark) return mark.day;
  const pointer = await readJson<{ readonly as_of: string }>(store, homeKeys.current);
  return pointer?.as_of ?? "";
}
