import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import { createStepHandler, type StepSeconds } from "../shared/lambda-step.ts";
import type { NightPlan } from "../shared/night-plan.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { listClosedDays, readLedger } from "../shared/read-ledger.ts";
import { dropAhead, openAheadPool } from "./ahead/ahead-judges.ts";
import type { AheadItem } from "./ahead/ahead-verdict.ts";
import { judgeAhead, noteCrashed } from "./ahead/judge-ahead.ts";
import { completeSlips, readUnmatched, type UnmatchedRow } from "./complete-slips.ts";
import { publishFileMetrics } from "./file-metrics.ts";
import { ingestNight } from "./ingest-night.ts";

type ItemEvent = AheadItem & { readonly day: string };

/** Processes of a function with two cores; one of them judges, both where the text is large. */
const workers = 2;
/** Kept back of a call's time: a file that runs past its deadline is noted before the call ends. */
const reserveSeconds = 20;

/** Lambda of the machine's Map: judges one file of the plan. */
export const judge = createStepHandler("judge", async ({ day, ...item }: ItemEvent, tools) => {
  const { store, scratch, log, remainingSeconds, memoryMb } = tools;
  const kind = await judgeAhead({
    store, scratch, log, item, workers, plan: await requirePlan(store, day),
    deadlineSeconds: Math.max(10, Math.floor(remainingSeconds - reserveSeconds)),
    memoryMb: Math.floor(memoryMb * 0.6),
  });
  return { kind };
});

/** Lambda: a file whose judging failed as a whole goes to quarantine; the night goes on. */
export const quarantine = createStepHandler(
  "quarantine", async (event: ItemEvent & { readonly error?: { readonly Error?: string } }, tools) => {
    const { store, scratch, log } = tools;
    const { day, error, ...item } = event;
    await noteCrashed({
      store, scratch, log, item, plan: await requirePlan(store, day),
      why: `process ended: ${error?.Error ?? "unknown"}`,
    });
    return { kind: "crashed" };
  });

/** Lambda: takes the verdicts of all files and closes the night. */
export const settle = createStepHandler("settle", async (
  event: { readonly day: string; readonly startedAt: number; readonly seconds: StepSeconds }, tools,
) => {
  const { store, scratch, log } = tools;
  const plan = await requirePlan(store, event.day);
  // A call that was ended after it had closed a day is made again.
  const closed = new Set(await listClosedDays(store));
  const groups = plan.groups.filter(({ knownOn }) => !closed.has(knownOn));
  const pool = await openAheadPool({ store, plan, scratch, log, workers });
  try {
    if (groups.length > 0) {
      await ingestNight({ store, plan: { ...plan, groups }, scratch, log, pool, workers });
    }
    for (const { knownOn } of groups) publishFileMetrics(await readLedger(store, { date: knownOn }));
    await dropAhead(store, event.day);
    const ingest = (Date.now() - event.startedAt) / 1000 - (event.seconds["plan"] ?? 0);
    return {
      closed: plan.groups.map(({ knownOn }) => knownOn),
      seconds: { ...event.seconds, ingest: Math.round(ingest * 1000) / 1000 },
    };
  } finally {
    await pool.close();
  }
});

/** Lambda: return slips of the night, with the persons that match nobody where it was measured. */
export const slips = createStepHandler("slips", async (
  event: {
    readonly day: string; readonly closed: readonly string[]; readonly runId: string | null;
    readonly isMeasured: boolean; readonly seconds: StepSeconds;
  }, tools,
) => {
  const { store, scratch } = tools;
  const from = Date.now();
  const rows = !event.isMeasured ? null
    : event.runId === null ? await readCaughtUp(store, event.day)
      : await readUnmatched(store, event.runId, scratch);
  await completeSlips({ store, scratch, days: [...event.closed, event.day], rows });
  return { seconds: { ...event.seconds, slips: (Date.now() - from) / 1000 } };
});

async function requirePlan(store: ObjectStore, day: string): Promise<NightPlan> {
  const plan = await readJson<NightPlan>(store, homeKeys.workPlan(day));
  if (!plan) throw new ContractError(`${homeKeys.workPlan(day)}: missing in ${store.name}`);
  return plan;
}

async function readCaughtUp(
  store: ObjectStore, day: string,
): Promise<readonly UnmatchedRow[]> {
  const kept = await readJson<{ readonly unmatched: readonly UnmatchedRow[] }>(
    store, homeKeys.caughtUp(day));
  if (!kept) throw new ContractError(`${homeKeys.caughtUp(day)}: missing in ${store.name}`);
  return kept.unmatched;
}
