// A steady night of the full province: the first night lands everything, the second, measured, is
// the whole `dudao nightly`: rolls resent with 0.1 % changes, a running project, practice, news.
// The history is that of the two nights.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { buildForNode } from "../build.mjs";
import { measure, median, round } from "./measure.mjs";
import { dudaoOf } from "./simulated-home.mjs";
import { count, lineOf } from "./table.mjs";

const days = ["2021-12-19", "2021-12-20"];
const targetSeconds = 90;
const targetMb = 2000;

export async function bench({ root, scratch, isSmall }) {
  const make = await buildForNode("test/bench/make-exports.ts", "bench-make-exports.js");
  const home = join(scratch, "home");
  const scale = isSmall ? "0.01" : "1";
  const made = [];
  for (const [i, day] of days.entries()) {
    made.push(JSON.parse((await measure([make, "night", home, day, String(i), scale])).out));
  }
  const first = await measure([dudaoOf(root), "nightly", "--home", home, "--date", days[0], "--json"]);
  const runs = [];
  for (let i = 0; i < (isSmall ? 1 : 3); i++) {
    const copy = join(scratch, `copy-${i}`);
    // Left standing: files removed just before make new ones slower (ext4 spares their inodes).
    cpSync(home, copy, { recursive: true });
    runs.push(await measure([dudaoOf(root), "nightly", "--home", copy, "--date", days[1], "--json"]));
  }
  const report = JSON.parse(runs[0].out);
  if (report.rows.read !== made[1].rows) {
    throw new Error(`rows read ${JSON.stringify(report.rows)}; made ${made[1].rows}`);
  }
  const seconds = round(median(runs.map((run) => run.seconds)), 1);
  const peak = Math.max(...runs.map((run) => run.peak_mb));
  return {
    made: made[1], rows: report.rows, seconds_median: seconds, seconds: runs.map((r) => round(r.seconds, 1)),
    cpu_seconds_median: round(median(runs.map((run) => run.cpu_seconds)), 1), peak_mb: peak,
    steps_seconds: report.seconds, first_night_seconds: round(first.seconds, 1),
    target_seconds: targetSeconds, target_mb: targetMb,
    lines: [lineOf(
      `steady night of the full province, ${count(made[1].files)} files, ${count(made[1].rows)} rows`,
      `${seconds} s, ${count(peak)} MB`, `< ${targetSeconds} s on 2 cores, < 2 GB`,
      seconds < targetSeconds && peak < targetMb,
    )],
  };
}
