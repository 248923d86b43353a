import { expect, it } from "vitest";
import { ownText } from "../../../functions/ingest/judge/own-text.ts";

it("gives back the same text, of any length and script", () => {
  const chunk = "成都市锦江区实验小学教师 王建国 ABC-0123456789 𠮷".repeat(3);
  for (let length = 0; length <= chunk.length; length++) {
    const cell = chunk.slice(0, length);
    expect(ownText(cell)).toBe(cell);
  }
});
