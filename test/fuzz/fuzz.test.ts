import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runFuzz } from "./fuzz-run.ts";

const seconds = Number(process.env["DUDAO_FUZZ_SECONDS"] ?? 60);
const seed = Number(process.env["DUDAO_FUZZ_SEED"] ?? randomInt(2 ** 31));
const out = process.env["DUDAO_FUZZ_OUT"];

test(`no broken file ends a night, unbalances it or crashes: ${seconds} s of seed ${seed}`, {
  timeout: (seconds + 180) * 1000,
}, async () => {
  const report = await runFuzz(seed, seconds);
  expect(Object.keys(report.outcomes)).toContain("accepted");
  expect(report.files).toBeGreaterThan(seconds);
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`);
});
