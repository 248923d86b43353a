// Makes a large workbook, or reads one with one reader and prints rows, seconds, memory as JSON.
// Usage: workbooks.js make FILE xlsx|xls ROWS; workbooks.js read FILE xlsx|xls READER
// exceljs is looked for in DUDAO_BENCH_PEERS. Run by scripts/bench/workbooks.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { loadContracts } from "../../functions/ingest/contracts/load-contracts.ts";
import { judgeFile } from "../../functions/ingest/judge-file.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../functions/ingest/judge/seeds.ts";
import { openExport } from "../../functions/ingest/readers/open-export.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";
import { makeXls, makeXlsx } from "./make-workbooks.ts";

type Kind = "xlsx" | "xls";
type Reader = (path: string, kind: Kind) => Promise<number>;

// Read once by a worker, whatever the number of its files.
const contracts = loadContracts();
const seeds = buildJudgeSeeds(judgeSeedNames.map(readShippedSeed));
const tokenKey = Buffer.from("5a".repeat(32), "hex");

/** Rows that each reader saw, so that no reader is measured that reads less. */
const readers: Readonly<Record<string, Reader>> = {
  async dudao_judge(path, kind) {
    const verdict = await judgeFile({
      path, fileName: `课程.${kind}`, system: kind === "xlsx" ? "vendor-a" : "vendor-b",
      contracts, seeds, tokenKey, landingDay: "2021-12-31", onAccepted() {}, onRejected() {},
    });
    if (verdict.kind === "refused") throw new Error(verdict.reason);
    if (!verdict.isBalanced || verdict.rowsRejected === 0) throw new Error("rows are missing");
    return verdict.rowsDelivered;
  },
  async dudao_read(path) {
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
  async exceljs(path) {
    const load = createRequire(join(process.env.DUDAO_BENCH_PEERS ?? "", "package.json"));
    const { stream } = load("exceljs") as {
      readonly stream: { readonly xlsx: { readonly WorkbookReader: new (
        path: string, options: object,
      ) => AsyncIterable<AsyncIterable<unknown>> } };
    };
    let rows = 0;
    const book = new stream.xlsx.WorkbookReader(path, { sharedStrings: "cache", worksheets: "emit" });
    for await (const sheet of book) for await (const row of sheet) rows += row === null ? 0 : 1;
    return rows;
  },
};

const [mode, path = "", kind = "xlsx", third = ""] = process.argv.slice(2);
if (mode === "make") {
  writeFileSync(path, (kind === "xlsx" ? makeXlsx : makeXls)(Number(third)));
} else await measure(path, kind as Kind, third);

async function measure(file: string, of: Kind, name: string): Promise<void> {
  const from = performance.now();
  const before = process.cpuUsage();
  const rows = await (readers[name] as Reader)(file, of);
  const used = process.cpuUsage(before);
  process.stdout.write(JSON.stringify({
    rows,
    seconds: (performance.now() - from) / 1000,
    cpu_seconds: (used.user + used.system) / 1e6,
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  }));
}
