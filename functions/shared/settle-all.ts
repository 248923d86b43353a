/** All results; a failure is thrown only when none works any more. */
export async function settleAll<T extends readonly Promise<unknown>[]>(
  works: T,
): Promise<{ readonly [K in keyof T]: Awaited<T[K]> }> {
  for (const one of await Promise.allSettled(works)) {
    if (one.status === "rejected") throw one.reason;
  }
  return await Promise.all(works) as { readonly [K in keyof T]: Awaited<T[K]> };
}
