/** A handful at once: enough to hide a network's latency, little enough for its sockets. */
export async function forEachParallel<T>(
  items: readonly T[], work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (const item of queue) {
      if (hasFailed) return;
      await work(item).catch((cause: unknown) => {
        hasFailed = true;
        throw cause;
      });
    }
  }));
}
