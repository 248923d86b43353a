import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { EngineError } from "../shared/errors.ts";
import { createTypesetter, type Typesetter } from "./typesetter.ts";

export interface CardToTypeset { readonly code: string; readonly data: object }
export interface CardShare { readonly cards: readonly CardToTypeset[]; readonly createdOn: string }
export interface TypesetCard { readonly code: string; readonly bytes: Uint8Array }

/**
 * Typesets cards here and, where the bundle has its thread beside it, half of them there; hands
 * each to `onCard` as it is done, in no fixed order. Throws EngineError when the typesetter warns.
 */
export async function typesetCards(
  share: CardShare, onCard: (card: TypesetCard) => Promise<void>,
  options: { readonly typesetter?: Typesetter; readonly workerScript?: string } = {},
): Promise<void> {
  const script = options.workerScript ?? findWorkerScript();
  const half = script === undefined ? share.cards.length : Math.ceil(share.cards.length / 2);
  const there = script === undefined ? undefined
    : typesetInThread(script, { ...share, cards: share.cards.slice(half) }, onCard);
  // Handled here already: a fault there must not surface before this half has ended.
  const outcome = there?.then(() => undefined, (error: unknown) => error);
  const typesetter = options.typesetter ?? await createTypesetter();
  for (const { code, data } of share.cards.slice(0, half)) {
    await onCard({ code, bytes: await typesetter.typeset(data, share.createdOn) });
  }
  const fault = await outcome;
  if (fault !== undefined) throw fault;
}

/** Only a bundle has one: from sources everything is typeset in this thread. */
function findWorkerScript(): string | undefined {
  const script = fileURLToPath(new URL("./card-worker.js", import.meta.url));
  return existsSync(script) ? script : undefined;
}

function typesetInThread(
  script: string, share: CardShare, onCard: (card: TypesetCard) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: share });
    const stored: Promise<void>[] = [];
    worker.on("message", (card: TypesetCard) => stored.push(onCard(card)));
    worker.once("error", (cause) => reject(new EngineError("typst: thread failed", { cause })));
    worker.once("exit", (code) => {
      if (code !== 0) reject(new EngineError(`typst: thread ended with ${code}`));
      else if (stored.length !== share.cards.length) {
        reject(new EngineError(`typst: thread gave ${stored.length} of ${share.cards.length} cards`));
      } else Promise.all(stored).then(() => resolve(), reject);
    });
  });
}
