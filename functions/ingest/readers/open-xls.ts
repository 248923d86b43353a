import { readFileSync } from "node:fs";
import type { RawFile, RawRow, RawSheet } from "../raw.ts";
import { countBiffRows } from "./biff-census.ts";
import { BiffWorkbook } from "./biff-workbook.ts";
import type { BiffSheet } from "./biff-workbook.ts";
import { OleContainer } from "./ole-container.ts";
import { RefusalError } from "./open-options.ts";
import { RowBuffer } from "./row-buffer.ts";

/** Binary workbooks hold at most 65,536 rows a sheet; larger containers are no export. */
const MAX_XLS_BYTES = 512 * 1024 ** 2;

/** Opens a binary workbook (BIFF8, BIFF5) in its OLE2 container. Throws `RefusalError`. */
export async function openXls(path: string, sizeBytes: number): Promise<RawFile> {
  if (sizeBytes > MAX_XLS_BYTES) {
    throw new RefusalError("too_large", `binary workbook of ${sizeBytes} bytes`);
  }
  const container = new OleContainer(readFileSync(path));
  if (container.has("EncryptedPackage")) throw new RefusalError("unreadable", "encrypted workbook");
  const stream = container.find("Workbook") ?? container.find("Book");
  if (stream === undefined) throw new RefusalError("unreadable", "container holds no workbook");
  const census = countBiffRows(stream);
  const workbook = new BiffWorkbook(stream, census.isBiff8);
  const sheets = workbook.sheets.flatMap((sheet, index): RawSheet[] => {
    const counted = census.sheets[index];
    if (counted?.isWorksheet !== true) return [];
    return [
      {
        name: sheet.name,
        is1904: census.is1904,
        rows: () => readRows(workbook, sheet),
        countRows: async () => counted.rows,
      },
    ];
  });
  if (sheets.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  return { format: "xls", encoding: null, sheets, close: async () => {} };
}

async function* readRows(
  workbook: BiffWorkbook,
  sheet: BiffSheet,
): AsyncGenerator<readonly RawRow[]> {
  const buffer = new RowBuffer();
  // Records of cells may stand in any order.
  const rows = [...workbook.readCells(sheet)].sort(([one], [other]) => one - other);
  for (const [row, cells] of rows) {
    buffer.put(row, cells);
    yield* buffer.takeFull();
  }
  yield* buffer.takeRest();
}
