import { rm } from "node:fs/promises";
import { join } from "node:path";
import { alertRun, listFindings, planFindings } from "./alert/alert-run.ts";
import type { Finding, FindingRow } from "./alert/finding-life.ts";
import { storeFindings } from "./alert/store-findings.ts";
import { ingestNight } from "./ingest/ingest-night.ts";
import type { IngestPool } from "./ingest/ingest-pool.ts";
import { completeSlips, readUnmatched, type UnmatchedRow } from "./ingest/complete-slips.ts";
import { measureCaughtUp } from "./measure/measure-caught-up.ts";
import { prepareFiguresBefore, type FiguresBefore } from "./measure/figures-before.ts";
import { measureRun } from "./measure/measure-run.ts";
import { planNight } from "./plan/plan-night.ts";
import { publishRun } from "./publish/publish-run.ts";
import type { CardPress, TypesetCard } from "./scorecards/card-press.ts";
import { openScorecardPress, renderScorecards } from "./scorecards/render-scorecards.ts";
import { Arriving } from "./shared/arriving.ts";
import { areaNames } from "./shared/areas.ts";
import { homeKeys } from "./shared/home.ts";
import type { LedgerRow } from "./shared/ledger.ts";
import type { Log } from "./shared/log.ts";
import type { Mailer } from "./shared/mailer.ts";
import { createFolderMailer } from "./shared/mailer-eml.ts";
import type { ObjectStore } from "./shared/object-store.ts";
import { readLedger } from "./shared/read-ledger.ts";
import { readSiteUrl } from "./shared/site-url.ts";
import { storeCosts } from "./shared/store-costs.ts";
import { storeSteps } from "./shared/store-steps.ts";
import { makeScratchFolder } from "./shared/scratch-folder.ts";
import { createDuckDbEngine } from "./shared/sql-engine-duckdb.ts";
import type { SqlEngine } from "./shared/sql-engine.ts";

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
  /** Of each step; some of them overlap. */
  readonly seconds: Readonly<Record<string, number>>;
  /** From the beginning of the night to its end. */
  readonly elapsedSeconds: number;
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
  /** Default: DuckDB in this process. */
  readonly engine?: SqlEngine;
  /** Default: the outbox of the home alone. */
  readonly mailer?: Mailer;
  /** Milliseconds that only grow; seconds of the steps come from it. */
  readonly clock: () => number;
}

/** Of the pool, started before it is known how many files there are. */
const workersMeanwhile = 2;

/**
 * One night: plan → ingest → measure → scorecards → publish → alert. Throws NotPublishedError when
 * a file does not balance or a check fails: the publication of the night before stands.
 */
