// Full recompute of a generated lake, by the product and by the same statements in plain DuckDB over
// the same Parquet; both also compute the figures of 28 days before, as every run does. The marts
// must be the same to the byte. Sizes: 7.5, 15, 30 and 60 M records with as many a teacher (60 M:
// the full province, 826,000 teachers), or those of --records.
import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { buildForNode } from "../build.mjs";
import { measure, measureInTurns, round, withoutOutput } from "./measure.mjs";
import { cost, count, lineOf } from "./table.mjs";

const day = "2021-12-20";
const sizes = [7_500_000, 15_000_000, 30_000_000, 60_000_000];
const targetRatio = 1.2;
const targetMb = 3000;
const targetGrowth = 9;
/** Runs of each contender; one of the large ones takes minutes. */
const roundsOf = (records) => (records <= 7_500_000 ? 3 : 1);
/** Lake, spilled relations of two runs: measured at most so much a record. */
const bytesPerRecord = 350;

export async function bench({ scratch, isSmall, records }) {
  const wanted = records ?? (isSmall ? [300_000, 600_000] : sizes);
  const make = await buildForNode("test/bench/make-lake.ts", "bench-make-lake.js");
  const recompute = await buildForNode("test/bench/measure-lake.ts", "bench-measure-lake.js");
  const found = [];
  for (const n of wanted) {
    const free = statfsSync(scratch).bavail * statfsSync(scratch).bsize;
    if (free < n * bytesPerRecord) {
      process.stderr.write(`  skipped: ${count(n)} records: ${count(Math.round(free / 1e9))} GB free\n`);
      continue;
    }
    const home = join(scratch, "home");
    process.stderr.write(`  ${count(n)} records\n`);
    const made = JSON.parse((await measure([make, home, String(n)])).out);
    const inside = async (mode) => {
      const run = await measure([recompute, mode, home, day]);
      return { ...run, seconds: JSON.parse(run.out).seconds };
    };
    const runs = await measureInTurns(
      { dudao: () => inside("product"), plain: () => inside("plain") }, isSmall ? 1 : roundsOf(n));
    const [own, plain] = [runs.dudao, runs.plain].map((run) => JSON.parse(run.out));
    for (const [name, output] of Object.entries(own.outputs)) {
      if (output.sha256 !== plain.outputs[name]?.sha256) throw new Error(`${name}: differs at ${n}`);
    }
    found.push({
      records: n, made, runs: withoutOutput(runs), slowest_seconds: own.slowest,
      ratio_to_plain: round(runs.dudao.seconds / runs.plain.seconds),
    });
    rmSync(home, { recursive: true, force: true });
  }
  return { sizes: found, lines: [...found.map(sizeLine), ...growthLines(found)] };
}

function sizeLine({ made, runs, ratio_to_plain: ratio }) {
  return lineOf(`full recompute, ${count(made.rows)} records of ${count(made.teachers)} teachers`,
    `${cost(runs.dudao)}: ${ratio} × the same statements in plain DuckDB (${cost(runs.plain)})`,
    `≤ ${targetRatio} ×, < 3 GB on 2 cores`,
    ratio <= targetRatio && runs.dudao.peak_mb < targetMb);
}

/** t(8 n) against t(n), where both were measured. */
function growthLines(found) {
  return found.flatMap((large) => {
    const small = found.find((one) => one.records * 8 === large.records);
    if (!small) return [];
    const growth = round(large.runs.dudao.seconds / small.runs.dudao.seconds);
    return [lineOf(`growth from ${count(small.records)} to ${count(large.records)} records`,
      `${growth} ×`, `t(8 n) ≤ ${targetGrowth} t(n)`, growth <= targetGrowth)];
  });
}
