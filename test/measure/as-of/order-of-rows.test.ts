import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMarts } from "../../../functions/measure/measure-run.ts";
import { readModels } from "../../../functions/measure/read-models.ts";
import { createDuckDbEngine } from "../../../functions/shared/sql-engine-duckdb.ts";
import type { DuckDbEngineOptions } from "../../../functions/shared/sql-engine-duckdb.ts";
import type { SourceFile } from "../../../functions/shared/sql-engine.ts";
import { addDays } from "../second-computation/days.ts";
import { buildRandomHistory, dayOf } from "../second-computation/random-history.ts";
import { createRandom } from "../second-computation/random.ts";
import { buildSideTables } from "../second-computation/run-sql.ts";
import { shuffle, writeLakeFiles } from "./made-up-home.ts";
import type { Disorder } from "./made-up-home.ts";

const root = mkdtempSync(join(tmpdir(), "dudao-order-"));
const models = readModels();
let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(root, { recursive: true });
});

/** Marts of a history's day and of 28 days before, as bytes. */
async function measure(
  seed: number, name: string, options: DuckDbEngineOptions, disorder?: Disorder,
): Promise<ReadonlyMap<string, string>> {
  const history = buildRandomHistory(seed);
  const folder = join(root, `${seed}-${name}`);
  const sources = new Map<string, SourceFile[]>();
  for (const { relation, ...file } of await writeLakeFiles(connection, history, folder, disorder)) {
    sources.set(relation, [...(sources.get(relation) ?? []), file]);
  }
  const day = (asOf: string, keep: readonly string[]) => ({
    asOf, runId: "same", keep, outDir: join(folder, asOf),
    tables: buildSideTables(history, asOf).map((table) =>
      (disorder ? { ...table, rows: shuffle(table.rows, disorder.random) } : table)),
  });
  const { outputs, earlier } = await createDuckDbEngine(options).run({
    ...day(dayOf(seed), runMarts), sources, models,
    earlier: day(addDays(dayOf(seed), -28), ["mart_figure"]),
  });
  return new Map([...outputs, ...earlier!.outputs].map((o) =>
    [o.path.slice(folder.length), `${o.rows} ${readFileSync(o.path).toString("base64")}`]));
}

// Two days at once halve the threads. From `largeBytes` on every model reads the files.
const variants: readonly (readonly [string, number, DuckDbEngineOptions, number])[] = [
  ["three files for one, four threads", 4, { threads: 8, largeBytes: 0 }, 3],
  ["two files for one, two threads, sources loaded once", 11, { threads: 4 }, 2],
];

describe("rows in another order", () => {
  it.each(variants)("give the same bytes: %s", async (_name, seed, options, parts) => {
    const plain = await measure(seed, "plain", { threads: 1 });
    const mixed = await measure(seed, "mixed", options, { random: createRandom(seed), parts });
    expect(plain.size).toBe(runMarts.length + 1);
    expect([...mixed.keys()]).toEqual([...plain.keys()]);
    expect([...mixed.keys()].filter((k) => mixed.get(k) !== plain.get(k))).toEqual([]);
  }, 120_000);
});
