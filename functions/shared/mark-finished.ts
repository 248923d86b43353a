import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";

/** Marks a night as brought to its end, its publication and mails included. */
export async function markFinished(
  store: ObjectStore, day: string, finished: string,
): Promise<void> {
  if (day > finished) await store.put(homeKeys.finishedNight, `${JSON.stringify({ day })}\n`);
}
