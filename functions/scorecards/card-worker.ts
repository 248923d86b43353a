/** Thread that typesets a share of the cards; bundled beside the command line as card-worker.js. */
import { parentPort, workerData } from "node:worker_threads";
import { createTypesetter } from "./typesetter.ts";
import type { CardShare, TypesetCard } from "./typeset-cards.ts";

const share = workerData as CardShare;
const typesetter = await createTypesetter();
for (const { code, data } of share.cards) {
  const bytes = await typesetter.typeset(data, share.createdOn);
  parentPort?.postMessage({ code, bytes } satisfies TypesetCard);
}
