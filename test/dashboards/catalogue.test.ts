import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chartTexts } from "../../functions/shared/messages/charts.ts";
import { classTexts } from "../../functions/shared/messages/county-classes.ts";
import { findingTexts } from "../../functions/shared/messages/findings.ts";
import { historyTexts } from "../../functions/shared/messages/history.ts";
import { detailTexts } from "../../functions/shared/messages/page-details.ts";
import { pageTexts } from "../../functions/shared/messages/pages.ts";
import { readingTexts } from "../../functions/shared/messages/reading.ts";
import { packageRoot } from "../../functions/shared/package-root.ts";
import {
  generateCountyList, generateDefinitions, generateDefinitionsPage, generateFigureNames,
  generateFigures,
} from "../../scripts/generate-figures.mjs";

const catalogues = {
  pages: pageTexts, "page-details": detailTexts, charts: chartTexts, reading: readingTexts,
  "county-classes": classTexts, findings: findingTexts, history: historyTexts,
};

/** Sources that may use a text, without the catalogues themselves. */
const sources = ["dashboards", "functions/shared"].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .filter((entry) => !entry.parentPath.endsWith("messages"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))).join("\n");

/** Beginnings of keys that are put together: `map_${mode}`. */
const built = [...sources.matchAll(/`(\w+_)\$\{/g)].map((match) => match[1] ?? "");

describe.each(Object.entries(catalogues))("the catalogue %s", (_, catalogue) => {
  const { zh, en } = catalogue as Record<"zh" | "en", Record<string, string>>;

  it("has every key in both languages, none of them empty", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    for (const text of [...Object.values(zh), ...Object.values(en)]) {
      expect(text.trim()).not.toBe("");
    }
  });

  it("asks for the same values in both languages", () => {
    const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    const odd = Object.keys(zh).filter((key) => {
      const [a, b] = [places(zh[key] ?? ""), places(en[key] ?? "")];
      return !b.every((place) => a.includes(place)) && !a.every((place) => b.includes(place));
    });
    expect(odd).toEqual([]);
  });
});

// A finding's text is found by its rule's code, which comes from the data.
it.each(Object.entries(catalogues).filter(([name]) => name !== "findings"))(
  "the catalogue %s has no text that nothing uses", (_, catalogue) => {
    const unused = Object.keys(catalogue.zh).filter((key) =>
      !sources.includes(`"${key}"`) && !built.some((beginning) => key.startsWith(beginning)));
    expect(unused).toEqual([]);
  });

it.each([
  ["functions/shared/figures.ts", generateFigures],
  ["functions/shared/messages/figure-names.ts", generateFigureNames],
  ["functions/shared/messages/figure-definitions.ts", generateDefinitions],
  ["functions/shared/county-list.ts", generateCountyList],
  ["docs/definitions.md", generateDefinitionsPage],
])("%s is what the seeds generate", (file, generate) => {
  expect(readFileSync(join(packageRoot, file), "utf8")).toBe(generate());
});
