import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ContractError, EngineError } from "../shared/errors.ts";
import type { Log } from "../shared/log.ts";
import type { StagedPart } from "./staging.ts";
import type {
  FileResult, FromWorker, JudgeMessage, StartMessage, ToWorker,
} from "./worker-messages.ts";

export interface PoolOptions {
  /** Path of the bundled worker. */
  readonly script: string;
  /** Folder of this night's local files. */
  readonly scratch: string;
  readonly workers: number;
  /** Limit of one process, all its memory together. */
  readonly memoryMb: number;
  /** May still be on its way when processes are started: they load meanwhile. */
  readonly start: Promise<Omit<StartMessage, "kind" | "folder" | "memoryMb">>;
  /** Longest time for one file. */
  readonly deadlineSeconds: number;
  readonly log: Log;
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

const startDeadlineMs = 60_000;

/** A worker that has served so many files is replaced: bounds what leaks in native memory. */
const filesAWorker = 50;
/** A worker that a large file made larger than this does not wait for the next night. */
const idleBytes = 240 * 1024 ** 2;

type Answer = FromWorker | { readonly kind: "gone"; readonly why: string };

/**
 * Reusable child processes, one file at a time each. Rows of small files wait in a worker's tables
 * until it is flushed; when it dies, the files it had not flushed are judged again elsewhere and
 * only the one at work is refused.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #idle: Worker[] = [];
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

  /** Staged rows of everything judged since the last call. */
  takeParts(): readonly StagedPart[] {
    return this.#parts.splice(0);
  }

  /** Judges all files; `takeParts` then has their rows. Throws for what is no file's fault. */
  async judge(
    jobs: readonly JudgeMessage[], onJudged?: (job: JudgeMessage) => void,
  ): Promise<ReadonlyMap<number, PoolResult>> {
    const queue = [...jobs];
    const results = new Map<number, PoolResult>();
    const lanes = Math.min(this.#options.workers, jobs.length);
    const ends = await Promise.allSettled(
      Array.from({ length: lanes }, () => this.#serve(queue, results, onJudged)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
    return results;
  }

  /** Ends all processes and waits until they are gone; call it in any case. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((worker) => worker.kill()));
  }

  async #serve(
    queue: JudgeMessage[], results: Map<number, PoolResult>,
    onJudged: ((job: JudgeMessage) => void) | undefined,
  ): Promise<void> {
    let worker = this.#idle.shift() ?? this.#spawn();
    let unflushed: JudgeMessage[] = [];
    /** Files that were at work when a flush died: judged and flushed one by one. */
    const suspects = new Set<number>();
    try {
      for (;;) {
        const job = queue.shift();
        const mustFlush = unflushed.length > 0 && (job === undefined ||
          worker.served >= filesAWorker || unflushed.some((f) => suspects.has(f.file)));
        if (mustFlush) {
          if (job) queue.unshift(job);
          const flushed = await this.#flush(worker);
          if (!flushed) {
            worker = await this.#replace(worker);
            if (unflushed.length === 1 && unflushed[0]) {
              results.set(unflushed[0].file, endedWhileWriting);
            } else {
              for (const file of unflushed) suspects.add(file.file);
              queue.unshift(...unflushed);
            }
          } else if (worker.served >= filesAWorker) {
            worker = await this.#replace(worker);
          }
          unflushed = [];
          continue;
        }
        if (!job) break;
        const answer = await worker.ask(
          { ...job, kind: "judge" }, this.#options.deadlineSeconds * 1000,
        );
        if (answer.kind === "judged") {
          results.set(job.file, answer.result);
          unflushed.push(job);
          onJudged?.(job);
          continue;
        }
        const why = requireGone(answer);
        this.#options.log.record("ingest.crashed", { file: job.fileName, system: job.system, why });
        results.set(job.file, { kind: "crashed", why });
        queue.unshift(...unflushed);
        unflushed = [];
        worker = await this.#replace(worker);
      }
      if (worker.residentBytes > idleBytes) await worker.kill();
      else this.#idle.push(worker);
    } catch (cause) {
      // The night fails: the other lanes end with the file they are at.
      queue.length = 0;
      await worker.kill();
      throw cause;
    }
  }

  async #flush(worker: Worker): Promise<boolean> {
    const answer = await worker.ask({ kind: "flush" }, this.#options.deadlineSeconds * 1000);
    if (answer.kind !== "flushed") return requireGone(answer) === "";
    this.#parts.push(...answer.parts);
    worker.residentBytes = answer.residentBytes;
    return true;
  }

  async #replace(worker: Worker): Promise<Worker> {
    await worker.kill();
    return this.#spawn();
  }

  #spawn(): Worker {
    const folder = join(this.#options.scratch, `worker-${this.#started++}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new Worker(this.#options, folder);
  }
}

/** Why a worker is gone; anything but its going is our fault and ends the night. */
function requireGone(answer: Answer): string {
  if (answer.kind === "gone") return answer.why;
  if (answer.kind === "fault") throw new ContractError(answer.message);
  throw new EngineError(`worker: unknown answer: ${answer.kind}`);
}

class Worker {
  readonly #process: ChildProcess;
  readonly #ready: Promise<Answer>;
  #settle: ((answer: Answer) => void) | undefined;
  #gone: string | undefined;
  served = 0;
  /** When it was last flushed. */
  residentBytes = 0;

  constructor(options: PoolOptions, folder: string) {
    this.#process = fork(options.script, [], {
      // Rows die young: a larger nursery saves a seventh of the time of a large file.
      execArgv: [
        `--max-old-space-size=${Math.floor(options.memoryMb * 0.6)}`, "--max-semi-space-size=32",
      ],
      // A dying parser may print what it was reading.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#process.on("message", (answer: FromWorker) => {
      if (answer.kind === "failed") this.#gone = answer.why;
      else this.#answer(answer);
    });
    this.#process.on("error", (cause) => this.#end(`process error: ${cause.name}`));
    this.#process.on("exit", (code, signal) =>
      this.#end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    const { memoryMb } = options;
    this.#ready = options.start.then((start) =>
      this.#send({ kind: "start", folder, memoryMb, ...start }, startDeadlineMs));
    // A process that ends before its first file is asked for must not be an unhandled rejection.
    this.#ready.catch(() => undefined);
  }

  /** Never rejects for what the process does: its end and its silence are answers. */
  async ask(message: ToWorker, deadlineMs: number): Promise<Answer> {
    const ready = await this.#ready;
    if (ready.kind === "fault") throw new ContractError(ready.message);
    if (ready.kind !== "ready") {
      const why = ready.kind === "gone" ? ready.why : ready.kind;
      throw new EngineError(`worker: not started: ${why}`);
    }
    if (message.kind === "judge") this.served++;
    return this.#send(message, deadlineMs);
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#process;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  #send(message: ToWorker, deadlineMs: number): Promise<Answer> {
    if (this.#gone !== undefined) return Promise.resolve({ kind: "gone", why: this.#gone });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#answer({ kind: "gone", why: `deadline of ${deadlineMs / 1000} s` });
      }, deadlineMs);
      this.#settle = (answer) => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve(answer);
      };
      this.#process.send(message, (cause) => {
        if (cause) this.#end("closed channel");
      });
    });
  }

  #answer(answer: Answer): void {
    this.#settle?.(answer);
  }

  #end(why: string): void {
    this.#gone ??= why;
    this.#answer({ kind: "gone", why: this.#gone });
  }
}
