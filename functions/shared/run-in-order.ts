import type { Model } from "./sql-engine.ts";

/**
 * Runs `work` for every model, each after those of them that it reads, at most `atOnce` beside one
 * another. The first failure aborts `failed`; it is thrown when nothing is under way any more.
 */
export async function runInOrder(
  models: readonly Model[], atOnce: number, failed: AbortController,
  work: (model: Model) => Promise<void>,
): Promise<void> {
  const waiting = [...models];
  const done = new Set<string>();
  const names = new Set(models.map((m) => m.name));
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  while (waiting.length > 0 || underWay.size > 0) {
    const isReady = (model: Model): boolean =>
      model.reads.every((name) => !names.has(name) || done.has(name));
    while (failures.length === 0 && underWay.size < atOnce) {
      const next = waiting.findIndex(isReady);
      if (next < 0) break;
      const [model] = waiting.splice(next, 1);
      const running = work(model!).then(
        () => { done.add(model!.name); },
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
