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

/** Encodes lines with CRLF ends, in chunks. */
export function encodeLines(lines: readonly string[], encoding: TextEncoding, ending = "\r\n"): Buffer {
  const parts: Buffer[] = encoding === "utf-8-bom" ? [Buffer.from([0xef, 0xbb, 0xbf])] : [];
  for (let i = 0; i < lines.length; i += 10_000) {
    const text = lines.slice(i, i + 10_000).join(ending) + ending;
    parts.push(encoding === "gb18030" ? encodeGb18030(text) : Buffer.from(text, "utf8"));
  }
  return Buffer.concat(parts);
}
