import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { openCardPress, type CardShare, type PressOptions, type TypesetCard } from "../../functions/scorecards/card-press.ts";
import type { Typesetter } from "../../functions/scorecards/typesetter.ts";

/** A bundled thread that answers with the length of what it was given, or fails on request. */
async function bundleThread(source: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "dudao-thread-")), "card-worker.mjs");
  await build({
    stdin: { contents: source, resolveDir: join(packageRoot, "functions", "scorecards"), loader: "ts" },
    outfile, bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "warning",
  });
  return outfile;
}

const share: CardShare = {
  createdOn: "2021-12-20", cards: ["a", "b", "c", "d", "e"].map((code) => ({ code, data: { code } })),
};
const here: Typesetter = {
  name: "typst native",
  typeset: async (data) => Buffer.from(createHash("sha256").update(JSON.stringify(data)).digest("hex")),
};
const pages = [{ code: "a", url: "https://dudao.example/a" }];
const echo = `
  import { parentPort, workerData } from "node:worker_threads";
  import { createHash } from "node:crypto";
  parentPort.postMessage({ qrCodes: workerData.map(({ code, url }) => [code, url]) });
  parentPort.once("message", ({ cards, next }) => {
    for (let card = cards[Atomics.add(next, 0, 1)]; card; card = cards[Atomics.add(next, 0, 1)]) {
      parentPort.postMessage({ code: card.code, bytes: Buffer.from(
        createHash("sha256").update(JSON.stringify(card.data)).digest("hex")) });
    }
  });`;

describe("cards typeset by two threads", () => {
  const collect = async (
    options: Partial<PressOptions>, mayHelp?: Promise<unknown>,
  ): Promise<readonly string[]> => {
    const cards: TypesetCard[] = [];
    const press = openCardPress({ pages, typesetter: here, ...options });
    await press.typeset(share, async (card) => { cards.push(card); }, mayHelp);
    await press.close();
    return cards.map((c) => `${c.code} ${Buffer.from(c.bytes).toString()}`).sort();
  };

  test("every card comes once, the same as from one thread", async () => {
    const one = await collect({});
    expect(one).toHaveLength(5);
    const workerScript = await bundleThread(echo);
    expect(await collect({ workerScript })).toEqual(one);
    const never = new Promise(() => undefined);
    expect(await collect({ workerScript }, never)).toEqual(one);
  });

  test("a thread that only waits leaves the cards to this one", async () => {
    const idle = `import { parentPort } from "node:worker_threads";
      parentPort.once("message", () => setTimeout(() => undefined, 300));`;
    expect(await collect({ workerScript: await bundleThread(idle) })).toEqual(await collect({}));
  });

  test("the thread draws the QR codes, or this one where there is none", async () => {
    const there = openCardPress({ pages, workerScript: await bundleThread(echo) });
    expect([...await there.qrCodes()]).toEqual([["a", "https://dudao.example/a"]]);
    await there.close();
    const codes = await openCardPress({ pages }).qrCodes();
    expect(codes.get("a")).toMatch(/^<svg .*<path d="M0 0h1v1h-1z/);
  });

  test("a thread that fails, or loses a card, fails the step", async () => {
    const run = async (source: string): Promise<unknown> =>
      collect({ workerScript: await bundleThread(source) }, new Promise(() => undefined));
    await expect(run(`throw new Error("no font")`)).rejects.toThrow("typst: thread failed");
    await expect(run(`process.exit(3)`)).rejects.toThrow("typst: thread ended with 3");
    await expect(run(echo.replace("let card =", "Atomics.add(next, 0, 1), card =")
      .replace("for (", "let card; for ("))).rejects.toThrow("typst: thread gave 4 of 5 cards");
    const press = openCardPress({ pages, workerScript: await bundleThread("export {};") });
    await expect(press.qrCodes()).rejects.toThrow("typst: thread ended without QR codes");
  });

  test("a card that cannot be stored fails the step", async () => {
    const press = openCardPress({ pages, typesetter: here, workerScript: await bundleThread(echo) });
    await expect(press.typeset(share, async ({ code }) => {
      if (code === "c") throw new Error("disk full");
    })).rejects.toThrow("disk full");
    await press.close();
  });
});
