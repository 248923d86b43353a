import { rm } from "node:fs/promises";
import { openIngestPool } from "../ingest/ingest-pool.ts";
import { isLastOfWeek, listOpenNights } from "../plan/open-nights.ts";
import { checkSeeds } from "../shared/check-seeds.ts";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import { homeKeys } from "../shared/home.ts";
import { withHomeLock } from "../shared/home-lock.ts";
import type { Log } from "../shared/log.ts";
import { markFinished } from "../shared/mark-finished.ts";
import type { Mailer } from "../shared/mailer.ts";
import { openMailer } from "../shared/open-mailer.ts";
import { storeUsage } from "../shared/night-usage.ts";
import { countRequests } from "../shared/object-store-counted.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { SqlEngine } from "../shared/sql-engine.ts";
import { makeScratchFolder, sweepScratchFolders } from "../shared/scratch-folder.ts";
import { runNight, type NightReport } from "../nightly.ts";
import { formatNight } from "./night-summary.ts";

/**
 * Runs every landing day up to `until` that has not been run, in order; with `date` at least that
 * one. A night that was cut off after it was closed is brought to its end too: its run, publication
 * and mails. Returns the reports in order.
 */
export async function runNights(request: {
  readonly store: ObjectStore; readonly log: Log;
  readonly from?: string; readonly until?: string; readonly date?: string;
  readonly engine?: SqlEngine;
}): Promise<readonly NightReport[]> {
  const { store, from, until, date } = request;
  // Before anything is ingested: a broken seed would let the night fail only when it is measured.
  checkSeeds(await readHomeSeeds(store));
  sweepScratchFolders(store.name, new Date());
  // Wrong words about mails are said before anything is ingested.
  const mailer = await openMailer(store, process.env);
  const wanted = { from, until, date };
  if ((await listOpenNights(store, wanted)).days.length === 0) return [];
  await store.put(homeKeys.writeProbe, "");
  await store.delete(homeKeys.writeProbe);
  return withHomeLock(store, "nightly", new Date(), async () => {
    const { days, finished } = await listOpenNights(store, wanted);
    return runDays({ ...request, mailer }, days, finished);
  });
}

async function runDays(
  { store, log, engine, mailer }: {
    readonly store: ObjectStore; readonly log: Log; readonly engine?: SqlEngine;
    readonly mailer: Mailer;
  },
  days: readonly string[], finished: Parameters<typeof markFinished>[2],
): Promise<readonly NightReport[]> {
  const scratch = makeScratchFolder("nights");
  const pool = await openIngestPool({ store, scratch, log });
  const reports: NightReport[] = [];
  try {
    for (const [i, day] of days.entries()) {
      log.progress(`night ${i + 1}/${days.length} ${day}`);
      // Nobody bills a folder.
      const counted = store.name.startsWith("s3://") ? countRequests(store) : undefined;
      const began = performance.now();
      const report = await runNight({
        store: counted?.store ?? store, day, log, pool, engine, mailer, isNewest: i === days.length - 1,
        clock: () => performance.now(),
        hasStoredFigures: isLastOfWeek(day, days[i + 1]),
      });
      await markFinished(store, day, finished);
      if (counted) {
        const seconds = (performance.now() - began) / 1000;
        await storeUsage(store, day, "night", {
          step: "night", ...counted.usage(), seconds, gb_seconds: null,
          architecture: process.arch === "arm64" ? "arm64" : "x64",
        });
      }
      reports.push(report);
      log.progress(formatNight(report));
    }
  } finally {
    await pool.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return reports;
}
