import { existsSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { EngineError } from "../shared/errors.ts";
import { buildQr } from "./qr-code.ts";
import { createTypesetter, type Typesetter } from "./typesetter.ts";

export interface CardToTypeset { readonly code: string; readonly data: object }
export interface CardShare { readonly cards: readonly CardToTypeset[]; readonly createdOn: string }
export interface TypesetCard { readonly code: string; readonly bytes: Uint8Array }
/** Page of a card's county on the published site. */
export interface CardPage { readonly code: string; readonly url: string }
export type PressMessage =
  { readonly qrCodes: readonly (readonly [code: string, svg: string])[] } | TypesetCard;

/** Typesets the cards of one run; its thread makes fonts and QR codes ready from the beginning. */
export interface CardPress {
  /** SVG by the code of the page. */
  qrCodes(): Promise<ReadonlyMap<string, string>>;
  /**
   * Hands each card to `onCard` as it is done, in no fixed order. From `mayHelp` on this thread
   * takes cards too. Throws EngineError when the typesetter warns or the thread fails.
   */
  typeset(
    share: CardShare, onCard: (card: TypesetCard) => Promise<void>, mayHelp?: Promise<unknown>,
  ): Promise<void>;
  /** Ends the thread, whatever it is doing. */
  close(): Promise<void>;
}

export interface PressOptions {
  readonly pages: readonly CardPage[];
  readonly typesetter?: Typesetter;
  /** Default: card-worker.js beside the bundle; from sources all is done in this thread. */
  readonly workerScript?: string;
}

/** Fewer cards than these are done before a second typesetter has read its fonts. */
const worthHelping = 24;

export function openCardPress(options: PressOptions): CardPress {
  const script = options.workerScript ?? findWorkerScript();
  return script === undefined ? openHere(options) : openInThread(script, options);
}

/** Only a bundle has one. */
function findWorkerScript(): string | undefined {
  const script = fileURLToPath(new URL("./card-worker.js", import.meta.url));
  return existsSync(script) ? script : undefined;
}

function openHere({ pages, typesetter }: PressOptions): CardPress {
  return {
    qrCodes: async () => new Map(pages.map(({ code, url }) => [code, buildQr(url)])),
    async typeset({ cards, createdOn }, onCard, mayHelp) {
      await mayHelp;
      const press = typesetter ?? await createTypesetter();
      for (const { code, data } of cards) {
        await onCard({ code, bytes: await press.typeset(data, createdOn) });
      }
    },
    close: async () => undefined,
  };
}

function openInThread(script: string, options: PressOptions): CardPress {
  const worker = new Worker(script, { workerData: options.pages });
  let hasEnded = false;
  const ended = new Promise<void>((resolve, reject) => {
    worker.once("error", (cause) => reject(new EngineError("typst: thread failed", { cause })));
    worker.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new EngineError(`typst: thread ended with ${code}`));
    });
  }).finally(() => { hasEnded = true; });
  // Whoever waits for the thread hears of its failure; nobody may be waiting yet.
  ended.catch(() => undefined);
  let onTypeset = async (_card: TypesetCard): Promise<void> => undefined;
  const qrCodes = new Promise<ReadonlyMap<string, string>>((resolve) => {
    worker.on("message", (message: PressMessage) => {
      if ("qrCodes" in message) resolve(new Map(message.qrCodes));
      else void onTypeset(message);
    });
  });
  return {
    qrCodes: () => Promise.race([qrCodes, ended.then(() => {
      throw new EngineError("typst: thread ended without QR codes");
    })]),
    async typeset(share, onCard, mayHelp = Promise.resolve()) {
      const { cards, createdOn } = share;
      const stored: Promise<void>[] = [];
      const store = (card: TypesetCard): Promise<void> => {
        const done = onCard(card);
        // Looked at when all are done.
        done.catch(() => undefined);
        stored.push(done);
        return done;
      };
      onTypeset = store;
      // Both threads take the next card from here.
      const next = new Int32Array(new SharedArrayBuffer(4));
      worker.postMessage({ ...share, next });
      await Promise.race([mayHelp, ended]);
      if (cards.length - Atomics.load(next, 0) >= (options.typesetter ? 1 : worthHelping)) {
        const press = options.typesetter ?? await createTypesetter();
        while (!hasEnded) {
          const card = cards[Atomics.add(next, 0, 1)];
          if (!card) break;
          await store({ code: card.code, bytes: await press.typeset(card.data, createdOn) });
          // Lets what the thread has done be stored meanwhile.
          await nextTurn();
        }
      }
      await ended;
      if (stored.length !== cards.length) {
        throw new EngineError(`typst: thread gave ${stored.length} of ${cards.length} cards`);
      }
      await Promise.all(stored);
    },
    async close() {
      await worker.terminate();
    },
  };
}
