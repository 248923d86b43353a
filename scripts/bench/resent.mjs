// The roll of teachers, and the next night the same rows in the same order with other bytes (line
// ends of another kind): the second reading beside the first.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildForNode } from "../build.mjs";
import { measure, measureInTurns, round, withoutOutput } from "./measure.mjs";
import { cost, count, lineOf } from "./table.mjs";

const days = ["2021-12-19", "2021-12-20"];
const targetFactor = 2;

export async function bench({ scratch, isSmall }) {
  const scale = isSmall ? "0.02" : "1";
  const make = await buildForNode("test/bench/make-exports.ts", "bench-make-exports.js");
  const ingest = await buildForNode("test/bench/ingest.ts", "bench-ingest.js");
  const home = join(scratch, "home");
  const fileOf = (day) => join(home, "landing", "registry", day, "教师名册.csv");
  for (const day of days) mkdirSync(join(home, "landing", "registry", day), { recursive: true });
  const made = JSON.parse((await measure([make, "roll", fileOf(days[0]), "crlf", scale])).out);
  await measure([make, "roll", fileOf(days[1]), "lf", scale]);
  const copyOf = (i) => join(scratch, `home-${i}`);
  const runs = await measureInTurns({
    first: (i) => {
      cpSync(home, copyOf(i), { recursive: true });
      return measure([ingest, copyOf(i), days[0]]);
    },
    second: async (i) => {
      try { return await measure([ingest, copyOf(i), days[1]]); }
      finally { rmSync(copyOf(i), { recursive: true }); }
    },
  }, isSmall ? 1 : 3);
  const ledger = JSON.parse(runs.second.out);
  if (ledger.rows_unchanged !== made.rows) throw new Error(`unchanged: ${JSON.stringify(ledger)}`);
  const factor = round(runs.first.seconds / runs.second.seconds);
  return {
    rows: made.rows, bytes: made.bytes, runs: withoutOutput(runs), factor, target_factor: targetFactor,
    lines: [lineOf(`unchanged full export with other bytes: roll of ${count(made.rows)} teachers`,
      `${cost(runs.second)}: ${factor} × faster than its first reading (${cost(runs.first)})`,
      `≥ ${targetFactor} × faster`, factor >= targetFactor)],
  };
}
