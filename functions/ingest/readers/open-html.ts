import { readFileSync, statSync } from "node:fs";
import type { RawFile, RawRow, Refusal } from "../raw.ts";
import { countHtmlRows } from "./html-census.ts";
import { readHtmlTables } from "./html-tables.ts";
import type { HtmlRows } from "./html-tables.ts";
import { refuse } from "./open-options.ts";
import { RowBuffer } from "./row-buffer.ts";
import { findBom } from "./text-encoding.ts";

/** A page lives in memory as one text. */
const MAX_HTML_BYTES = 256 * 1024 ** 2;

/** Opens an HTML page saved as a workbook: every table is a sheet, every cell is text. */
export function openHtml(path: string): RawFile | Refusal {
  const sizeBytes = statSync(path).size;
  if (sizeBytes > MAX_HTML_BYTES) return refuse("too_large", `HTML page of ${sizeBytes} bytes`);
  const { encoding, text } = decodePage(readFileSync(path));
  const { tables, nOpen } = countHtmlRows(text);
  if (tables.length === 0) return refuse("unreadable", "HTML page without a table");
  if (nOpen > 0) return refuse("unreadable", "truncated HTML page");
  let read: readonly HtmlRows[] | undefined;
  return {
    format: "html",
    encoding,
    sheets: tables.map(({ rows, filled }, index) => ({
      name: `Sheet${index + 1}`,
      rows: () => deliver((read ??= readHtmlTables(text))[index] ?? []),
      countRows: async () => rows,
      countFilledRows: async () => filled,
    })),
    close: async () => {
      read = undefined;
    },
  };
}

function decodePage(bytes: Buffer): { encoding: string; text: string } {
  const bom = findBom(bytes);
  const candidates = bom === undefined ? (["utf-8", "gb18030"] as const) : ([bom] as const);
  let best: { encoding: string; text: string; nBroken: number } | undefined;
  for (const encoding of candidates) {
    const text = new TextDecoder(encoding === "utf-8-bom" ? "utf-8" : encoding).decode(bytes);
    const nBroken = text.includes("\uFFFD") ? text.split("\uFFFD").length - 1 : 0;
    if (best === undefined || nBroken < best.nBroken) best = { encoding, text, nBroken };
    if (nBroken === 0) break;
  }
  return best as { encoding: string; text: string };
}

async function* deliver(rows: HtmlRows): AsyncGenerator<readonly RawRow[]> {
  const buffer = new RowBuffer();
  for (const [index, cells] of rows.entries()) {
    if (cells?.some((cell) => cell !== null)) buffer.put(index + 1, cells);
    yield* buffer.takeFull();
  }
  yield* buffer.takeRest();
}
