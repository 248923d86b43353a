import { readFileSync } from "node:fs";
import { readXls } from "hucre/xlsx";
import type { RawCell, RawFile, RawRow, RawSheet } from "../raw.ts";
import { countBiffRows } from "./biff-census.ts";
import { OleContainer } from "./ole-container.ts";
import { MAX_LINE_BYTES, RefusalError } from "./open-options.ts";
import { openOldWorkbook } from "./open-old-workbook.ts";
import { RowBuffer } from "./row-buffer.ts";

/** A binary workbook holds at most 65,536 rows a sheet; larger containers are no export. */
const MAX_XLS_BYTES = 8 * MAX_LINE_BYTES;

/** Opens a workbook in an OLE2 container: BIFF8, or BIFF5 by the other reader. */
export async function openXls(path: string, sizeBytes: number): Promise<RawFile> {
  if (sizeBytes > MAX_XLS_BYTES) {
    throw new RefusalError("too_large", `binary workbook of ${sizeBytes} bytes`);
  }
  const bytes = readFileSync(path);
  const container = new OleContainer(bytes);
  if (container.has("EncryptedPackage")) {
    throw new RefusalError("unreadable", "encrypted workbook");
  }
  const stream = container.find("Workbook") ?? container.find("Book");
  if (stream === undefined) throw new RefusalError("unreadable", "container holds no workbook");
  const census = countBiffRows(stream);
  if (!census.isBiff8) return openOldWorkbook(bytes, "xls", census);
  const { sheets: read } = await readXls(bytes);
  if (read.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  const sheets: RawSheet[] = [];
  for (const [index, sheet] of read.entries()) {
    const counted = census.sheets[index];
    if (counted === undefined || !counted.isWorksheet) continue;
    sheets.push({
      name: sheet.name,
      is1904: census.is1904,
      rows: () => readRows(sheet.rows),
      countRows: async () => counted.rows,
    });
  }
  return { format: "xls", encoding: null, sheets, close: async () => {} };
}

async function* readRows(rows: readonly (readonly unknown[])[]): AsyncGenerator<readonly RawRow[]> {
  const buffer = new RowBuffer();
  // Rows without a cell are holes of the array.
  for (const [index, cells] of rows.entries()) {
    if (cells?.some((cell) => cell !== null)) buffer.put(index + 1, cells.map(toRawCell));
    yield* buffer.takeFull();
  }
  yield* buffer.takeRest();
}

function toRawCell(value: unknown): RawCell {
  if (value instanceof Date) return { kind: "date", wallMs: value.getTime() };
  if (value === "" || value === undefined) return null;
  return value as string | number | boolean | null;
}
