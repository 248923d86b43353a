import type { RawRow, RawSheet } from "../raw.ts";
import { HEADER_ROWS } from "./table-header.ts";

/** The first rows of a sheet, among which its header must stand. */
export async function readHead(sheet: RawSheet): Promise<readonly RawRow[]> {
  const head: RawRow[] = [];
  for await (const batch of sheet.rows()) {
    head.push(...batch.slice(0, HEADER_ROWS - head.length));
    if (head.length >= HEADER_ROWS) break;
  }
  return head;
}
