import { rm } from "node:fs/promises";
import { alertRun, listFindings, planFindings } from "./alert/alert-run.ts";
import type { Finding, FindingRow } from "./alert/finding-life.ts";
import { ingestNight } from "./ingest/ingest-night.ts";
import type { IngestPool } from "./ingest/ingest-pool.ts";
import { writeNightSlips } from "./ingest/slip-night.ts";
import type { UnmatchedPlace } from "./ingest/slip-unmatched.ts";
import { answer } from "./measure/answer.ts";
import { measureRun } from "./measure/measure-run.ts";
import { planNight } from "./plan/plan-night.ts";
import { publishRun } from "./publish/publish-run.ts";
import { openScorecardPress, renderScorecards } from "./scorecards/render-scorecards.ts";
import { findArea, cities, counties, province } from "./shared/areas.ts";
import { NotPublishedError } from "./shared/errors.ts";
import { homeKeys } from "./shared/home.ts";
import type { LedgerRow } from "./shared/ledger.ts";
import type { Log } from "./shared/log.ts";
import { createFolderMailer } from "./shared/mailer-eml.ts";
import type { ObjectStore } from "./shared/object-store.ts";
import { readJson } from "./shared/read-json.ts";
import { readParquet } from "./shared/read-parquet.ts";
import { readLedger } from "./shared/read-ledger.ts";
import { makeScratchFolder } from "./shared/scratch-folder.ts";
import { createDuckDbEngine } from "./shared/sql-engine-duckdb.ts";

/** What one night did; the command line prints it, the run page shows its steps. */
export interface NightReport {
  readonly day: string;
  /** The published run; null for a day that was only caught up. */
  readonly runId: string | null;
  /** Ledger rows of the knowledge day. */
  readonly files: readonly LedgerRow[];
  readonly scorecards: number;
  readonly mails: number;
  readonly openFindings: number;
  readonly seconds: Readonly<Record<string, number>>;
}

export interface NightRequest {
  readonly store: ObjectStore;
  readonly day: string;
  readonly log: Log;
  /**
   * Days that are caught up are ingested and alerted; scorecards and publication are made for the
   * newest day of a call alone, since only that one can be seen.
   */
  readonly isNewest: boolean;
  /** Of a day that is caught up: store its figures, for series as known then. */
  readonly hasStoredFigures?: boolean;
  /** Workers that serve all nights of a call; without it the night starts its own. */
  readonly pool?: IngestPool;
  /** Milliseconds that only grow; seconds of the steps come from it. */
  readonly clock: () => number;
}

/** Address of the published site as the operator wrote it into home.json; '' where none is. */
async function readSiteUrl(store: ObjectStore): Promise<string> {
  const description = await readJson<{ readonly site_url?: string }>(store, homeKeys.description);
  return description?.site_url ?? "https://dudao.example";
}

/**
 * One night: plan → ingest → measure → scorecards → publish → alert. Throws NotPublishedError when
 * a file does not balance or a check fails: the publication of the night before stands.
 */
