import { DuckDBInstance } from "@duckdb/node-api";
import { readChecks, readModels } from "../../../functions/measure/read-models.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import { compareOn, differencesOf } from "./compare.ts";
import { createFigureCounts, everyState } from "./figure-counts.ts";
import { buildRandomHistory, dayOf } from "./random-history.ts";

/**
 * Compares the histories of the seeds first to last, each on its day. Prints what it found as
 * JSON; the first differences of a history and the progress go to stderr.
 */
const [first = 1, last = 500] = process.argv.slice(2).map(Number);
const [models, checks] = [readModels(), readChecks()];
const counts = createFigureCounts(readShippedSeed("figures.csv").rows.map((r) => r.figure_code!));
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
const days: Record<string, number> = {};
let [rows, figures, differences] = [0, 0, 0];
for (let seed = first; seed <= last; seed++) {
  const asOf = dayOf(seed);
  const found = await compareOn(connection, models, checks, buildRandomHistory(seed), asOf);
  const lines = differencesOf(found);
  for (const line of lines.slice(0, 20)) process.stderr.write(`${seed} ${asOf} ${line}\n`);
  if (seed % 50 === 0) process.stderr.write(`${seed} …\n`);
  counts.add(found.figures);
  days[asOf] = (days[asOf] ?? 0) + 1;
  differences += lines.length;
  figures += found.figures.length;
  rows += Object.values(found.secondly).reduce((sum, own) => sum + own.length, 0);
}
connection.closeSync();
instance.closeSync();
const statesUnseen = Object.entries(everyState).flatMap(([code, states]) =>
  states.filter((s) => !counts.statesByCode()[code]?.includes(s)).map((s) => `${code} ${s}`));
process.stdout.write(JSON.stringify({
  seeds: [first, last], histories: last - first + 1, days, figures_compared: figures,
  rows_compared: rows, differences, codes_never_non_zero: counts.neverNonZero(),
  states_never_seen: statesUnseen, non_zero_rows_by_code: counts.nonZeroByCode(),
}));
