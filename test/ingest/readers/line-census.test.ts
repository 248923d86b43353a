import fc from "fast-check";
import { expect, test } from "vitest";
import { countLines } from "../../../functions/ingest/readers/line-census.ts";

/** Lines up to the last with data and the longest one, on the whole text at once. */
function slowly(text: string) {
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.findLastIndex((line) => /[^ \t]/.test(line));
  return {
    lines: last + 1, longestBytes: Math.max(...lines.map((line) => line.length)),
    bytes: text.length, marks: [],
  };
}

test("lines are counted alike however the text is cut into chunks", () => {
  const pieces = fc.array(fc.string({
    unit: fc.constantFrom("a", "a", " ", "\t", "\r", "\n", "\r\n"), maxLength: 6,
  }), { maxLength: 6 });
  fc.assert(fc.property(pieces, (chunks) => {
    expect(countLines(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(slowly(chunks.join("")));
  }), { numRuns: 3_000, seed: 7 });
});

test("a mark stands where a line begins, behind as many lines as it says", () => {
  const text = "a\r\n\nb\rcc\n \n\rd\n";
  const marks = (everyBytes: number) => countLines([Buffer.from(text)], everyBytes).marks;
  expect(marks(1)).toEqual([
    { offset: 3, line: 2, records: 1 }, { offset: 4, line: 3, records: 2 },
    { offset: 9, line: 5, records: 4 }, { offset: 11, line: 6, records: 5 },
    { offset: 14, line: 8, records: 7 },
  ]);
  for (const { offset, records } of marks(1)) {
    expect(text.slice(0, offset).split(/\r\n|\n|\r/)).toHaveLength(records + 1);
  }
  expect(marks(4).map((mark) => mark.offset)).toEqual([4, 9, 14]);
});
