import { DuckDBInstance } from "@duckdb/node-api";
import { readModels } from "../../../functions/measure/read-models.ts";
import { compareOn, differencesOf } from "./compare.ts";
import { buildRandomHistory, dayOf } from "./random-history.ts";

/** Compares the histories of seeds first … last, each on its day; prints what it found as JSON. */
const [first = 1, last = 500] = process.argv.slice(2).map(Number);
const models = readModels();
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
const nonZero = new Map<string, number>();
const days = new Map<string, number>();
let [rows, figures, differences] = [0, 0, 0];
for (let seed = first; seed <= last; seed++) {
  const asOf = dayOf(seed);
  const found = await compareOn(connection, models, buildRandomHistory(seed), asOf);
  const lines = differencesOf(found);
  for (const line of lines.slice(0, 40)) process.stderr.write(`${seed} ${asOf} ${line}\n`);
  differences += lines.length;
  figures += found.figures.length;
  rows += Object.values(found.secondly).reduce((sum, own) => sum + own.length, 0);
  days.set(asOf, (days.get(asOf) ?? 0) + 1);
  for (const f of found.figures) {
    const isNonZero = Boolean(f.n) || Boolean(f.share);
    nonZero.set(f.figure_code, (nonZero.get(f.figure_code) ?? 0) + (isNonZero ? 1 : 0));
  }
}
connection.closeSync();
instance.closeSync();
const sorted = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(JSON.stringify({
  seeds: [first, last], histories: last - first + 1, days: sorted(days), rows_compared: rows,
  figures_compared: figures, differences, non_zero_by_code: sorted(nonZero),
}));
