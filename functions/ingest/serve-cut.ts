import { join } from "node:path";
import { PartJoin } from "./cut-file.ts";
import type { CutJob, PoolTask } from "./pool-queue.ts";
import { repeatsPart, versionsPart, writePlaces } from "./staging.ts";
import { describeTaken } from "./taken-file.ts";
import type { LandedJob, RejectFiles } from "./worker-messages.ts";
import type { PoolRun } from "./worker-pool.ts";
import { requireGone, type WorkerProcess } from "./worker-process.ts";

/** Rows a further version of a record, so that a file can be settled without comparing them. */
const mostlyFirst = 20;

/**
 * One step of a large text: finding where it can be cut, judging a part, writing what goes back to
 * the sender. Returns why the worker is gone, undefined where it is still there; a file of which
 * one step failed is refused and nothing of its other parts is kept.
 */
export async function serveCut(
  worker: WorkerProcess, task: Exclude<PoolTask, { readonly kind: "judge" }>, run: PoolRun,
): Promise<string | undefined> {
  switch (task.kind) {
    case "plan": return plan(worker, task.job, run);
    case "part": return judgePart(worker, task.cutJob, task.index, run);
    case "rejects": return writeRejects(worker, task, run);
  }
}

async function plan(
  worker: WorkerProcess, job: LandedJob, run: PoolRun,
): Promise<string | undefined> {
  const startedMs = performance.now();
  const answer = await worker.ask({ kind: "plan", job, partBytes: run.partBytes }, run.deadlineMs);
  if (answer.kind !== "planned") return crash(job, requireGone(answer), run);
  const { cut } = answer;
  if (!cut) {
    run.queue.putFirst([{ kind: "judge", job }]);
    return undefined;
  }
  const cutJob: CutJob = {
    job, cut, parts: new PartJoin(cut), startedMs, rejects: {}, crashed: undefined,
  };
  run.queue.putFirst(cut.ranges.map((_, index) => ({ kind: "part", cutJob, index })));
  return undefined;
}

async function judgePart(
  worker: WorkerProcess, cutJob: CutJob, index: number, run: PoolRun,
): Promise<string | undefined> {
  if (cutJob.crashed !== undefined) return undefined;
  const { job, cut, parts } = cutJob;
  const answer = await worker.ask({ kind: "part", job, cut, index }, run.deadlineMs);
  if (answer.kind !== "part-judged") return crashCut(cutJob, requireGone(answer), run);
  if (cutJob.crashed !== undefined) return undefined;
  parts.put(index, answer.part);
  if (!parts.isComplete) return undefined;
  const { verdict, quarantine } = parts.finish();
  if (quarantine.length === 0 || !job.isNew) finish(cutJob, null, run);
  else {
    run.queue.putFirst((["rows", "workbook"] as const).map((only) =>
      ({ kind: "rejects", cutJob, message: { kind: "rejects", job, verdict, quarantine, only } })));
  }
  return undefined;
}

async function writeRejects(
  worker: WorkerProcess, { cutJob, message }: Extract<PoolTask, { readonly kind: "rejects" }>,
  run: PoolRun,
): Promise<string | undefined> {
  if (cutJob.crashed !== undefined) return undefined;
  const answer = await worker.ask(message, run.deadlineMs);
  if (answer.kind !== "rejects-written") return crashCut(cutJob, requireGone(answer), run);
  if (cutJob.crashed !== undefined) return undefined;
  const { quarantine, slipXlsx, slipCsv, slipJson } =
    Object.assign(cutJob.rejects, answer.rejects);
  // The other half is still at work.
  if (!quarantine || !slipXlsx || !slipCsv || !slipJson) return undefined;
  finish(cutJob, { quarantine, slipXlsx, slipCsv, slipJson }, run);
  return undefined;
}

function finish(
  { job, parts, startedMs }: CutJob, rejects: RejectFiles | null, run: PoolRun,
): void {
  const { verdict, staged, duplicates, versions } = parts.finish();
  const seconds = Math.round(performance.now() - startedMs) / 1000;
  run.parts.push(...staged.map((part) => ({ ...part, file: job.file })));
  if (duplicates.length > 0) {
    const path = join(run.folder, `repeats-${job.file}.parquet`);
    run.parts.push(writePlaces(repeatsPart, path, job.file, duplicates));
  }
  if (versions && versions.length * mostlyFirst < verdict.rowsAccepted) {
    const path = join(run.folder, `versions-${job.file}.parquet`);
    run.parts.push(writePlaces(versionsPart, path, job.file, versions));
  }
  run.results.set(job.file, describeTaken(verdict, rejects, seconds));
  run.onJudged(job);
}

function crashCut(cutJob: CutJob, why: string, run: PoolRun): string {
  if (cutJob.crashed !== undefined) return why;
  cutJob.crashed = why;
  return crash(cutJob.job, why, run);
}

function crash(job: LandedJob, why: string, run: PoolRun): string {
  run.onCrashed(job, why);
  return why;
}
