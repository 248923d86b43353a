// Reads and judges large workbooks, beside hucre and SheetJS that only read them; each run is a
// process of its own, in turns. Prints JSON. Usage: workbooks.js [rows of XLSX] [rows of XLS]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadContracts } from "../../functions/ingest/contracts/load-contracts.ts";
import { judgeFile } from "../../functions/ingest/judge-file.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../functions/ingest/judge/seeds.ts";
import { openExport } from "../../functions/ingest/readers/open-export.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";
import { makeXls, makeXlsx } from "./make-workbooks.ts";

const RUNS = 3;
type Kind = "xlsx" | "xls";
type Reader = (path: string, kind: Kind) => Promise<number>;

// Read once by a worker, whatever the number of its files.
const contracts = loadContracts();
const seeds = buildJudgeSeeds(judgeSeedNames.map(readShippedSeed));
const tokenKey = Buffer.from("5a".repeat(32), "hex");

/** Rows that each reader saw, so that no reader is measured that reads less. */
const readers: Readonly<Record<string, Reader>> = {
  async dudao(path, kind) {
    const verdict = await judgeFile({
      path, fileName: `课程.${kind}`, system: kind === "xlsx" ? "vendor-a" : "vendor-b",
      contracts, seeds, tokenKey, landingDay: "2021-12-31", onAccepted() {}, onRejected() {},
    });
    if (verdict.kind === "refused") throw new Error(verdict.reason);
    if (!verdict.isBalanced || verdict.rowsRejected === 0) throw new Error("rows are missing");
    return verdict.rowsDelivered;
  },
  async dudao_reading_alone(path) {
    const file = await openExport(path, { findHeader: () => undefined });
    if ("refused" in file) throw new Error(file.detail);
    let rows = 0;
    for (const sheet of file.sheets) for await (const batch of sheet.rows()) rows += batch.length;
    return rows;
  },
  async hucre(path, kind) {
    let rows = 0;
    if (kind === "xlsx") {
      const { streamXlsxRows } = await import("hucre/xlsx");
      for await (const row of streamXlsxRows(readFileSync(path))) rows += row.values.length > 0 ? 1 : 0;
      return rows;
    }
    const { readXls } = await import("hucre/xlsx");
    return (await readXls(readFileSync(path))).sheets.reduce((n, one) => n + one.rows.length, 0);
  },
  async sheetjs(path) {
    const { read } = await import("@e965/xlsx");
    const book = read(readFileSync(path), { dense: true });
    const sheets = Object.values(book.Sheets) as unknown as { readonly "!data": unknown[] }[];
    return sheets.reduce((n, sheet) => n + sheet["!data"].length, 0);
  },
};

const [first = "200000", second = "100000", reader] = process.argv.slice(2);
if (reader !== undefined) await measure(first, second as Kind, reader);
else bench(Number(first), Number(second));

async function measure(path: string, kind: Kind, name: string): Promise<void> {
  const from = performance.now();
  const before = process.cpuUsage();
  const rows = await (readers[name] as Reader)(path, kind);
  const used = process.cpuUsage(before);
  process.stdout.write(JSON.stringify({
    rows,
    seconds: (performance.now() - from) / 1000,
    cpu_seconds: (used.user + used.system) / 1e6,
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  }));
}

interface Run {
  readonly rows: number;
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly peak_mb: number;
}

function bench(xlsxRows: number, xlsRows: number): void {
  const folder = mkdtempSync(join(tmpdir(), "dudao-bench-workbooks-"));
  try {
    const result = { xlsx: benchOne("xlsx", xlsxRows, folder), xls: benchOne("xls", xlsRows, folder) };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function benchOne(kind: Kind, nRows: number, folder: string) {
  const path = join(folder, `courses.${kind}`);
  writeFileSync(path, kind === "xlsx" ? makeXlsx(nRows) : makeXls(nRows));
  const runs = new Map<string, Run[]>();
  for (let i = 0; i < RUNS; i++) {
    for (const name of Object.keys(readers)) {
      const script = fileURLToPath(import.meta.url);
      const out = execFileSync(process.execPath, [script, path, kind, name], { encoding: "utf8" });
      runs.set(name, [...(runs.get(name) ?? []), JSON.parse(out) as Run]);
    }
  }
  const summary = Object.fromEntries([...runs].map(([name, all]) => [name, {
    rows: (all[0] as Run).rows,
    seconds: median(all.map((run) => run.seconds)),
    cpu_seconds: median(all.map((run) => run.cpu_seconds)),
    peak_mb: Math.max(...all.map((run) => run.peak_mb)),
  }]));
  const ratio = (of: "seconds" | "cpu_seconds", to: string) =>
    round((summary["dudao"]?.[of] ?? 0) / (summary[to]?.[of] ?? 1));
  return {
    rows: nRows, bytes: statSync(path).size, readers: summary,
    ratio_to_hucre: ratio("seconds", "hucre"), cpu_ratio_to_hucre: ratio("cpu_seconds", "hucre"),
    ratio_to_sheetjs: ratio("seconds", "sheetjs"), target_ratio_to_hucre: 1.3,
  };
}

function median(values: readonly number[]): number {
  return round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
