import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../shared/log.ts";
import { maskNumbers } from "../shared/mask-numbers.ts";
import type { FileJudges } from "./file-judges.ts";
import { PoolQueue, type PoolTask } from "./pool-queue.ts";
import type { StagedPart } from "./staging.ts";
import { serveCut } from "./serve-cut.ts";
import type { FileResult, JudgeMessage, LandedJob } from "./worker-messages.ts";
import { requireGone, WorkerProcess, type ProcessOptions } from "./worker-process.ts";

export interface PoolOptions extends ProcessOptions {
  /** Folder of this night's local files. */
  readonly scratch: string;
  readonly workers: number;
  /** Longest time for one file, or one part of a large one. */
  readonly deadlineSeconds: number;
  readonly log: Log;
  /** Texts of more than two such parts are judged by all workers at once; 4 MiB if not given. */
  readonly partBytes?: number;
}

/** A file whose worker died or ran past its deadline: it is refused, the night goes on. */
export interface CrashedFile {
  readonly kind: "crashed";
  readonly why: string;
}
export type PoolResult = FileResult | CrashedFile;

const endedWhileWriting: CrashedFile = {
  kind: "crashed", why: "process ended while writing",
};

/** A worker that has served so many files is replaced: bounds what leaks in native memory. */
const filesAWorker = 50;
/** A worker that a large file made larger than this does not wait for the next night. */
const idleBytes = 240 * 1024 ** 2;
/** Small enough that workers end together, large enough that starting one costs nothing. */
const usualPartBytes = 4 * 1024 ** 2;

/** What one call of `judge` works on. */
export interface PoolRun {
  readonly queue: PoolQueue;
  readonly results: Map<number, PoolResult>;
  readonly parts: StagedPart[];
  readonly partBytes: number;
  /** For local files of the pool itself. */
  readonly folder: string;
  readonly deadlineMs: number;
  readonly onJudged: (job: LandedJob) => void;
  readonly onCrashed: (job: LandedJob, why: string) => void;
}

/**
 * Reusable child processes, one file at a time each; a large text goes through all of them in
 * parts. Rows of small files wait in a worker's tables until it is flushed; when it dies, the files
 * it had not flushed are judged again elsewhere and only the one at work is refused.
 */
