import { decode, encode } from "iconv-lite";
import { expect, test } from "vitest";
import { encodeGb18030 } from "../../functions/simulate/formats/gb18030.ts";

/**
 * Characters that GB 18030-2000 placed in the private area and the platform's decoder has moved.
 */
const moved = new Set([
  ...range(0x9fb4, 0x9fbb), ...range(0xfe10, 0xfe19),
  ...range(0xe78d, 0xe796), 0xe81e, 0xe826, 0xe82b, 0xe82c, 0xe832, 0xe843, 0xe854, 0xe864,
  // iconv-lite gives it a code that the platform's decoder refuses.
  0xe5e5,
]);

test("code points are encoded as another encoder does, but for those that standards moved", () => {
  const blocks = new Map<number, string>();
  for (const code of codePoints()) {
    if (moved.has(code)) continue;
    blocks.set(code >> 8, (blocks.get(code >> 8) ?? "") + String.fromCodePoint(code));
  }
  const different = [
    ...blocks,
  ].filter(([, text]) => !encodeGb18030(text).equals(encode(text, "gb18030")));
  expect(different.map(([block]) => block.toString(16))).toEqual([]);
  expect(blocks.size).toBe(0x1100 - 8);
});

test("what is encoded is what the platform's decoder reads", () => {
  const decoder = new TextDecoder("gb18030", { fatal: true });
  const readable = [...codePoints()].filter((c) => c < 0xe000 || c > 0xf8ff);
  const text = readable.map((c) => String.fromCodePoint(c)).join("");
  expect(decoder.decode(encodeGb18030(text)) === text).toBe(true);
});

test("four-byte codes are written where two bytes do not reach", () => {
  expect(encodeGb18030("𠮷")).toHaveLength(4);
  expect(decode(encodeGb18030("教师𠮷A€"), "gb18030")).toBe("教师𠮷A€");
});

test("a lone surrogate becomes a question mark", () => {
  expect(encodeGb18030("a\ud800b").toString("latin1")).toBe("a?b");
});

function* codePoints(): Generator<number> {
  for (let code = 0; code <= 0x10ffff; code++) if (code < 0xd800 || code > 0xdfff) yield code;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
