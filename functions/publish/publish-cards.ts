import { basename } from "node:path";
import { EngineError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { forEachParallel } from "./for-each-parallel.ts";
import { writeObject, type Written } from "./written.ts";

/** A card that the run has stored; `code`: its area. */
export interface StoredCard { readonly code: string; readonly bytes: Uint8Array }

/** Publishes cards as they come; returns when no more do. */
export async function publishArriving(
  store: ObjectStore, runId: string, areas: ReadonlySet<string>,
  cards: AsyncIterable<StoredCard>, written: Written,
): Promise<void> {
  for await (const { code, bytes } of cards) {
    if (areas.has(code)) await writeObject(store, cardKey(code, runId), bytes, written);
  }
}

/** The stored cards of the run that are not written yet; returns the number of all. */
export async function publishStored(
  store: ObjectStore, runId: string, areas: ReadonlySet<string>, written: Written,
): Promise<number> {
  const cards = (await store.list(homeKeys.run(runId, "scorecards/")))
    .filter(({ key }) => key.endsWith(".pdf") && areas.has(basename(key, ".pdf")));
  await forEachParallel(cards, async ({ key }) => {
    const target = cardKey(basename(key, ".pdf"), runId);
    if (written.has(target)) return;
    const object = await store.get(key);
    if (!object) throw new EngineError(`object: missing: ${key}; it was listed`);
    await writeObject(store, target, object.body, written);
  });
  return cards.length;
}

function cardKey(area: string, runId: string): string {
  return homeKeys.slice(area, runId, "scorecard.pdf");
}
