import { homeKeys } from "../../shared/home.ts";
import type { Log } from "../../shared/log.ts";
import type { NightPlan } from "../../shared/night-plan.ts";
import type { ObjectStore } from "../../shared/object-store.ts";
import { readJson } from "../../shared/read-json.ts";
import type { FileJudges } from "../file-judges.ts";
import { openIngestPool, type IngestPool, type IngestPoolOptions } from "../ingest-pool.ts";
import type { StagedPart } from "../staging.ts";
import type { JudgeMessage, RejectFiles } from "../worker-messages.ts";
import type { PoolResult } from "../worker-pool.ts";
import {
  digestRules, rejectNames, verdictName, type AheadJob, type AheadVerdict,
} from "./ahead-verdict.ts";

/**
 * A pool that takes the verdicts which `judgeAhead` left for this plan, and judges in worker
 * processes whatever has none, was judged under other rules or is asked for otherwise.
 */
export async function openAheadPool(options: IngestPoolOptions & {
  readonly store: ObjectStore; readonly plan: NightPlan; readonly scratch: string; readonly log: Log;
}): Promise<IngestPool> {
  const pool = await openIngestPool(options);
  return { ...pool, workers: createAheadJudges(pool, options) };
}

function createAheadJudges(
  pool: IngestPool, { store, plan, log }: {
    readonly store: ObjectStore; readonly plan: NightPlan; readonly log: Log;
  },
): FileJudges {
  const parts: StagedPart[] = [];
  return {
    // Most files have their verdict: processes are started for those that do not.
    warmUp: () => undefined,
    takeParts: () => [...parts.splice(0), ...pool.workers.takeParts()],
    close: () => pool.workers.close(),
    async judge(jobs, onJudged) {
      const rules = await digestRules(pool);
      const results = new Map<number, PoolResult>();
      const left: JudgeMessage[] = [];
      for (const job of jobs) {
        const ahead = await findVerdict(store, plan, job, rules);
        if (!ahead) {
          left.push(job);
          continue;
        }
        const fetch = (name: string): Promise<string> => store.fetchToFile(
          homeKeys.workFile(plan.day, job.knownOn, job.file, name), pool.folder);
        results.set(job.file, await withRejects(ahead.result, fetch));
        for (const { name, ...part } of ahead.parts) {
          parts.push({ ...part, path: await fetch(name) });
        }
        onJudged?.(job);
      }
      log.record("ingest.ahead", { taken: results.size, left: left.length });
      for (const [file, result] of await pool.workers.judge(left, onJudged)) {
        results.set(file, result);
      }
      return results;
    },
  };
}

async function findVerdict(
  store: ObjectStore, { day }: NightPlan, job: JudgeMessage, rules: string,
): Promise<AheadVerdict | undefined> {
  const verdict = await readJson<AheadVerdict>(
    store, homeKeys.workFile(day, job.knownOn, job.file, verdictName));
  return verdict && verdict.rules === rules && isSameJob(verdict.job, job) ? verdict : undefined;
}

function isSameJob(ahead: AheadJob, job: JudgeMessage): boolean {
  return ahead.file === job.file && ahead.sha256 === job.sha256 && ahead.system === job.system
    && ahead.fileName === job.fileName && ahead.landingDay === job.landingDay
    && ahead.knownOn === job.knownOn && ahead.isNew === job.isNew;
}

/** The local files of the process that judged are gone: their copies take their places. */
async function withRejects(
  result: PoolResult, fetch: (name: string) => Promise<string>,
): Promise<PoolResult> {
  if (result.kind !== "judged" || !result.rejects) return result;
  const rejects: Record<string, string> = {};
  for (const [kind, name] of Object.entries(rejectNames)) rejects[kind] = await fetch(name);
  return { ...result, rejects: rejects as unknown as RejectFiles };
}

/** Deletes the rows and slips that were left in `work/` for a night that is closed. */
export async function dropAhead(store: ObjectStore, day: string): Promise<void> {
  for (const { key } of await store.list(homeKeys.workPrefix(day))) {
    // A step that is called again still asks for the plan.
    if (key !== homeKeys.workPlan(day)) await store.delete(key);
  }
}
