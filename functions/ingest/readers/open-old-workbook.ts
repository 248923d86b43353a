import { read } from "@e965/xlsx";
import type { CellObject, WorkSheet } from "@e965/xlsx";
import type { RawCell, RawFile, RawSheet } from "../raw.ts";
import type { BiffCensus } from "./biff-census.ts";
import { RefusalError } from "./open-options.ts";
import { RowBuffer } from "./row-buffer.ts";
import { findSerialDate, isDateFormat } from "./serial-date.ts";

/** Opens BIFF5 bytes with the reader of old formats; walks its cells, never its ranges. */
export async function openOldWorkbook(
  bytes: Buffer,
  format: "xls",
  census: BiffCensus,
): Promise<RawFile> {
  const workbook = readOld(bytes);
  const sheets: RawSheet[] = [];
  for (const [index, name] of workbook.SheetNames.entries()) {
    const sheet = workbook.Sheets[name];
    const counted = census.sheets[index];
    if (sheet === undefined || counted?.isWorksheet !== true) continue;
    sheets.push({
      name,
      is1904: census.is1904,
      rows: () => readRows(sheet, census.is1904),
      countRows: async () => counted.rows,
    });
  }
  if (sheets.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  return { format, encoding: null, sheets, close: async () => {} };
}

function readOld(bytes: Buffer) {
  try {
    return read(bytes, { type: "buffer", dense: true, cellNF: true, codepage: 936 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RefusalError("unreadable", `old workbook: ${message}`);
  }
}

async function* readRows(sheet: WorkSheet, is1904: boolean) {
  const buffer = new RowBuffer();
  const rows = (sheet["!data"] ?? []) as readonly (readonly (CellObject | undefined)[])[];
  for (const [index, cells] of rows.entries()) {
    if (!cells?.some((cell) => cell !== undefined && cell.t !== "z")) continue;
    buffer.put(
      index + 1,
      Array.from(cells, (cell) => toRawCell(cell, is1904)),
    );
    yield* buffer.takeFull();
  }
  yield* buffer.takeRest();
}

const ERROR_TEXT: Readonly<Record<number, string>> = {
  0: "#NULL!",
  7: "#DIV/0!",
  15: "#VALUE!",
  23: "#REF!",
  29: "#NAME?",
  36: "#NUM!",
  42: "#N/A",
};

function toRawCell(cell: CellObject | undefined, is1904: boolean): RawCell {
  if (cell === undefined || cell.t === "z" || cell.v === undefined || cell.v === "") return null;
  if (cell.t === "e") return ERROR_TEXT[cell.v as number] ?? "#ERR!";
  if (cell.t === "n" && typeof cell.z === "string" && isDateFormat(cell.z)) {
    return findSerialDate(cell.v as number, is1904) ?? (cell.v as number);
  }
  return cell.v as string | number | boolean;
}
