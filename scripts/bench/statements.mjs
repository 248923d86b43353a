// 1 M xAPI statements ingested with all rules, beside DuckDB that only extracts their values.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildForNode } from "../build.mjs";
import { measure, measureInTurns, round, withoutOutput } from "./measure.mjs";
import { cost, count, lineOf } from "./table.mjs";

const day = "2021-12-31";
const targetRatio = 3;

export async function bench({ root, scratch, isSmall }) {
  const rows = isSmall ? 50_000 : 1_000_000;
  const make = await buildForNode("test/bench/make-exports.ts", "bench-make-exports.js");
  const ingest = await buildForNode("test/bench/ingest.ts", "bench-ingest.js");
  const home = join(scratch, "home");
  mkdirSync(join(home, "landing", "lrs", day), { recursive: true });
  const file = join(home, "landing", "lrs", day, "statements.ndjson");
  const made = JSON.parse((await measure([make, "statements", file, String(rows)])).out);
  const peer = join(root, "scripts", "bench", "json-duckdb.mjs");
  const runs = await measureInTurns({
    duckdb_json: () => measure([peer, file, join(scratch, "statements.parquet")]),
    dudao: async (i) => {
      const copy = join(scratch, `home-${i}`);
      cpSync(home, copy, { recursive: true });
      try { return await measure([ingest, copy, day]); } finally { rmSync(copy, { recursive: true }); }
    },
  }, isSmall ? 1 : 3);
  const ledger = JSON.parse(runs.dudao.out);
  if (ledger.rows_read !== rows || ledger.rows_rejected !== made.expected_rejected) {
    throw new Error(`dudao: ${JSON.stringify(ledger)}; made ${JSON.stringify(made)}`);
  }
  if (JSON.parse(runs.duckdb_json.out).rows !== rows) throw new Error("DuckDB: rows are missing");
  const ratio = round(runs.dudao.seconds / runs.duckdb_json.seconds);
  return {
    ...made, ledger, runs: withoutOutput(runs), ratio_to_duckdb_json: ratio, target_ratio: targetRatio,
    lines: [lineOf(`${count(rows)} xAPI statements, all rules`,
      `${cost(runs.dudao)}: ${ratio} × plain DuckDB JSON extraction (${cost(runs.duckdb_json)})`,
      `≤ ${targetRatio} ×`, ratio <= targetRatio)],
  };
}
