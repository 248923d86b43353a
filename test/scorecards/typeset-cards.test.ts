import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { typesetCards, type CardShare, type TypesetCard } from "../../functions/scorecards/typeset-cards.ts";
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
const echo = `
  import { parentPort, workerData } from "node:worker_threads";
  import { createHash } from "node:crypto";
  for (const { code, data } of workerData.cards) parentPort.postMessage({
    code, bytes: Buffer.from(createHash("sha256").update(JSON.stringify(data)).digest("hex")) });`;

describe("cards typeset by two threads", () => {
  test("every card comes once, the same as from one thread", async () => {
    const collect = async (options: Parameters<typeof typesetCards>[2]): Promise<readonly string[]> => {
      const cards: TypesetCard[] = [];
      await typesetCards(share, async (card) => { cards.push(card); }, options);
      return cards.map((c) => `${c.code} ${Buffer.from(c.bytes).toString()}`).sort();
    };
    const one = await collect({ typesetter: here });
    expect(one).toHaveLength(5);
    expect(await collect({ typesetter: here, workerScript: await bundleThread(echo) })).toEqual(one);
  });

  test("a thread that fails, or gives fewer cards, fails the step", async () => {
    const run = async (source: string) => typesetCards(
      share, async () => undefined, { typesetter: here, workerScript: await bundleThread(source) });
    await expect(run(`throw new Error("no font")`)).rejects.toThrow("typst: thread failed");
    await expect(run(`process.exit(3)`)).rejects.toThrow("typst: thread ended with 3");
    await expect(run(echo.replace("workerData.cards", "workerData.cards.slice(1)")))
      .rejects.toThrow("typst: thread gave 1 of 2 cards");
  });
});
