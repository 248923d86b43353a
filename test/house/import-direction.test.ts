import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

function listSources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
    .map((e) => relative(root, join(e.parentPath, e.name)));
}

/** Files of this project that a source imports, relative to the root. */
function listImports(file: string): readonly string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)]
    .map((m) => relative(root, join(root, dirname(file), m[1] ?? "")));
}

const steps = [
  "plan", "ingest", "measure", "scorecards", "publish", "alert", "login", "simulate", "serve",
];
const faults = (files: readonly string[], isAllowed: (target: string, file: string) => boolean) =>
  files.flatMap((file) => listImports(file).filter((t) => !isAllowed(t, file)).map((t) => `${file} → ${t}`));

describe("imports point in one direction", () => {
  test("a step imports itself and shared, never another step, infra or dashboards", () => {
    const found = steps.flatMap((step) => {
      const folder = `functions/${step}`;
      let files: readonly string[];
      try { files = listSources(folder); } catch { return []; }
      return faults(files, (t) => t.startsWith(`${folder}/`) || t.startsWith("functions/shared/"));
    });
    expect(found).toEqual([]);
  });

  test("shared imports only shared", () => {
    expect(faults(listSources("functions/shared"), (t) => t.startsWith("functions/shared/"))).toEqual([]);
  });

  test("dashboards import themselves and the pure leaves of shared", () => {
    const leaves = /^functions\/shared\/(messages|charts)\/|^functions\/shared\/(areas|county-list|figures|figure-book|number-format|reading-sentence|publication|home)\.ts$/;
    expect(faults(listSources("dashboards"), (t) => t.startsWith("dashboards/") || leaves.test(t))).toEqual([]);
  });

  test("a pure leaf imports no node module, so that it runs in a browser", () => {
    const leaves = [...listSources("functions/shared/messages"), ...listSources("functions/shared/charts")];
    const found = leaves.filter((f) => /from\s+["']node:/.test(readFileSync(join(root, f), "utf8")));
    expect(found).toEqual([]);
  });

  test("simulate shares no code with ingest", () => {
    const reachable = new Set<string>();
    const walk = (file: string): void => {
      if (reachable.has(file)) return;
      reachable.add(file);
      for (const t of listImports(file)) walk(t);
    };
    for (const file of listSources("functions/simulate")) walk(file);
    expect([...reachable].filter((f) => f.startsWith("functions/ingest/"))).toEqual([]);
  });
});
