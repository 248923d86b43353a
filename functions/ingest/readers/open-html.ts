import { readFileSync, statSync } from "node:fs";
import type { RawCell, RawFile, RawRow, Refusal } from "../raw.ts";
import { refuse } from "./open-options.ts";
import { RowBuffer } from "./row-buffer.ts";
import { findBom } from "./text-encoding.ts";

/** A page lives in memory as one text. */
const MAX_HTML_BYTES = 256 * 1024 ** 2;
const MAX_SPAN = 1_000;

/** Opens an HTML page saved as a workbook: every table is a sheet, every cell is text. */
export function openHtml(path: string): RawFile | Refusal {
  const sizeBytes = statSync(path).size;
  if (sizeBytes > MAX_HTML_BYTES) return refuse("too_large", `HTML page of ${sizeBytes} bytes`);
  const { encoding, text } = decodePage(readFileSync(path));
  const tables = splitTables(text);
  if (tables.length === 0) return refuse("unreadable", "HTML page without a table");
  return {
    format: "html",
    encoding,
    sheets: tables.map((table, index) => ({
      name: `Sheet${index + 1}`,
      rows: () => readTable(table),
      countRows: async () => countTableRows(table),
    })),
    close: async () => {},
  };
}

function decodePage(bytes: Buffer): { encoding: string; text: string } {
  const bom = findBom(bytes);
  const candidates = bom === undefined ? (["utf-8", "gb18030"] as const) : ([bom] as const);
  const decoded = candidates.map((encoding) => {
    const text = new TextDecoder(encoding === "utf-8-bom" ? "utf-8" : encoding).decode(bytes);
    return { encoding, text, nBroken: text.split("\uFFFD").length - 1 };
  });
  decoded.sort((one, other) => one.nBroken - other.nBroken);
  return decoded[0] as (typeof decoded)[number];
}

function splitTables(text: string): string[] {
  const visible = text.replace(/<!--[\s\S]*?-->|<(script|style)\b[\s\S]*?<\/\1\s*>/gi, "");
  const [, ...tables] = visible.split(/<table(?=[\s>])/i);
  return tables.map((table) => table.split(/<\/table\s*>/i, 1)[0] as string);
}

async function* readTable(table: string): AsyncGenerator<readonly RawRow[]> {
  const buffer = new RowBuffer();
  /** By column: rows that a cell above still covers. */
  const covered: number[] = [];
  const [, ...rows] = table.split(/<tr(?=[\s>])/i);
  for (const [index, row] of rows.entries()) {
    const cells = readCells(row, covered);
    if (cells.some((cell) => cell !== null)) buffer.put(index + 1, cells);
    yield* buffer.takeFull();
  }
  yield* buffer.takeRest();
}

function readCells(row: string, covered: number[]): RawCell[] {
  const cells: RawCell[] = [];
  const before = covered.map((left) => left > 0);
  for (let column = 0; column < covered.length; column++) {
    covered[column] = Math.max((covered[column] ?? 0) - 1, 0);
  }
  let column = 0;
  const [, ...parts] = row.split(/<t[dh](?=[\s>])/i);
  for (const part of parts) {
    while (before[column] === true) column++;
    const open = /^(?:[^>"']|"[^"]*"|'[^']*')*>/.exec(part)?.[0] ?? "";
    const text = toText(part.slice(open.length).split(/<\/t[dhr]\s*>/i, 1)[0] as string);
    while (cells.length < column) cells.push(null);
    cells[column] = text === "" ? null : text;
    const span = readSpan(open, "colspan");
    const rowSpan = readSpan(open, "rowspan");
    for (let end = column + span; column < end; column++) {
      if (rowSpan > 1) covered[column] = rowSpan - 1;
    }
  }
  return cells;
}

function readSpan(tag: string, name: string): number {
  const value = new RegExp(`\\s${name}\\s*=\\s*["']?(\\d+)`, "i").exec(tag)?.[1];
  return Math.min(Math.max(Number(value ?? 1), 1), MAX_SPAN);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  nbsp: " ",
  quot: '"',
};

function toText(html: string): string {
  return html
    .replace(/<br\s*\/?>|<\/(?:p|div)>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
      if (!name.startsWith("#")) return ENTITIES[name.toLowerCase()] ?? whole;
      const isHex = /^#x/i.test(name);
      const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .trim();
}

/** Rows up to the last one in which anything stands outside tags: another way than `readTable`. */
function countTableRows(table: string): number {
  let rows = 0;
  let last = 0;
  let inCell = false;
  for (const match of table.matchAll(/<(\/?)(\w+)(?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+|</g)) {
    const name = match[2]?.toLowerCase();
    if (name === "tr" && match[1] === "") {
      rows++;
      inCell = false;
    } else if (name === "td" || name === "th" || name === "tr") inCell = match[1] === "";
    else if (name === undefined && inCell && /\S/.test(match[0].replace(/&nbsp;|&#160;/gi, " "))) {
      last = rows;
    }
  }
  return last;
}
