import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenOptions } from "../../../functions/ingest/readers/open-options.ts";
import { openExport } from "../../../functions/ingest/readers/open-export.ts";
import type { RawCell, RawFile, RawRow, Refusal } from "../../../functions/ingest/raw.ts";

export interface ReadSheet {
  readonly name: string;
  readonly columns: readonly string[] | undefined;
  readonly rows: readonly RawRow[];
  readonly cells: readonly (readonly RawCell[])[];
  readonly counted: number;
  readonly is1904: boolean | undefined;
  readonly batchSizes: readonly number[];
}

export interface ReadFile {
  readonly format: RawFile["format"];
  readonly encoding: string | null;
  readonly sheets: readonly ReadSheet[];
}

/** Finds the header by the cells it must hold. */
export function headerWith(...names: readonly string[]): OpenOptions {
  return {
    findHeader(rows) {
      const index = rows.findIndex((row) => names.every((name) => row.cells.includes(name)));
      return index === -1 ? undefined : index;
    },
  };
}

/** Writes the bytes under a name without meaning, opens and reads them whole. */
export async function readBytesAsExport(
  bytes: Uint8Array | string,
  options: OpenOptions = headerWith("编号"),
): Promise<ReadFile | Refusal> {
  const folder = mkdtempSync(join(tmpdir(), "readers-"));
  try {
    const path = join(folder, "export");
    writeFileSync(path, bytes);
    const file = await openExport(path, options);
    if ("refused" in file) return file;
    const sheets: ReadSheet[] = [];
    for (const sheet of file.sheets) {
      const rows: RawRow[] = [];
      const batchSizes: number[] = [];
      for await (const batch of sheet.rows()) {
        rows.push(...batch);
        batchSizes.push(batch.length);
      }
      sheets.push({
        name: sheet.name,
        columns: sheet.columns,
        rows,
        cells: rows.map((row) => row.cells),
        counted: await sheet.countRows(),
        is1904: sheet.is1904,
        batchSizes,
      });
    }
    await file.close();
    return { format: file.format, encoding: file.encoding, sheets };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `readBytesAsExport`, where a refusal is a failure of the test. */
export async function requireRead(
  bytes: Uint8Array | string,
  options?: OpenOptions,
): Promise<ReadFile> {
  const read = await readBytesAsExport(bytes, options);
  if ("refused" in read) throw new Error(`${read.refused}: ${read.detail}`);
  for (const sheet of read.sheets) {
    if (sheet.counted !== sheet.rows.length) {
      throw new Error(`${sheet.name}: counted ${sheet.counted}, read ${sheet.rows.length}`);
    }
  }
  return read;
}

/** What becomes of a file: its refusal, whether at opening or while rows are read. */
export async function outcomeOf(
  bytes: Buffer,
  options = headerWith("编号"),
): Promise<string> {
  try {
    const read = await readBytesAsExport(bytes, options);
    if ("refused" in read) return `${read.refused}: ${read.detail}`;
    const lost = read.sheets.filter(({ counted, rows }) => counted !== rows.length);
    return lost.length === 0 ? "read" : `out of balance: ${lost[0]!.name}`;
  } catch (error) {
    if ((error as Error).name === "RefusalError") return (error as Error).message;
    throw error;
  }
}
