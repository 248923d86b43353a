import type { Format } from "../raw.ts";
import { decodeHead, findBom, findLikelyEncoding } from "../readers/text-encoding.ts";

export interface DetectedFormat {
  readonly format: Format;
  readonly encoding: string | null;
}

const unknown: DetectedFormat = { format: "unknown", encoding: null };
const workbook = (format: Format): DetectedFormat => ({ format, encoding: null });

/**
 * What a file that could not be opened would have been, from its first MiB and its last 64 KiB:
 * a truncated or encrypted workbook is still one. `unknown` for what is no export at all.
 */
export function detectFormat(head: Buffer, tail: Buffer): DetectedFormat {
  const magic = head.subarray(0, 8).toString("latin1");
  const ends = [head, tail].map((bytes) => bytes.toString("latin1"));
  const has = (text: string): boolean => ends.some((end) => end.includes(text));
  if (magic.startsWith("PK")) {
    // A download cut off early shows nothing but the first entry of the family.
    const isOther = ["xl/workbook.bin", "word/", "ppt/", "visio/"].some(has);
    const isFamily = has("xl/") || has("[Content_Types].xml");
    return isFamily && !isOther ? workbook("xlsx") : unknown;
  }
  if (magic.startsWith("\xd0\xcf\x11\xe0")) {
    if (has(wide("EncryptedPackage"))) return workbook("xlsx");
    return has(wide("Workbook")) || has(wide("Book")) ? workbook("xls") : unknown;
  }
  if (isBareBiff(head)) return workbook("xls");
  const encoding = findLikelyEncoding(head);
  const text = decodeHead(head, findBom(head) ?? encoding).trimStart();
  if (text === "" || isBinary(text) || /^(?:%PDF|\{\\rtf)/.test(text)) return unknown;
  if (foreignTables.some(([form]) => form.test(text))) return unknown;
  if (text.startsWith("<")) {
    if (has("urn:schemas-microsoft-com:office:spreadsheet")) return workbook("spreadsheetml");
    return pageForm.test(text) ? { format: "html", encoding } : unknown;
  }
  // Objects in a row, or one over many lines, begin alike: only lines are NDJSON.
  if (/^\{\s*"/.test(text)) {
    return { format: /^\{[^\n]*\}\s*\n\s*\{/.test(text) ? "ndjson" : "json", encoding };
  }
  if (/^\[\s*[\]{["\d]/.test(text)) return { format: "json", encoding };
  return { format: "csv", encoding };
}

/** Names of streams in a container stand as UTF-16. */
function wide(name: string): string {
  return Buffer.from(name, "utf16le").toString("latin1");
}

/** A BOF record of BIFF 2, 3, 4 or 5 without a container around it. */
function isBareBiff(head: Buffer): boolean {
  if (head.length < 8 || head[0] !== 0x09) return false;
  const version = head[1] as number;
  const length = head.readUInt16LE(2);
  return (version === 0 || version === 2 || version === 4 || version === 8)
    && length >= 4 && length <= 16;
}

/** NUL and other control characters that no text holds in number. */
function isBinary(text: string): boolean {
  const part = text.slice(0, 65_536);
  let n = 0;
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i);
    if (code === 0xfffd || (code < 0x20 && !(code >= 9 && code <= 13))) n++;
  }
  return n * 10 > part.length;
}

/** `<table:table>` of an OpenDocument is none. */
const pageForm = /<(?:html|table|!doctype html)[\s>]/i;

/** Tables written as text by rules of their own. */
const foreignTables: readonly (readonly [RegExp, string])[] = [
  [/^ID;P/, "SYLK table"],
  [/^TABLE\r?\n0,1\r?\n"/, "DIF table"],
  [/^(?:socialcalc:version:|MIME-Version:)/i, "web archive"],
];

/** Why a file is no export although a reader of text would take it; undefined for others. */
export function findForeignText(head: Buffer): string | undefined {
  if (isBareBiff(head)) return "workbook of Excel 5 or older without its container";
  const text = decodeHead(head, findLikelyEncoding(head)).trimStart();
  const table = foreignTables.find(([form]) => form.test(text));
  if (table) return table[1];
  const isXml = /^<(?:\?xml|!DOCTYPE|svg|rss|[A-Za-z][\w.-]*:[\w.-]+[\s>])/i.test(text);
  if (!isXml) return undefined;
  const isTable = pageForm.test(text)
    || text.includes("urn:schemas-microsoft-com:office:spreadsheet");
  return isTable ? undefined : "XML that is no workbook";
}