export async function runNight(request: NightRequest): Promise<NightReport> {
  const { store, day, log, clock } = request;
  const begun = clock();
  const secondsSince = (from: number): number => Math.round(clock() - from) / 1000;
  const siteUrl = await readSiteUrl(store);
  const scratch = makeScratchFolder("night");
  const ahead = prepareAhead({ store, day, scratch, siteUrl });
  const seconds: Record<string, number> = {};
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const from = clock();
    const result = await work();
    seconds[step] = secondsSince(from);
    log.record("step.done", { day, step, seconds: seconds[step] ?? 0 });
    return result;
  };
  try {
    // Processes that judge load while the files are planned.
    request.pool?.workers.warmUp(workersMeanwhile);
    const plan = await timed("plan", () => planNight({ store, day, scratch, log }));
    const { closed } = await timed("ingest", () => ingestNight({
      store, plan, scratch, log, pool: request.pool,
      onJudged() {
        if (!request.isNewest) return;
        // An engine elsewhere has processors of its own, and a price.
        if (!request.engine) ahead.figuresBefore.begin();
        ahead.openPress();
      },
    }));
    const files = await readLedger(store, { date: day });
    const slips: CompleteSlips = (rows) => timed("slips", () =>
      completeSlips({ store, scratch, days: [...closed.map((c) => c.day), day], rows }));
    const published = request.isNewest
      ? await measureAndPublish({ ...request, scratch, siteUrl, files, timed, seconds, slips, ahead })
      : undefined;
    const newestAlert = (await listFindings(store)).map((f) => f.changed_on).sort().at(-1) ?? "";
    if (day < newestAlert) {
      if (!published) await slips(null);
      return {
        day, files, seconds, elapsedSeconds: secondsSince(begun), runId: published?.runId ?? null,
        mails: 0, openFindings: 0, scorecards: published?.scorecards ?? 0,
      };
    }
    const alerts = await timed("alert", async () => alertRun({
      store, asOf: day, log, siteUrl, areaNames,
      findings: published?.findings
        ?? await planFindings({ store, asOf: day, rows: await findCaughtUp(request, scratch, slips) }),
      mailer: request.mailer ?? createFolderMailer(store, homeKeys.outboxPrefix),
    }));
    return {
      day, files, seconds, elapsedSeconds: secondsSince(begun), runId: published?.runId ?? null,
      scorecards: published?.scorecards ?? 0,
      mails: alerts.sent, openFindings: alerts.findings,
    };
  } finally {
    await ahead.end();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What need not wait for the night's own rows: figures of 28 days before, fonts and QR codes. */
interface Ahead {
  readonly openPress: () => CardPress;
  readonly figuresBefore: FiguresBefore;
  end(): Promise<void>;
}

function prepareAhead({ store, day, scratch, siteUrl }: Pick<NightRequest, "store" | "day"> & {
  readonly scratch: string; readonly siteUrl: string;
}): Ahead {
  let press: CardPress | undefined;
  const figuresBefore = prepareFiguresBefore({
    store, asOf: day, scratch: join(scratch, "before"), engine: createDuckDbEngine({ threads: 1 }),
  });
  return {
    figuresBefore,
    openPress() {
      press ??= openScorecardPress(siteUrl);
      return press;
    },
    async end() {
      await press?.close();
      await figuresBefore.ended();
    },
  };
}

/** Findings of a day that is only caught up, its slips completed. */
async function findCaughtUp(
  request: NightRequest, scratch: string, slips: CompleteSlips,
): Promise<readonly FindingRow[]> {
  const { store, day, log, engine, hasStoredFigures = false } = request;
  const { findings, unmatched } =
    await measureCaughtUp({ store, asOf: day, scratch, log, engine, hasStoredFigures });
  await slips(unmatched as readonly object[] as readonly UnmatchedRow[]);
  return findings as readonly object[] as readonly FindingRow[];
}

/** measure → findings → scorecards → publish, for the newest day of a call. */
async function measureAndPublish(night: NightRequest & {
  readonly scratch: string; readonly siteUrl: string; readonly files: readonly LedgerRow[];
  readonly timed: <T>(step: string, work: () => Promise<T>) => Promise<T>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly slips: CompleteSlips;
  readonly ahead: Ahead;
}): Promise<{ readonly runId: string; readonly findings: readonly Finding[]; readonly scorecards: number }> {
  const { store, day, log, scratch, siteUrl, timed, slips, ahead } = night;
  const press = ahead.openPress();
  const { figuresBefore } = ahead;
  const engine = night.engine ?? createDuckDbEngine({});
  const { runId } = await timed("measure", () =>
    measureRun({ store, asOf: day, scratch, log, engine, figuresBefore }))
    .catch(async (error: unknown) => {
      // What was rejected goes back to the senders even where nothing can be published.
      await slips(null);
      throw error;
    });
  const findings = await storeFindings({ store, runId, asOf: day, scratch });
  // While a thread typesets the cards this one completes the slips and writes the slices.
  let help = (): void => undefined;
  const mayHelp = new Promise<void>((resolve) => { help = resolve; });
  const cards = new Arriving<TypesetCard>();
  const rest = timed("scorecards", () => renderScorecards({
    store, runId, asOf: day, scratch, log, siteUrl, press, mayHelp,
    onStored: (card) => cards.add(card),
  }))
    .finally(() => cards.end())
    .then(async (scorecards) => {
      await storeSteps({ ...night, runId });
      await storeCosts(night.store, runId, night.day);
      return scorecards;
    });
  // Publication waits for it and throws what it throws; that may come before it waits.
  rest.catch(() => undefined);
  try {
    await slips(await readUnmatched(store, runId, scratch));
    await timed("publish", () => publishRun({
      store, runId, scratch, log, rest, cards, onWaiting: help,
    }));
  } catch (error) {
    help();
    await press.close();
    await Promise.allSettled([rest]);
    throw error;
  }
  return { runId, findings, scorecards: await rest };
}

/** Rows of `int_unmatched` as of the night; null where it was not measured. */
type CompleteSlips = (rows: readonly UnmatchedRow[] | null) => Promise<unknown>;
