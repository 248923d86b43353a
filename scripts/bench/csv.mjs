// 2 M rows of GB18030 with all rules, beside the raw copy of the same text, hand-written DuckDB SQL
// and polars. Peers read the text decoded to UTF-8: neither reads GB18030 by itself.
import { cpSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildForNode } from "../build.mjs";
import { measure, measureInTurns, round, withoutOutput } from "./measure.mjs";
import { installPython, pythonVersions } from "./peers.mjs";
import { count, cost, lineOf, listPeers } from "./table.mjs";

const day = "2021-12-20";

export async function bench({ root, scratch, peers, isSmall }) {
  const rows = isSmall ? 100_000 : 2_000_000;
  const home = join(scratch, "home");
  mkdirSync(join(home, "landing", "vendor-a", day), { recursive: true });
  const gb = join(home, "landing", "vendor-a", day, "courses.csv");
  const utf8 = join(scratch, "courses.csv");
  const script = (name) => join(root, "scripts", name);
  const made = JSON.parse((await measure([script("make-bench-csv.mjs"), gb, utf8, String(rows)])).out);
  const ingest = await buildForNode("test/bench/ingest.ts", "bench-ingest.js");
  const python = installPython(peers);
  const inFolder = async (run) => {
    const folder = join(scratch, "peer");
    mkdirSync(folder);
    try { return await run(folder); } finally { rmSync(folder, { recursive: true }); }
  };
  const runs = await measureInTurns({
    raw_copy: () => measure([script("raw-copy.mjs"), utf8, join(scratch, "raw.parquet")]),
    duckdb_sql: () => inFolder((to) => measure([script("bench/csv-rules-duckdb.mjs"), utf8, to])),
    ...(python ? { polars: () => inFolder((to) =>
      measure([script("bench/csv_rules_polars.py"), utf8, to], { command: python })) } : {}),
    dudao: async (i) => {
      const copy = join(scratch, `home-${i}`);
      cpSync(home, copy, { recursive: true });
      try { return await measure([ingest, copy, day]); } finally { rmSync(copy, { recursive: true }); }
    },
  }, isSmall ? 1 : 3);
  const ledger = JSON.parse(runs.dudao.out);
  requireSameCounts(made, ledger, runs);
  const { dudao, duckdb_sql: sql, raw_copy: raw, polars } = runs;
  const ratio = round(dudao.seconds / raw.seconds);
  const isFaster = dudao.seconds <= sql.seconds && (!polars || dudao.seconds < polars.seconds);
  return {
    ...made, bytes: statSync(gb).size, ledger, runs: withoutOutput(runs),
    versions: { polars: pythonVersions.polars }, ratio_to_raw_copy: ratio,
    ratio_to_duckdb_sql: round(dudao.seconds / sql.seconds),
    lines: [
      lineOf(`${count(rows)}-row GB18030 CSV, 15 columns, all rules`,
        `${cost(dudao)}; ${listPeers(runs, { duckdb_sql: "DuckDB SQL", polars: "polars" })}`,
        "≤ DuckDB SQL, < polars, ≤ 1 GB", isFaster && dudao.peak_mb <= 1000),
      lineOf("the same beside the raw copy of the text", `${ratio} × (raw copy ${cost(raw)})`,
        "wished: ≤ 2.5 ×", ratio <= 2.5),
    ],
  };
}

/** A contender that finds other rows does other work. */
function requireSameCounts(made, ledger, runs) {
  const wanted = [made.expected_rejected, made.expected_duplicate].join();
  const found = { dudao: [ledger.rows_rejected, ledger.rows_duplicate].join() };
  for (const name of ["duckdb_sql", "polars"]) {
    if (!runs[name]) continue;
    const { rejected, duplicate } = JSON.parse(runs[name].out);
    found[name] = [rejected, duplicate].join();
  }
  for (const [name, counts] of Object.entries(found)) {
    if (counts !== wanted) throw new Error(`${name}: rejected, duplicate ${counts}; made ${wanted}`);
  }
}
