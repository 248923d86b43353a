import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { gzippedBytes, makeUpProvince, runId } from "./made-up-province.ts";
import { findXmlFault } from "./strict-xml.ts";

let shell: string;

beforeAll(async () => {
  shell = mkdtempSync(join(tmpdir(), "dudao-shell-"));
  const dashboards = join(packageRoot, "dashboards");
  await build({
    root: dashboards, configFile: join(dashboards, "vite.config.ts"), logLevel: "warn",
    build: { outDir: shell },
  });
});

afterAll(() => rmSync(shell, { recursive: true, force: true }));

const zipped = (file: string) => gzipSync(readFileSync(join(shell, file)), { level: 9 }).byteLength;

it("loads at most 40 KB of gzipped script for the first view", () => {
  const html = readFileSync(join(shell, "index.html"), "utf8");
  const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((m) => m[1] ?? "");
  expect(scripts.length).toBeGreaterThan(0);
  // What the entry imports must stand in the page, else it would be asked for a round trip later.
  const imported = scripts.flatMap((file) =>
    [...readFileSync(join(shell, file), "utf8").matchAll(/from"\.\/([^"]+\.js)"/g)]
      .map((m) => `assets/${m[1]}`));
  expect(imported.filter((file) => !scripts.includes(file))).toEqual([]);
  const bytes = scripts.reduce((sum, file) => sum + zipped(file), zipped("index.html"));
  expect(bytes).toBeLessThan(40_000);
});

it("publishes a first view of well-formed drawings in at most 6 KB", () => {
  const file = makeUpProvince().files.get(`publish/51/${runId}/first.html`) ?? new Uint8Array();
  const html = Buffer.from(file).toString();
  expect(html).toContain("183 个县（市、区）已启动");
  expect(findXmlFault(`<div>${html}</div>`)).toBeNull();
  expect(gzippedBytes(file)).toBeLessThan(6_000);
});
