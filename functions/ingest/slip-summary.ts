import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { readingName } from "../shared/current-files.ts";
import { homeKeys } from "../shared/home.ts";
import { fileStatusTexts, slipTexts } from "../shared/messages/slips.ts";
import { systemNameZh } from "../shared/messages/systems.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { SlipRow as SlipLine } from "../shared/read-slip-rows.ts";
import { exportNameZh } from "./slip-cover.ts";
import { CsvWriter } from "./slip-csv.ts";
import type { NightFileFacts } from "./slip-night.ts";
import { describeAccepted, describeReason } from "./slip-reason.ts";
import { SheetWriter, type SlipColumn, type SlipSheet, type SlipValue } from "./slip-sheet.ts";
import { writeSlipWorkbook } from "./slip-workbook.ts";

const texts = slipTexts.zh;
const privateMode = { mode: 0o600 } as const;
const noCount = "—";

/**
 * One summary a system of a night, XLSX and CSV: every file with its numbers, status and slip; its
 * reasons with their rows and the first place of each. Returns how many were written.
 */
export async function writeSummaries(request: {
  readonly store: ObjectStore; readonly folder: string; readonly knownOn: string;
  readonly files: readonly NightFileFacts[];
}): Promise<number> {
  const { store, folder, knownOn } = request;
  const systems = [...new Set(request.files.map(({ row }) => row.system))].sort();
  for (const system of systems) {
    const files = request.files.filter(({ row }) => row.system === system);
    const csvPath = join(folder, "summary.csv");
    const path = join(folder, "summary.xlsx");
    const csv = new CsvWriter(csvPath);
    csv.add([`${texts.summaryTitle} ${systemNameZh(system)} ${knownOn}`]);
    const sheets = [writeTable(texts.filesSheet, fileColumns, listFiles(files), csv, folder)];
    const reasons = await listReasons(files, store, folder);
    if (reasons.length > 0) {
      csv.add([]);
      sheets.push(writeTable(texts.reasonsSheet, reasonColumns, reasons, csv, folder));
    }
    csv.close();
    writeSlipWorkbook(path, `${texts.summaryTitle} ${system} ${knownOn}`, sheets);
    // A night that could not be measured again says less than the summary that is there.
    const condition = { ...privateMode, ifNoneMatch: !files.some((file) => file.isMeasured) };
    await store.putFile(homeKeys.slipSummary(system, knownOn, "csv"), csvPath, condition);
    await store.putFile(homeKeys.slipSummary(system, knownOn, "xlsx"), path, condition);
  }
  return systems.length;
}

const words = (heading: string, width: number): SlipColumn =>
  ({ heading, width, headingStyle: "heading", style: "note" });
const count = (heading: string): SlipColumn =>
  ({ heading, width: 9, headingStyle: "heading", style: "noteCount" });

const fileColumns: readonly SlipColumn[] = [
  words(texts.fileName, 28), words(texts.export, 14), words(texts.landingDay, 11),
  words(texts.status, 18), count(texts.rowsRead), count(texts.rowsAccepted),
  count(texts.rowsRejected), count(texts.rowsDuplicate), count(texts.rowsSkipped),
  count(texts.rowsUnmatched), words(texts.colReasons, 34), words(texts.colSlip, 30),
];
const reasonColumns: readonly SlipColumn[] = [
  words(texts.fileName, 28), words(texts.colReasons, 44), count(texts.reasonRows),
  words(texts.colExample, 28), words(texts.colAccepted, 44), words(texts.colReason, 24),
];

function writeTable(
  name: string, columns: readonly SlipColumn[], rows: readonly (readonly SlipValue[])[],
  csv: CsvWriter, folder: string,
): SlipSheet {
  const spill = join(folder, "summary.sheet");
  const sheet = new SheetWriter(name, columns, { frozenColumns: 1, spill });
  csv.add(columns.map(({ heading }) => heading));
  for (const values of rows) {
    sheet.add({ values, faults: [] });
    csv.add(values);
  }
  return sheet.close();
}

function listFiles(files: readonly NightFileFacts[]): readonly (readonly SlipValue[])[] {
  const counts = files.map(({ row, unmatched, isMeasured }) => [
    row.rows_read, row.rows_accepted, row.rows_rejected, row.rows_duplicate, row.rows_skipped,
    isMeasured && row.rows_read !== null && row.status !== "held" ? unmatched.length : null,
  ]);
  const lines = files.map((file, i): readonly SlipValue[] => {
    const { row, contract } = file;
    return [
      row.file_name, contract ? exportNameZh(contract) : row.export ?? noCount, row.landing_day,
      fileStatusTexts.zh[row.status], ...(counts[i] ?? []).map((n) => n ?? noCount),
      row.reason_zh, hasSlip(file) ? `${row.landing_day}/${readingName(row)}.xlsx` : texts.noSlip,
    ];
  });
  const sums = fileColumns.slice(4, 10).map((_, k) =>
    counts.reduce((sum, numbers) => sum + (numbers[k] ?? 0), 0));
  return [...lines, [texts.total, null, null, null, ...sums, null, null]];
}

/** Whether a slip of the file lies in the home after the night. */
export function hasSlip({ row, unmatched }: NightFileFacts): boolean {
  return row.status === "refused" || row.status === "held" || unmatched.length > 0 ||
    (row.rows_rejected ?? 0) > 0;
}

async function listReasons(
  files: readonly NightFileFacts[], store: ObjectStore, folder: string,
): Promise<readonly (readonly SlipValue[])[]> {
  const rows: (readonly SlipValue[])[] = [];
  for (const { row, contract } of files) {
    const reasons = Object.entries(row.reasons).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (reasons.length === 0) continue;
    const key = homeKeys.slip(row.system, row.landing_day, readingName(row), "json");
    const isThere = (await store.list(key)).some((object) => object.key === key);
    const places: ReadonlyMap<string, SlipLine> = isThere ? findFirstPlaces(
      await store.fetchToFile(key, folder), new Set(reasons.map(([reason]) => reason)),
    ) : new Map();
    for (const [reason, n] of reasons) {
      rows.push([
        row.file_name, contract ? describeReason(reason, contract) : reason, n,
        showPlace(places.get(reason)), contract ? describeAccepted(reason, contract) : null, reason,
      ]);
    }
  }
  return rows;
}

function showPlace(line: SlipLine | undefined): SlipValue {
  if (!line) return null;
  const { sheet, row, cell } = line;
  return [
    ...(sheet === "" ? [] : [sheet]), `${texts.colRow} ${row}`, cell === "" ? texts.wholeRow : cell,
  ].join(" · ");
}

const chunkBytes = 1024 * 1024;

/** First line of a slip's JSON for each first reason; reads no further than needed. */
function findFirstPlaces(
  path: string, reasons: Set<string>,
): ReadonlyMap<string, SlipLine> {
  const places = new Map<string, SlipLine>();
  const descriptor = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(chunkBytes);
    let rest = Buffer.alloc(0);
    for (let read = 0; reasons.size > 0 && (read = readSync(descriptor, buffer)) > 0;) {
      const bytes = Buffer.concat([rest, buffer.subarray(0, read)]);
      const end = bytes.lastIndexOf(0x0a);
      rest = Buffer.from(bytes.subarray(end + 1));
      for (const text of bytes.toString("utf8", 0, Math.max(end, 0)).split("\n")) {
        if (text === "" || reasons.size === 0) continue;
        const line = JSON.parse(text) as SlipLine;
        const first = line.reasons[0] ?? "";
        if (reasons.delete(first)) places.set(first, line);
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return places;
}
