import fc from "fast-check";
import { expect, test } from "vitest";
import { countLines } from "../../../functions/ingest/readers/line-census.ts";

/** Lines up to the last with data and the longest one, on the whole text at once. */
function slowly(text: string) {
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.findLastIndex((line) => /[^ \t]/.test(line));
  return { lines: last + 1, longestBytes: Math.max(...lines.map((line) => line.length)) };
}

test("lines are counted alike however the text is cut into chunks", () => {
  const pieces = fc.array(fc.string({
    unit: fc.constantFrom("a", "a", " ", "\t", "\r", "\n", "\r\n"), maxLength: 6,
  }), { maxLength: 6 });
  fc.assert(fc.property(pieces, (chunks) => {
    expect(countLines(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(slowly(chunks.join("")));
  }), { numRuns: 3_000, seed: 7 });
});
