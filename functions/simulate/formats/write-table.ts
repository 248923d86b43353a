import type { Cell, SheetRows } from "./cell.ts";
import { csvLine, encodeLines, type TextEncoding } from "./csv.ts";
import { buildSpreadsheetMl } from "./spreadsheetml.ts";
import { buildXls } from "./xls.ts";
import { buildXlsx } from "./xlsx.ts";
import type { DraftFile, Table } from "../exports/table.ts";

/** Bytes of a file in its format. */
export function encodeFile(file: Pick<DraftFile, "format" | "tables">): Buffer {
  const { format, tables } = file;
  if (format === "xlsx") return buildXlsx(tables.map(sheetRows));
  if (format === "xls") return buildXls(tables.map(sheetRows));
  if (format === "spreadsheetml") return buildSpreadsheetMl(tables.map(sheetRows));
  const table = tables[0]!;
  if (format === "json") return encodeJson(table);
  if (format === "ndjson") {
    return encodeLines(
      table.rows.map((r) => r.raw ?? JSON.stringify(nest(table.header, r.cells))), "utf-8", "\n"
    );
  }
  const encoding: TextEncoding = format === "csv gb18030" ? "gb18030" : format === "csv utf-8"
    ? "utf-8" : "utf-8-bom";
  const lines = [
    ...table.titles.map(csvLine), csvLine(table.header),
    ...table.rows.map((r) => r.raw ?? (r.line ??= csvLine(r.cells))),
  ];
  return encodeLines(lines, encoding);
}

function sheetRows(table: Table): SheetRows {
  const width = table.header.length;
  const last = String.fromCharCode(64 + Math.min(width, 26));
  return {
    name: table.sheet,
    rows: [...table.titles, table.header, ...table.rows.map((r) => r.cells)],
    merges: table.titles.map((_, i) => `A${i + 1}:${last}${i + 1}`),
  };
}

function encodeJson(table: Table): Buffer {
  const items = table.rows.map((r) => JSON.stringify(
    Object.fromEntries(
      table.header.map((key, i) => [key, r.cells[i] ?? null]).filter(([, v]) => v !== null)
    ),
  ));
  return Buffer.from(`[\n${items.join(",\n")}\n]\n`, "utf8");
}

/** `{ a: { b: 1 } }` of the key `a.b`; empty cells are left out. */
function nest(keys: readonly string[], cells: readonly Cell[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  keys.forEach((key, i) => {
    const value = cells[i] ?? null;
    if (value === null) return;
    const path = key.split(".");
    let at = root;
    for (const part of path.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>;
    at[path.at(-1)!] = value;
  });
  return root;
}
