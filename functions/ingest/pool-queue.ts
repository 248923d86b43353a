import type { PartJoin } from "./cut-file.ts";
import type { FileCut } from "./plan-cut.ts";
import type { LandedJob, RejectFiles, RejectsMessage } from "./worker-messages.ts";

/** A large text on its way through several workers. */
export interface CutJob {
  readonly job: LandedJob;
  readonly cut: FileCut;
  readonly parts: PartJoin;
  readonly startedMs: number;
  /** Of what goes back to the sender: written so far. */
  rejects: Partial<RejectFiles>;
  /** Why it is refused; its other parts are then not judged. */
  crashed: string | undefined;
}

export type PoolTask =
  | { readonly kind: "judge"; readonly job: LandedJob }
  | { readonly kind: "plan"; readonly job: LandedJob }
  | { readonly kind: "part"; readonly cutJob: CutJob; readonly index: number }
  | { readonly kind: "rejects"; readonly cutJob: CutJob; readonly message: RejectsMessage };

/** Work of several workers, of which some makes more work. */
export class PoolQueue {
  #tasks: PoolTask[];
  #atWork = 0;
  #waiting: (() => void)[] = [];

  constructor(tasks: readonly PoolTask[]) {
    this.#tasks = [...tasks];
  }

  /** Taken at once, or undefined where there is nothing to do for now; call `done` after it. */
  take(): PoolTask | undefined {
    const task = this.#tasks.shift();
    if (task) this.#atWork++;
    return task;
  }

  done(): void {
    this.#atWork--;
    this.#wake();
  }

  putFirst(tasks: readonly PoolTask[]): void {
    this.#tasks.unshift(...tasks);
    this.#wake();
  }

  /** Gives up what is left. */
  clear(): void {
    this.#tasks = [];
    this.#wake();
  }

  /** Nothing left and nobody at work that could bring more. */
  get isDone(): boolean {
    return this.#tasks.length === 0 && this.#atWork === 0;
  }

  /** Until something changes. */
  wait(): Promise<void> {
    return new Promise((resolve) => { this.#waiting.push(resolve); });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
