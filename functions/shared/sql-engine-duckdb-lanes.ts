import type { DuckDBConnection } from "@duckdb/node-api";
import { settleAll } from "./settle-all.ts";
import { createInputs, runModel, timed } from "./sql-engine-duckdb-day.ts";
import type { DayWork, Seconds } from "./sql-engine-duckdb-day.ts";
import type { EngineOutput, EngineResult, Model } from "./sql-engine.ts";

/** A day and its connections, as many as there are lanes. */
export interface LanedDay {
  readonly work: DayWork;
  readonly connections: readonly DuckDBConnection[];
}

/** One model of one day, waiting for those it reads. */
interface Task {
  readonly day: LaneState;
  readonly model: Model;
  /** Models on the longest way from here to one that nobody reads. */
  readonly height: number;
  /** Models that must be done first. */
  waitsFor: number;
  readonly readers: Task[];
}
interface LaneState extends LanedDay {
  readonly seconds: Seconds;
  readonly outputs: EngineOutput[];
}

/**
 * Runs the models of all days over several lanes, one model a lane at a time, each as soon as those
 * it reads are done. Small statements on one thread each beside one another take less of a machine
 * than one after the other on all threads: measured. When a model fails no further one begins.
 */
export async function runDays(days: readonly LanedDay[]): Promise<readonly EngineResult[]> {
  const states = days.map((day): LaneState => ({ ...day, seconds: {}, outputs: [] }));
  await settleAll(states.map(({ work, seconds }) =>
    timed(seconds, "sources", () => createInputs(work))));
  const queue = new TaskQueue(states.flatMap(buildTasks));
  const nLanes = days[0]?.connections.length ?? 0;
  await settleAll(Array.from({ length: nLanes }, async (_, lane) => {
    for (let task = await queue.take(); task; task = await queue.take()) {
      const { day: { work, connections, seconds, outputs }, model } = task;
      const connection = connections[lane]!;
      try {
        outputs.push(...await timed(seconds, model.name, () =>
          runModel({ ...work, connection }, model)));
      } catch (error) {
        queue.stop();
        throw error;
      }
      queue.done(task);
    }
  }));
  return states.map(({ work, outputs, seconds }) => ({
    seconds,
    outputs: work.models.flatMap((m) => outputs.find((o) => o.name === m.name) ?? []),
  }));
}

/** Tasks of a day, whose models come in order. */
function buildTasks(day: LaneState): readonly Task[] {
  const { models } = day.work;
  const heights = new Map<string, number>();
  for (const model of models.toReversed()) {
    const height = heights.get(model.name) ?? 1;
    heights.set(model.name, height);
    for (const name of model.reads) {
      heights.set(name, Math.max(heights.get(name) ?? 1, height + 1));
    }
  }
  const tasks = new Map<string, Task>();
  for (const model of models) {
    const before = [...new Set(model.reads)].flatMap((name) => tasks.get(name) ?? []);
    const task: Task = {
      day, model, height: heights.get(model.name) ?? 1, waitsFor: before.length, readers: [],
    };
    for (const read of before) read.readers.push(task);
    tasks.set(model.name, task);
  }
  return [...tasks.values()];
}

/** Hands out what can run, that on the longest way first. */
class TaskQueue {
  readonly #free: Task[];
  #left: number;
  #waiting: (() => void)[] = [];

  constructor(tasks: readonly Task[]) {
    this.#free = tasks.filter((task) => task.waitsFor === 0);
    this.#left = tasks.length;
  }

  /** Waits for what becomes free; undefined when nothing will. Call `done` after it. */
  async take(): Promise<Task | undefined> {
    while (this.#free.length === 0 && this.#left > 0) {
      await new Promise<void>((resolve) => { this.#waiting.push(resolve); });
    }
    if (this.#left === 0) return undefined;
    const best = this.#free.reduce((a, b) => (b.height > a.height ? b : a));
    this.#free.splice(this.#free.indexOf(best), 1);
    return best;
  }

  done(task: Task): void {
    if (this.#left > 0) this.#left--;
    for (const reader of task.readers) {
      reader.waitsFor--;
      if (reader.waitsFor === 0) this.#free.push(reader);
    }
    this.#wake();
  }

  /** Gives up what is left. */
  stop(): void {
    this.#left = 0;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
