export interface Step {
  readonly name: string;
  /** Names of what must be there before; those that are no steps are. */
  readonly reads: readonly string[];
}

/**
 * Runs `work` for every step, each after those of them that it reads, at most `atOnce` beside one
 * another. The first failure aborts `failed`; it is thrown when nothing is under way any more.
 */
export async function runInOrder<T extends Step>(
  steps: readonly T[], atOnce: number, failed: AbortController,
  work: (step: T) => Promise<void>,
): Promise<void> {
  const waiting = [...steps];
  const done = new Set<string>();
  const names = new Set(steps.map((step) => step.name));
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  while (waiting.length > 0 || underWay.size > 0) {
    const isReady = (step: T): boolean =>
      step.reads.every((name) => !names.has(name) || done.has(name));
    while (failures.length === 0 && underWay.size < atOnce) {
      const next = waiting.findIndex(isReady);
      if (next < 0) break;
      const [step] = waiting.splice(next, 1);
      const running = work(step!).then(
        () => { done.add(step!.name); },
        (error: unknown) => {
          failures.push(error);
          failed.abort();
        },
      ).finally(() => underWay.delete(running));
      underWay.add(running);
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay);
  }
  if (failures.length > 0) throw failures[0];
}
