// The night at scale 0.02 on the newest day on which all 20 exports landed: median of 5.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { measure, median, round } from "./measure.mjs";
import { dudaoOf, readLandingDays, simulateHome } from "./simulated-home.mjs";
import { count, lineOf } from "./table.mjs";

const targetSeconds = 6;
const registryExports = 12;
const systems = 9;

export async function bench(context) {
  const { root, scratch, isSmall } = context;
  const home = simulateHome(context, "nightly");
  const day = findFullDay(home);
  const before = [...readLandingDays(home).keys()].sort().filter((d) => d < day).at(-1);
  await measure([dudaoOf(root), "backfill", "--home", home, "--to", before]);
  const runs = [];
  for (let i = 0; i < (isSmall ? 1 : 5); i++) {
    const copy = join(scratch, `nightly-${i}`);
    // Left standing: files removed just before make new ones slower (ext4 spares their inodes).
    cpSync(home, copy, { recursive: true });
    runs.push(await measure([dudaoOf(root), "nightly", "--home", copy, "--date", day, "--json"]));
  }
  const seconds = round(median(runs.map((r) => r.seconds)));
  const peak = Math.max(...runs.map((r) => r.peak_mb));
  const { rows } = JSON.parse(runs[0].out);
  return {
    day, rows, seconds_median: seconds, seconds: runs.map((r) => round(r.seconds)),
    cpu_seconds_median: round(median(runs.map((r) => r.cpu_seconds))), peak_mb: peak,
    target_seconds: targetSeconds,
    lines: [lineOf("one night at scale 0.02, all exports due, median of 5",
      `${seconds} s, ${count(peak)} MB`, `< ${targetSeconds} s`, seconds < targetSeconds)],
  };
}

function findFullDay(home) {
  const kindsOf = (files) => new Set(
    files.filter((f) => f.startsWith("registry/")).map((f) => f.replace(/[\d.].*$/, "")));
  const full = [...readLandingDays(home)].filter(([, files]) =>
    new Set(files.map((f) => f.split("/")[0])).size === systems
      && kindsOf(files).size >= registryExports);
  const day = full.map(([d]) => d).sort().at(-1);
  if (!day) throw new Error("no landing day has all 20 exports");
  return day;
}
