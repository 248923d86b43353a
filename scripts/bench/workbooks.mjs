// Large workbooks read by every reader that installs, each in a process of its own, in turns; and
// the whole ingest of the same file. Seconds of readers are of the reading, without process start.
import { cpSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildForNode } from "../build.mjs";
import { measure, measureInTurns, round, withoutOutput } from "./measure.mjs";
import { installNodePeers, installPython, nodeVersions, pythonVersions } from "./peers.mjs";
import { cost, count, lineOf, listPeers } from "./table.mjs";

const day = "2021-12-31";
const work = {
  xlsx: {
    system: "vendor-a", rows: 200_000, node: ["hucre", "sheetjs"], other: ["exceljs"],
    python: ["openpyxl", "calamine"], columns: 15, wished: 1.5,
  },
  xls: {
    system: "vendor-b", rows: 100_000, node: ["hucre", "sheetjs"], other: [],
    python: ["xlrd", "calamine"], columns: 13, wished: 2,
  },
};
const names = {
  hucre: "hucre alone", calamine: "calamine", exceljs: "exceljs", sheetjs: "SheetJS",
  openpyxl: "openpyxl", xlrd: "xlrd",
};

export async function bench(context) {
  const found = {};
  for (const kind of ["xlsx", "xls"]) found[kind] = await benchKind(context, kind);
  return {
    versions: { ...nodeVersions, ...pythonVersions },
    xlsx: found.xlsx.result, xls: found.xls.result,
    lines: [...found.xlsx.lines, ...found.xls.lines],
  };
}

async function benchKind({ root, scratch, peers, isSmall }, kind) {
  const { system, rows: full, node, other, python: pythonReaders, columns, wished } = work[kind];
  const rows = isSmall ? full / 20 : full;
  const script = await buildForNode("test/bench/workbooks.ts", "bench-workbooks.js");
  const ingest = await buildForNode("test/bench/ingest.ts", "bench-ingest.js");
  const home = join(scratch, `home-${kind}`);
  mkdirSync(join(home, "landing", system, day), { recursive: true });
  const file = join(home, "landing", system, day, `courses.${kind}`);
  await measure([script, "make", file, kind, String(rows)]);
  const python = installPython(peers);
  const nodePeers = installNodePeers(peers);
  // Readers say their own seconds; memory is of the whole process as seen from outside.
  const inside = async (args, options) => {
    const run = await measure(args, options);
    const { seconds, cpu_seconds } = JSON.parse(run.out);
    return { ...run, seconds, cpu_seconds };
  };
  const contenders = {
    dudao: async (i) => {
      const copy = join(scratch, `${kind}-${i}`);
      cpSync(home, copy, { recursive: true });
      try { return await measure([ingest, copy, day]); } finally { rmSync(copy, { recursive: true }); }
    },
  };
  for (const reader of ["dudao_judge", "dudao_read", ...node]) {
    contenders[reader] = () => inside([script, "read", file, kind, reader]);
  }
  for (const reader of nodePeers ? other : []) {
    contenders[reader] = () =>
      inside([script, "read", file, kind, reader], { env: { DUDAO_BENCH_PEERS: nodePeers } });
  }
  for (const reader of python ? pythonReaders : []) {
    const peer = join(root, "scripts", "bench", "workbook_peers.py");
    contenders[reader] = () => inside([peer, file, reader], { command: python });
  }
  const runs = await measureInTurns(contenders, isSmall ? 1 : 3);
  requireAllRows(runs, rows);
  const { dudao, dudao_judge: judged, hucre } = runs;
  const ratio = round(dudao.seconds / hucre.seconds);
  const rivals = ["exceljs", "sheetjs", "openpyxl", "xlrd"].filter((name) => runs[name]);
  const isFaster = kind === "xls" || rivals.every((name) => dudao.seconds < runs[name].seconds);
  const sheets = kind === "xls" ? "binary XLS in two sheets" : "XLSX";
  return {
    result: {
      rows, bytes: statSync(file).size, runs: withoutOutput(runs), ratio_to_hucre: ratio,
      judge_ratio_to_hucre: round(judged.seconds / hucre.seconds),
      ledger: JSON.parse(dudao.out),
    },
    lines: [
      lineOf(`${count(rows)} × ${columns} ${sheets}, whole ingest; peers only read`,
        `${cost(dudao)}: ${ratio} × hucre (read and judged alone ${judged.seconds} s: `
          + `${round(judged.seconds / hucre.seconds)} ×); ${listPeers(runs, names)}`,
        kind === "xls" ? "≤ 1.3 × hucre alone" : "≤ 1.3 × hucre alone, faster than exceljs, SheetJS, openpyxl",
        ratio <= 1.3 && isFaster),
      ...(runs.calamine ? [lineOf(`the same beside calamine`,
        `${round(dudao.seconds / runs.calamine.seconds)} ×`, `wished: ≤ ${wished} ×`,
        dudao.seconds <= wished * runs.calamine.seconds)] : []),
    ],
  };
}

/** Readers count titles and headers too, at most two rows a sheet. */
function requireAllRows(runs, rows) {
  for (const [name, run] of Object.entries(runs)) {
    const found = JSON.parse(run.out);
    const seen = found.rows ?? found.rows_read;
    if (seen < rows || seen > rows + 4) throw new Error(`${name}: ${seen} rows; made ${rows}`);
  }
}
