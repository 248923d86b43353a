import { readFileSync } from "node:fs";
import type { RawFile, RawRow, RawSheet } from "../raw.ts";
import { countBiffRows } from "./biff-census.ts";
import { BiffWorkbook } from "./biff-workbook.ts";
import type { BiffSheet } from "./biff-workbook.ts";
import { isFilePassOfDefault, isPackageOfDefault } from "./default-password.ts";
import { OleContainer } from "./ole-container.ts";
import { RefusalError } from "./open-options.ts";
import { RowBuffer } from "./row-buffer.ts";

/** Binary workbooks hold at most 65,536 rows a sheet; larger containers are no export. */
const MAX_XLS_BYTES = 512 * 1024 ** 2;

/** Opens a binary workbook (BIFF8, BIFF5) in its OLE2 container or bare. Throws `RefusalError`. */
export async function openXls(path: string, sizeBytes: number): Promise<RawFile> {
  if (sizeBytes > MAX_XLS_BYTES) {
    throw new RefusalError("too_large", `binary workbook of ${sizeBytes} bytes`);
  }
  const stream = readStream(readFileSync(path));
  const census = countBiffRows(stream);
  if (census.filePassAt !== undefined) {
    throw encrypted(isFilePassOfDefault(stream.subarray(census.filePassAt), census.isBiff8));
  }
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
        countFilledRows: async () => counted.filled,
      },
    ];
  });
  if (sheets.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  return { format: "xls", encoding: null, sheets, close: async () => {} };
}

function readStream(bytes: Buffer): Buffer {
  // Some writers leave the container out: the stream begins with its BOF.
  if (bytes[0] === 0x09) return bytes;
  const container = new OleContainer(bytes);
  if (container.has("EncryptedPackage")) {
    const info = container.find("EncryptionInfo") ?? Buffer.alloc(0);
    throw encrypted(isPackageOfDefault(info));
  }
  const stream = container.find("Workbook") ?? container.find("Book");
  if (stream === undefined) throw new RefusalError("unreadable", "container holds no workbook");
  return stream;
}

function encrypted(isDefault: boolean): RefusalError {
  return new RefusalError(
    "unreadable",
    isDefault ? "workbook encrypted with the default password" : "encrypted workbook",
  );
}

async function* readRows(
  workbook: BiffWorkbook,
  sheet: BiffSheet,
): AsyncGenerator<readonly RawRow[]> {
  const buffer = new RowBuffer();
  const rows = workbook.readCells(sheet);
  for (let index = 0; index < rows.length; index++) {
    const cells = rows[index];
    if (cells === undefined) continue;
    buffer.put(index + 1, cells);
    // Handed on, the row need not be held any longer.
    rows[index] = undefined;
    if (index % 1_000 === 0) yield* buffer.takeFull();
  }
  yield* buffer.takeRest();
}
