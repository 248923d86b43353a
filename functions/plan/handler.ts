import { checkSeeds } from "../shared/check-seeds.ts";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import { requireUnlocked } from "../shared/home-lock.ts";
import { homeKeys } from "../shared/home.ts";
import { createStepHandler, describeHome, type StepSeconds } from "../shared/lambda-step.ts";
import { isLastOfWeek, listOpenNights } from "./open-nights.ts";
import { planNight } from "./plan-night.ts";

/** One night of the machine, or `{ day: null }` where none is to be run. */
export type PlannedNight = { readonly day: null } | {
  readonly day: string;
  /** Days that are caught up are ingested and alerted; only the newest one is published. */
  readonly isNewest: boolean;
  readonly hasStoredFigures: boolean;
  /** Newest night that went all the way before this one; '' for the first. */
  readonly finished: string;
  /** Files to judge, as places in the plan; the plan itself lies in `work/<day>/plan.json`. */
  readonly items: readonly { readonly group: number; readonly index: number }[];
  readonly startedAt: number;
  readonly seconds: StepSeconds;
};

/** Lambda: the oldest night that is to be run; with `date` that one at the latest. */
export const handler = createStepHandler(
  "plan", async (event: { readonly date: string | null }, tools): Promise<PlannedNight> => {
    const { store, scratch, log, env } = tools;
    const startedAt = Date.now();
    // Before anything is ingested: a broken seed would let the night fail only when it is measured.
    checkSeeds(await readHomeSeeds(store));
    await requireUnlocked(store, "plan", new Date(startedAt));
    await describeHome(store, env);
    const { days, finished } = await listOpenNights(store, { date: event.date ?? undefined });
    const [day, next] = days;
    if (day === undefined) return { day: null };
    const plan = await planNight({ store, day, scratch, log });
    await store.put(homeKeys.workPlan(day), JSON.stringify(plan), { mode: 0o600 });
    const items = plan.groups.flatMap(({ files }, group) =>
      files.map((_, index) => ({ group, index })));
    return {
      day, finished, items, isNewest: next === undefined,
      hasStoredFigures: isLastOfWeek(day, next), startedAt,
      seconds: { plan: (Date.now() - startedAt) / 1000 },
    };
  });
