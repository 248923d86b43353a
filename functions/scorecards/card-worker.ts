/** Thread that typesets cards; bundled beside the command line as card-worker.js. */
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import type { CardPage, CardShare, PressMessage } from "./card-press.ts";
import { buildQr } from "./qr-code.ts";
import { createTypesetter } from "./typesetter.ts";

const port = parentPort;
if (!port) throw new Error("card-worker: runs as a thread only");
const send = (message: PressMessage): void => port.postMessage(message);
const work = new Promise<CardShare & { readonly next: Int32Array }>((resolve) => {
  port.once("message", resolve);
});
const pages = workerData as readonly CardPage[];
send({ qrCodes: pages.map(({ code, url }) => [code, buildQr(url)]) });
// A rejection that nobody takes ends the thread, and its opener hears of it.
void typesetShare(port);

async function typesetShare(to: MessagePort): Promise<void> {
  const typesetter = await createTypesetter();
  const { cards, createdOn, next } = await work;
  for (let card = cards[Atomics.add(next, 0, 1)]; card; card = cards[Atomics.add(next, 0, 1)]) {
    send({ code: card.code, bytes: await typesetter.typeset(card.data, createdOn) });
  }
  to.close();
}
