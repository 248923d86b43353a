import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const folder = dirname(fileURLToPath(import.meta.url));

/** Files that a file imports, itself among them, relative to this folder. */
function reach(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(folder, file), "utf8");
  for (const [, target = ""] of text.matchAll(/from "(\.[^"]+)"/g)) {
    reach(relative(folder, join(folder, dirname(file), target)), seen);
  }
  return seen;
}

it.each(["figures.ts", "series.ts", "random-history.ts"])(
  "%s shares nothing with the product: no SQL, no import from functions/", (file) => {
    const reached = [...reach(file)];
    expect(reached.length).toBeGreaterThan(5);
    expect(reached.filter((f) => f.startsWith(".."))).toEqual([]);
    expect(reached.filter((f) => /\b(SELECT|duckdb|readFileSync)\b/.test(
      readFileSync(join(folder, f), "utf8")))).toEqual([]);
  });