export async function runNight(request: NightRequest): Promise<NightReport> {
  const { store, day, log, clock } = request;
  const scratch = makeScratchFolder("night");
  const seconds: Record<string, number> = {};
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const from = clock();
    const result = await work();
    seconds[step] = Math.round(clock() - from) / 1000;
    log.record("step.done", { day, step, seconds: seconds[step] ?? 0 });
    return result;
  };
  try {
    const plan = await timed("plan", () => planNight({ store, day, scratch, log }));
    const { closed } = await timed("ingest", () => ingestNight({ store, plan, scratch, log, pool: request.pool }));
    const files = await readLedger(store, { date: day });
    const siteUrl = await readSiteUrl(store);
    const slips: CompleteSlips = (rows) => timed("slips", () =>
      completeSlips({ store, scratch, days: [...closed.map((c) => c.day), day], rows }));
    const published = request.isNewest
      ? await measureAndPublish({ ...request, scratch, siteUrl, files, timed, seconds, slips })
      : undefined;
    const newestAlert = (await listFindings(store)).map((f) => f.changed_on).sort().at(-1) ?? "";
    if (day < newestAlert) {
      if (!published) await slips(null);
      return { day, files, seconds, runId: published?.runId ?? null, mails: 0, openFindings: 0, scorecards: published?.scorecards ?? 0 };
    }
    const alerts = await timed("alert", async () => alertRun({
      store, asOf: day, log, siteUrl, areaNames,
      findings: published?.findings ?? await planFindings({
        store, asOf: day, rows: await (request.hasStoredFigures ? storeFigures : askFindings)({ store, day, scratch, log, slips }),
      }),
      mailer: createFolderMailer(store, homeKeys.outboxPrefix),
    }));
    return {
      day, files, seconds, runId: published?.runId ?? null, scorecards: published?.scorecards ?? 0,
      mails: alerts.sent, openFindings: alerts.findings,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const areaNames: ReadonlyMap<string, string> = new Map(
  [province, ...cities, ...counties].map((a) => [a.code, findArea(a.code)?.name ?? a.code]));

/** measure → findings → scorecards → publish, for the newest day of a call. */
async function measureAndPublish(night: NightRequest & {
  readonly scratch: string; readonly siteUrl: string; readonly files: readonly LedgerRow[];
  readonly timed: <T>(step: string, work: () => Promise<T>) => Promise<T>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly slips: CompleteSlips;
}): Promise<{ readonly runId: string; readonly findings: readonly Finding[]; readonly scorecards: number }> {
  const { store, day, log, scratch, siteUrl, timed, slips } = night;
  const press = openScorecardPress(siteUrl);
  try {
    const engine = createDuckDbEngine({});
    const { runId } = await timed("measure", () => measureRun({ store, asOf: day, scratch, log, engine }))
      .catch(async (error: unknown) => {
        // What was rejected goes back to the senders even where nothing can be published.
        await slips(null);
        throw error;
      });
    const path = await store.fetchToFile(homeKeys.run(runId, "mart_finding.parquet"), scratch);
    const rows = await readParquet(path) as readonly object[] as readonly FindingRow[];
    const findings = await planFindings({ store, asOf: day, rows });
    await store.put(homeKeys.run(runId, "findings.json"), JSON.stringify(findings, null, 1));
    // While a thread typesets the cards this one completes the slips and writes the slices.
    let help = (): void => undefined;
    const mayHelp = new Promise<void>((resolve) => { help = resolve; });
    const rest = timed("scorecards", () =>
      renderScorecards({ store, runId, asOf: day, scratch, log, siteUrl, press, mayHelp }))
      .then(async (scorecards) => {
        await storeSteps(night, runId);
        return scorecards;
      });
    // Publication waits for it and throws what it throws; that may come before it waits.
    rest.catch(() => undefined);
    try {
      await slips(await readUnmatched(store, runId, scratch));
      await timed("publish", () => publishRun({ store, runId, scratch, log, rest, onWaiting: help }));
    } catch (error) {
      help();
      await press.close();
      await Promise.allSettled([rest]);
      throw error;
    }
    return { runId, findings, scorecards: await rest };
  } finally {
    await press.close();
  }
}

/** What the steps before publication took, for the run page. */
async function storeSteps(
  { store, day, files, seconds }: Pick<NightRequest, "store" | "day"> & {
    readonly files: readonly LedgerRow[]; readonly seconds: Readonly<Record<string, number>>;
  }, runId: string,
): Promise<void> {
  const bytes = files.reduce((sum, f) => sum + f.bytes, 0);
  await store.put(homeKeys.run(runId, "steps.json"), JSON.stringify(
    Object.entries(seconds).map(([step, s]) => ({
      known_on: day, step, seconds: s, bytes: step === "ingest" ? bytes : null,
    }))));
}

interface CaughtUpDay extends Pick<NightRequest, "store" | "day" | "log"> {
  readonly scratch: string;
  readonly slips: CompleteSlips;
}

/** As askFindings, from a brief run that is stored; where a check fails there is none. */
async function storeFigures(night: CaughtUpDay): Promise<readonly FindingRow[]> {
  const { store, day, scratch, log, slips } = night;
  try {
    const { runId } = await measureRun({ store, asOf: day, scratch, log, engine: createDuckDbEngine({}), isBrief: true });
    await slips(await readUnmatched(store, runId, scratch));
    const path = await store.fetchToFile(homeKeys.run(runId, "mart_finding.parquet"), scratch);
    return await readParquet(path) as readonly object[] as readonly FindingRow[];
  } catch (error) {
    // Nobody sees this day published: the newest day decides whether the night goes on.
    if (!(error instanceof NotPublishedError)) throw error;
    log.progress(`measure ${day}: not stored: ${error.message.split("\n")[0]}`);
    return askFindings(night);
  }
}

/** What is true on a day that is only caught up: mart_finding alone, nothing stored. */
async function askFindings(
  { store, day, slips }: Pick<CaughtUpDay, "store" | "day" | "slips">,
): Promise<readonly FindingRow[]> {
  const rows = await answer({ store, asOf: day }, (open) => open.rows(["mart_finding", "int_unmatched"]));
  await slips((rows.get("int_unmatched") ?? []) as readonly object[] as readonly UnmatchedRow[]);
  return (rows.get("mart_finding") ?? []) as readonly object[] as readonly FindingRow[];
}

type UnmatchedRow = UnmatchedPlace & { readonly known_on: string };
/** Rows of `int_unmatched` as of the night; null where it was not measured. */
type CompleteSlips = (rows: readonly UnmatchedRow[] | null) => Promise<unknown>;

/** Return slips of the days that this call closed, and of the night itself. */
async function completeSlips({ store, scratch, days, rows }: {
  readonly store: ObjectStore; readonly scratch: string;
  readonly days: readonly string[]; readonly rows: readonly UnmatchedRow[] | null;
}): Promise<void> {
  for (const knownOn of new Set(days)) {
    await writeNightSlips({
      store, scratch, knownOn, files: await readLedger(store, { date: knownOn }),
      unmatched: rows && rows.filter((row) => row.known_on === knownOn),
    });
  }
}

/** Undefined rows of a run that an earlier version stored are as good as not measured. */
async function readUnmatched(
  store: ObjectStore, runId: string, scratch: string,
): Promise<readonly UnmatchedRow[] | null> {
  const key = homeKeys.run(runId, "int_unmatched.parquet");
  if ((await store.list(key)).length === 0) return null;
  const rows = await readParquet(await store.fetchToFile(key, scratch));
  return rows as readonly object[] as readonly UnmatchedRow[];
}

/** Landing days in order, from the day folders of every system. */
export async function listLandingDays(store: ObjectStore): Promise<readonly string[]> {
  const days = new Set<string>();
  for (const { key } of await store.list(homeKeys.landingPrefix)) {
    const day = key.split("/")[2] ?? "";
    if (/^\d{4}-\d{2}-\d{2}$/.test(day)) days.add(day);
  }
  return [...days].sort();
}
