import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { readChecks, readModels } from "../../../functions/measure/read-models.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import { compareOn, differencesOf } from "./compare.ts";
import { createFigureCounts, everyState } from "./figure-counts.ts";
import type { History } from "./lake.ts";
import { buildRandomHistory, dayOf } from "./random-history.ts";
import { readHome } from "./read-home.ts";

/**
 * `<first seed> <last seed>`: compares random histories, each on its day; `--home DIR DAY…`: a home
 * on some days. Prints what it found as JSON; first differences and progress go to stderr.
 */
const args = process.argv.slice(2);
const [models, checks] = [readModels(), readChecks()];
const counts = createFigureCounts(readShippedSeed("figures.csv").rows.map((r) => r.figure_code!));
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
const days: Record<string, number> = {};
let [rows, figures, differences] = [0, 0, 0];

async function compare(name: string | number, history: History, asOf: string): Promise<void> {
  const found = await compareOn(connection, models, checks, history, asOf);
  const lines = differencesOf(found);
  for (const line of lines.slice(0, 20)) process.stderr.write(`${name} ${asOf} ${line}\n`);
  counts.add(found.figures);
  days[asOf] = (days[asOf] ?? 0) + 1;
  differences += lines.length;
  figures += found.figures.length;
  rows += Object.values(found.secondly).reduce((sum, own) => sum + own.length, 0);
}

async function compareHistories(first: number, last: number): Promise<object> {
  for (let seed = first; seed <= last; seed++) {
    await compare(seed, buildRandomHistory(seed), dayOf(seed));
    if (seed % 50 === 0) process.stderr.write(`${seed} …\n`);
  }
  return { seeds: [first, last], histories: last - first + 1 };
}

async function compareHome(home: string, asked: readonly string[]): Promise<object> {
  const history = await readHome(connection, home);
  for (const day of asked) await compare(home, history, day);
  const { simulated } = JSON.parse(readFileSync(join(home, "home.json"), "utf8"));
  return { simulated };
}

const what = args[0] === "--home" ? await compareHome(args[1] ?? "", args.slice(2))
  : await compareHistories(Number(args[0] ?? 1), Number(args[1] ?? 500));
connection.closeSync();
instance.closeSync();
const seen = counts.statesByCode();
const statesUnseen = Object.entries(everyState).flatMap(([code, states]) =>
  states.filter((s) => !seen[code]?.includes(s)).map((s) => `${code} ${s}`));
process.stdout.write(JSON.stringify({
  ...what, days, figures_compared: figures, rows_compared: rows, differences,
  codes_never_non_zero: counts.neverNonZero(), states_never_seen: statesUnseen,
  non_zero_rows_by_code: counts.nonZeroByCode(),
}));
