import { cellText, type Cell } from "./cell.ts";
import { encodeGb18030 } from "./gb18030.ts";

export type TextEncoding = "gb18030" | "utf-8" | "utf-8-bom";

/** One line of an RFC 4180 text, without its line end. */
export function csvLine(cells: readonly Cell[]): string {
  let line = "";
  for (let i = 0; i < cells.length; i++) {
    if (i > 0) line += ",";
    const text = cellText(cells[i]!);
    line += /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
  return line;
}

/** Encodes lines with their ends, in chunks; a Buffer among them goes out as it is. */
export function encodeLines(
  lines: readonly (string | Buffer)[], encoding: TextEncoding, ending = "\r\n",
): Buffer {
  const parts: Buffer[] = encoding === "utf-8-bom" ? [Buffer.from([0xef, 0xbb, 0xbf])] : [];
  const encode = (text: string): Buffer =>
    encoding === "gb18030" ? encodeGb18030(text) : Buffer.from(text, "utf8");
  let waiting: string[] = [];
  const flush = (): void => {
    if (waiting.length > 0) parts.push(encode(waiting.join(ending) + ending));
    waiting = [];
  };
  for (const line of lines) {
    if (typeof line === "string") waiting.push(line);
    else { flush(); parts.push(line, encode(ending)); }
    if (waiting.length >= 10_000) flush();
  }
  flush();
  return Buffer.concat(parts);
}
