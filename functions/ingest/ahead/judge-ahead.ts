import { homeKeys } from "../../shared/home.ts";
import type { Log } from "../../shared/log.ts";
import type { NightPlan } from "../../shared/night-plan.ts";
import type { ObjectStore } from "../../shared/object-store.ts";
import { openIngestPool } from "../ingest-pool.ts";
import type { RejectFiles } from "../worker-messages.ts";
import type { PoolResult } from "../worker-pool.ts";
import {
  digestRules, planAheadJob, rejectNames, verdictName, type AheadItem, type AheadJob,
  type AheadVerdict,
} from "./ahead-verdict.ts";

export interface JudgeAheadRequest {
  readonly store: ObjectStore;
  readonly plan: NightPlan;
  readonly item: AheadItem;
  /** Local folder; a folder of this call is made in it and removed. */
  readonly scratch: string;
  readonly log: Log;
  readonly workers: number;
  /** Longest time for the file. */
  readonly deadlineSeconds: number;
  /** Limit of one worker process. */
  readonly memoryMb: number;
}

/**
 * Judges one file of a planned night and leaves verdict, rows, quarantine and slip in `work/`,
 * where `openAheadJudges` finds them. A file that kills its worker is judged too: `crashed`.
 */
export async function judgeAhead(request: JudgeAheadRequest): Promise<PoolResult["kind"]> {
  const { store, plan, item, scratch } = request;
  const { planned, job } = planAheadJob(plan, item);
  const pool = await openIngestPool(request);
  try {
    const path = await store.fetchToFile(planned.key, scratch);
    const results = await pool.workers.judge([{ kind: "judge", path, ...job }]);
    const result = results.get(job.file);
    if (!result) throw new RangeError(`${planned.key}: no verdict`);
    const parts = [];
    for (const [i, { path: rows, relation, file }] of pool.workers.takeParts().entries()) {
      const name = `rows-${i}.parquet`;
      await store.putFile(homeKeys.workFile(plan.day, job.knownOn, job.file, name), rows);
      parts.push({ relation, name, ...(file === undefined ? {} : { file }) });
    }
    if (result.kind === "judged" && result.rejects) {
      await putRejects(store, plan.day, job, result.rejects);
    }
    await putVerdict(store, plan.day, { job, rules: await digestRules(pool), result, parts });
    return result.kind;
  } finally {
    await pool.close();
  }
}

/**
 * Notes that judging a file ahead failed as a whole (time, memory, the runtime itself): its night
 * refuses it as `crashed` and goes on.
 */
export async function noteCrashed(request: {
  readonly store: ObjectStore; readonly plan: NightPlan; readonly item: AheadItem;
  readonly why: string; readonly scratch: string; readonly log: Log;
}): Promise<void> {
  const { store, plan, item, why } = request;
  const { job } = planAheadJob(plan, item);
  const pool = await openIngestPool({ ...request, workers: 1 });
  try {
    await putVerdict(store, plan.day, {
      job, rules: await digestRules(pool), result: { kind: "crashed", why }, parts: [],
    });
  } finally {
    await pool.close();
  }
}

async function putRejects(
  store: ObjectStore, day: string, { knownOn, file }: AheadJob, rejects: RejectFiles,
): Promise<void> {
  for (const [kind, name] of Object.entries(rejectNames)) {
    const key = homeKeys.workFile(day, knownOn, file, name);
    await store.putFile(key, rejects[kind as keyof RejectFiles], { mode: 0o600 });
  }
}

async function putVerdict(store: ObjectStore, day: string, verdict: AheadVerdict): Promise<void> {
  const { knownOn, file } = verdict.job;
  await store.put(
    homeKeys.workFile(day, knownOn, file, verdictName), JSON.stringify(verdict), { mode: 0o600 });
}
