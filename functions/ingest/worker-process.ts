import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { ContractError, EngineError } from "../shared/errors.ts";
import type { FromWorker, StartMessage, ToWorker } from "./worker-messages.ts";

export interface ProcessOptions {
  /** Path of the bundled worker. */
  readonly script: string;
  /** Limit of one process, all its memory together. */
  readonly memoryMb: number;
  /** May still be on its way when processes are started: they load meanwhile. */
  readonly start: Promise<Omit<StartMessage, "kind" | "folder" | "memoryMb">>;
}

export type Answer = FromWorker | { readonly kind: "gone"; readonly why: string };

const startDeadlineMs = 60_000;
const exitAfterCloseMs = 2000;

/** Why a worker is gone; anything but its going is our fault and ends the night. */
export function requireGone(answer: Answer): string {
  if (answer.kind === "gone") return answer.why;
  if (answer.kind === "fault") throw new ContractError(answer.message);
  throw new EngineError(`worker: unknown answer: ${answer.kind}`);
}

/** One child process that judges: answers one message at a time. */
export class WorkerProcess {
  readonly #process: ChildProcess;
  readonly #ready: Promise<Answer>;
  #settle: ((answer: Answer) => void) | undefined;
  #gone: string | undefined;
  served = 0;
  /** Asked something since its last flush. */
  isUnflushed = false;
  /** When it was last flushed. */
  residentBytes = 0;

  constructor(options: ProcessOptions, folder: string) {
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

  /** False where the process ended before it could be asked anything. */
  async hasStarted(): Promise<boolean> {
    return (await this.#ready).kind !== "gone";
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
    this.isUnflushed = message.kind !== "flush";
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
        // The channel of a dying process closes before its end is told: that says why.
        if (cause) setTimeout(() => this.#end("closed channel"), exitAfterCloseMs).unref();
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
