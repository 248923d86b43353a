import { statSync } from "node:fs";
import type { RawFile, RawRow, RawSheet, Refusal } from "../raw.ts";
import { openDelimitedText } from "./open-delimited-text.ts";
import { openHtml } from "./open-html.ts";
import { openJsonArray } from "./open-json-array.ts";
import { findObject, openNdjson } from "./open-ndjson.ts";
import type { OpenOptions } from "./open-options.ts";
import { refuse, RefusalError } from "./open-options.ts";
import { openSpreadsheetMl } from "./open-spreadsheetml.ts";
import { openXls } from "./open-xls.ts";
import { openXlsx } from "./open-xlsx.ts";
import { readHeadBytes } from "./read-head-bytes.ts";
import { NO_CELLS } from "./row-buffer.ts";
import { chooseText, decodeHead, findBom, findLikelyEncoding } from "./text-encoding.ts";
import { xmlEncoding } from "./xml-bytes.ts";

/** Header and delimiter are looked for in this part of a text. */
const HEAD_BYTES = 1024 ** 2;

/** First bytes of formats that are no export. */
const FOREIGN_MAGIC: readonly (readonly [name: string, bytes: string])[] = [
  ["PDF", "%PDF"],
  ["PNG", "\x89PNG"],
  ["JPEG", "\xff\xd8\xff"],
  ["gzip", "\x1f\x8b"],
  ["RAR", "Rar!"],
  ["7z", "7z\xbc\xaf"],
  ["RTF", "{\\rtf"],
  ["ELF", "\x7fELF"],
  ["xz", "\xfd7zXZ"],
  ["bzip2", "BZh9"],
  ["zstd", "\x28\xb5\x2f\xfd"],
  ["SQLite", "SQLite f"],
];

/**
 * Opens an export by its bytes, never by its name. Refusals of the whole file come as a value;
 * one that shows only while rows are read is thrown there as `RefusalError`. Source: rows.md.
 */
export async function openExport(path: string, options: OpenOptions): Promise<RawFile | Refusal> {
  try {
    const file = await openByBytes(path, options);
    if ("refused" in file) return file;
    return { ...file, sheets: file.sheets.map(guarded) };
  } catch (error) {
    const fault = toRefusalError(error);
    if (fault instanceof RefusalError) return fault.refusal;
    throw fault;
  }
}

/**
 * Turns errors of damaged bytes into refusals. A parser that loses a row of a workbook would fill
 * its place with an empty one: such a row counts as one more that must be delivered.
 */
function guarded(sheet: RawSheet): RawSheet {
  let nLost = 0;
  return {
    ...sheet,
    async *rows() {
      let nFilled = 0;
      try {
        for await (const batch of sheet.rows()) {
          for (let i = 0; i < batch.length; i++) {
            if ((batch[i] as RawRow).cells !== NO_CELLS) nFilled++;
          }
          yield batch;
        }
      } catch (error) {
        throw toRefusalError(error);
      }
      const nHeld = await sheet.countFilledRows?.();
      nLost = nHeld === undefined ? 0 : Math.abs(nHeld - nFilled);
    },
    countRows: async () => (await sheet.countRows()) + nLost,
  };
}

/** Errors of Node that only damaged bytes cause; all others stay what they are. */
const DAMAGE_CODES: ReadonlySet<string | undefined> = new Set([
  "ERR_BUFFER_OUT_OF_BOUNDS",
  "ERR_OUT_OF_RANGE",
  "ERR_ENCODING_INVALID_ENCODED_DATA",
  "ERR_ENCODING_NOT_SUPPORTED",
]);

function toRefusalError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (DAMAGE_CODES.has(code) && code !== undefined) {
    return new RefusalError("unreadable", `damaged file: ${(error as Error).message}`);
  }
  if (code === "ERR_STRING_TOO_LONG") return new RefusalError("too_large", "text too long");
  return error;
}

async function openByBytes(path: string, options: OpenOptions): Promise<RawFile | Refusal> {
  const sizeBytes = statSync(path).size;
  const head = readHeadBytes(path, Math.min(sizeBytes, HEAD_BYTES));
  const magic = head.subarray(0, 8).toString("latin1");
  if (magic.startsWith("PK\x03\x04") || magic.startsWith("PK\x05\x06")) {
    return openXlsx(path, options);
  }
  const isBareBiff = magic.startsWith("\t\b") && head[4] === 0 && (head[5] === 5 || head[5] === 6);
  if (magic.startsWith("\xd0\xcf\x11\xe0") || isBareBiff) return openXls(path, sizeBytes);
  const foreign = FOREIGN_MAGIC.find(([, bytes]) => magic.startsWith(bytes));
  if (foreign !== undefined) return refuse("unreadable", `${foreign[0]} file`);
  const start = decodeHead(head, findBom(head) ?? "utf-8").trimStart();
  if (start === "" || /^[\0\s]*$/.test(start)) return refuse("empty", `${sizeBytes} bytes`);
  if (start.startsWith("<")) {
    const xml = new TextDecoder(xmlEncoding(head)).decode(head, { stream: true });
    if (xml.includes("urn:schemas-microsoft-com:office:spreadsheet")) {
      return openSpreadsheetMl(path);
    }
    if (/<(?:html|table|!doctype html)\b/i.test(start)) return openHtml(path);
  }
  return openText(path, head, start, options);
}

function openText(
  path: string,
  head: Buffer,
  start: string,
  options: OpenOptions,
): RawFile | Refusal {
  // No table begins like a JSON record; anything else may, and the header decides.
  const isJson = /^(?:\{\s*"|\[\s*[\]{])/.test(start);
  const choice = isJson ? undefined : chooseText(head, options);
  if (choice?.hasHeader !== true) {
    const json = findJsonKind(start);
    const encoding = findLikelyEncoding(head);
    if (json === "array") return openJsonArray(path, encoding, options);
    if (json === "lines") return openNdjson(path, encoding, options);
  }
  if (choice === undefined || isBinary(head)) {
    return refuse("unreadable", "neither workbook nor text in UTF-8, UTF-16 or GB18030");
  }
  return openDelimitedText(path, head, choice, options);
}

function findJsonKind(start: string): "array" | "lines" | undefined {
  const lines = start.split(/[\r\n]+/, 40).filter((line) => line.trim() !== "");
  const objects = lines.filter((line) => line.trimStart().startsWith("{") && findObject(line));
  const nObjects = objects.length;
  if (start.startsWith("{") || nObjects * 2 > lines.length) return "lines";
  if (/^\[\s*(?:[[{\]"\d-]|true|false|null)/.test(start)) return "array";
  return nObjects > 0 ? "lines" : undefined;
}

/** Control characters that no text holds in number; single NUL bytes occur as dirt. */
function isBinary(head: Buffer): boolean {
  if (findBom(head) !== undefined) return false;
  let controls = 0;
  // By index: an iterator is slow over a whole MiB.
  for (let i = 0; i < head.length; i++) {
    const byte = head[i] as number;
    if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d)) controls++;
  }
  return controls * 10 > head.length;
}