export class WorkerPool implements FileJudges {
  readonly #options: PoolOptions;
  readonly #idle: WorkerProcess[] = [];
  readonly #parts: StagedPart[] = [];
  #started = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    // Whoever waits for `start` reports what is wrong with it.
    options.start.catch(() => undefined);
  }

  /** Starts processes before there is work, so that they load while the night is planned. */
  warmUp(files: number): void {
    const wanted = Math.min(this.#options.workers, files);
    while (this.#idle.length < wanted) this.#idle.push(this.#spawn());
  }

  /** Staged rows of everything judged since the last call; those of a large text in its order. */
  takeParts(): readonly StagedPart[] {
    return this.#parts.splice(0);
  }

  /** Judges all files; `takeParts` then has their rows. Throws for what is no file's fault. */
  async judge(
    jobs: readonly JudgeMessage[], onJudged?: (job: JudgeMessage) => void,
  ): Promise<ReadonlyMap<number, PoolResult>> {
    const { workers, deadlineSeconds, log, scratch, partBytes = usualPartBytes } = this.#options;
    const results = new Map<number, PoolResult>();
    const tasks = jobs.map((job): PoolTask => {
      const isLarge = workers > 1 && sizeOf(job.path) > 2 * partBytes;
      return { kind: isLarge ? "plan" : "judge", job };
    });
    const run: PoolRun = {
      queue: new PoolQueue(tasks), results, parts: this.#parts, partBytes, folder: scratch,
      deadlineMs: deadlineSeconds * 1000,
      onJudged: (job) => onJudged?.({ ...job, kind: "judge" }),
      onCrashed: (job, why) => {
        log.record("ingest.crashed", { file: maskNumbers(job.fileName), system: job.system, why });
        results.set(job.file, { kind: "crashed", why });
      },
    };
    const hasLarge = tasks.some((task) => task.kind === "plan");
    const lanes = hasLarge ? workers : Math.min(workers, jobs.length);
    const ends = await Promise.allSettled(Array.from({ length: lanes }, () => this.#serve(run)));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
    return results;
  }

  /** Ends all processes and waits until they are gone; call it in any case. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((worker) => worker.kill()));
  }

  async #serve(run: PoolRun): Promise<void> {
    const { queue, results } = run;
    let worker = this.#idle.shift() ?? this.#spawn();
    let unflushed: LandedJob[] = [];
    /** Files that were at work when a flush died: judged and flushed one by one. */
    const suspects = new Set<number>();
    const putBack = (jobs: readonly LandedJob[]): void =>
      queue.putFirst(jobs.map((job) => ({ kind: "judge", job })));
    try {
      // Killed before it had a file: no file's fault, and once no reason to end the night.
      if (!await worker.hasStarted()) worker = await this.#replace(worker);
      for (;;) {
        const isFull = worker.served >= filesAWorker;
        const task = isFull || unflushed.some((f) => suspects.has(f.file))
          ? undefined : queue.take();
        if (task) {
          try {
            let why = task.kind === "judge"
              ? await this.#judgeOne(worker, task.job, unflushed, run)
              : await serveCut(worker, task, run);
            if (task.kind === "judge" && why !== undefined) {
              if (worker.served > 1 && !why.startsWith("deadline")) {
                // What earlier files left in the process may have ended it: once more, alone.
                putBack(unflushed);
                unflushed = [];
                worker = await this.#replace(worker);
                why = await this.#judgeOne(worker, task.job, unflushed, run);
              }
              if (why !== undefined) run.onCrashed(task.job, why);
            }
            if (why !== undefined) {
              putBack(unflushed);
              unflushed = [];
              worker = await this.#replace(worker);
            }
          } finally {
            queue.done();
          }
        } else if (worker.isUnflushed) {
          if (!await this.#flush(worker, run)) {
            worker = await this.#replace(worker);
            const [only] = unflushed;
            if (only && unflushed.length === 1 && suspects.has(only.file)) {
              results.set(only.file, endedWhileWriting);
            } else {
              for (const file of unflushed) suspects.add(file.file);
              putBack(unflushed);
            }
          } else if (isFull) {
            worker = await this.#replace(worker);
          }
          unflushed = [];
        } else if (isFull) {
          worker = await this.#replace(worker);
        } else if (queue.isDone) {
          break;
        } else {
          await queue.wait();
        }
      }
      if (worker.residentBytes > idleBytes) await worker.kill();
      else this.#idle.push(worker);
    } catch (cause) {
      // The night fails: the other lanes end with the file they are at.
      queue.clear();
      await worker.kill();
      throw cause;
    }
  }

  /** Why the worker is gone, or undefined where it is still there. */
  async #judgeOne(
    worker: WorkerProcess, job: LandedJob, unflushed: LandedJob[], run: PoolRun,
  ): Promise<string | undefined> {
    const answer = await worker.ask({ ...job, kind: "judge" }, run.deadlineMs);
    if (answer.kind === "judged") {
      run.results.set(job.file, answer.result);
      unflushed.push(job);
      run.onJudged(job);
      return undefined;
    }
    return requireGone(answer);
  }

  async #flush(worker: WorkerProcess, run: PoolRun): Promise<boolean> {
    const answer = await worker.ask({ kind: "flush" }, run.deadlineMs);
    if (answer.kind !== "flushed") return requireGone(answer) === "";
    this.#parts.push(...answer.parts);
    worker.residentBytes = answer.residentBytes;
    return true;
  }

  async #replace(worker: WorkerProcess): Promise<WorkerProcess> {
    await worker.kill();
    return this.#spawn();
  }

  #spawn(): WorkerProcess {
    const folder = join(this.#options.scratch, `worker-${this.#started++}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new WorkerProcess(this.#options, folder);
  }
}

/** 0 for a file that is not there: whoever reads it says so. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
