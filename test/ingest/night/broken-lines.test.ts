import { afterEach, expect, it } from "vitest";
import { homeKeys } from "../../../functions/shared/home.ts";
import { TrialHome } from "./trial-home.ts";

let home: TrialHome;
afterEach(() => home.remove());

/** Of 64 MiB in the guarded promise: 20 s and 1 GB on two quiet cores. */
const bytes = 4 * 1024 ** 2;

it.each([
  ["no JSON", "invalid.structure", Buffer.from('{"id":"abcdef\n')],
  ["no UTF-8", "invalid.encoding", Buffer.from('{"id":"\xffb"}  \n', "latin1")],
])("sends back lines that are %s by the hundred thousand in seconds", async (_what, reason, line) => {
  home = new TrialHome();
  const rows = Math.floor(bytes / line.length);
  const text = Buffer.alloc(rows * line.length, line);
  await home.land("2021-03-01", "lrs/a.ndjson", text);
  const startedMs = performance.now();
  const [row] = await home.ledger("2021-03-01", { workers: 2, partBytes: 1024 ** 2 });
  const seconds = (performance.now() - startedMs) / 1000;
  expect(row).toBe(`lrs/a.ndjson partly ${rows}=0+${rows}+0 u0`);
  const slip = await home.store.get(homeKeys.slip("lrs", "2021-03-01", "a.ndjson", "json"));
  const lines = Buffer.from(slip?.body ?? []).toString("utf8").split("\n");
  expect(lines.at(-2)).toBe(`{"sheet":"","row":${rows},"cell":"","reasons":["${reason}"]}`);
  expect(lines).toHaveLength(rows + 1);
  // A machine that does much else beside takes several times as long.
  expect(seconds).toBeLessThan(20);
}, 60_000);
