import { isUtf8 } from "node:buffer";
import { RefusalError } from "./open-options.ts";
import { decodeEntities } from "./xml-scanner.ts";

export const LT = 0x3c;
export const GT = 0x3e;
export const SLASH = 0x2f;
export const BANG = 0x21;
export const QUESTION = 0x3f;
export const SPACE = 0x20;
const COLON = 0x3a;
const DOUBLE = 0x22;
const SINGLE = 0x27;

const COMMENT_END = Buffer.from("-->");
const CDATA = Buffer.from("<![CDATA[");
const CDATA_END = Buffer.from("]]>");
const INSTRUCTION_END = Buffer.from("?>");

/** Index of the `>` that ends the tag whose name ends at `from`; -1 where the bytes end before. */
export function findTagEnd(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let quote = 0;
  for (let at = from; at < length; at++) {
    const byte = bytes[at];
    if (byte === LT) throw new RefusalError("unreadable", "XML tag is damaged");
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === GT) return at;
    else if (byte === DOUBLE || byte === SINGLE) quote = byte;
  }
  return -1;
}

/**
 * Index behind the comment, CDATA section or instruction at `lt`, -1 where the bytes end before.
 * Document types are no part of any workbook and are refused: so no entity can expand.
 */
export function findMarkupEnd(bytes: Buffer, lt: number): number {
  const behind = (mark: Buffer, from: number) => {
    const index = bytes.indexOf(mark, from);
    return index === -1 ? -1 : index + mark.length;
  };
  if (bytes[lt + 1] === QUESTION) return behind(INSTRUCTION_END, lt + 2);
  if (bytes.length < lt + CDATA.length) return -1;
  if (bytes[lt + 2] === 0x2d && bytes[lt + 3] === 0x2d) return behind(COMMENT_END, lt + 4);
  if (isCdata(bytes, lt)) return behind(CDATA_END, lt + CDATA.length);
  throw new RefusalError("unreadable", "XML holds a document type");
}

export function isCdata(bytes: Buffer, lt: number): boolean {
  return bytes[lt + 2] === 0x5b && bytes.subarray(lt, lt + CDATA.length).equals(CDATA);
}

/** Content of the CDATA section from `lt` to `end`. */
export function cdataText(bytes: Buffer, lt: number, end: number): string {
  return decodeUtf8(bytes, lt + CDATA.length, end - CDATA_END.length);
}

/** Index of the first byte of the local name: behind the prefix of the name at `from`. */
export function localNameStart(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === COLON) return at + 1;
  return from;
}

/** Text between two tags, its entities resolved. */
export function textOf(bytes: Buffer, from: number, to: number): string {
  return decodeEntities(decodeUtf8(bytes, from, to));
}

function decodeUtf8(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString("utf8", from, to);
  // The replacement character may stand in the text itself.
  if (text.includes("\uFFFD") && !isUtf8(bytes.subarray(from, to))) {
    throw new RefusalError("unreadable", "XML is not utf-8");
  }
  return text;
}

/** White space of XML, `>` or `/`. */
export function endsName(byte: number): boolean {
  return byte === SPACE || byte === GT || byte === SLASH
    || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Whether nothing but white space stands between the indexes. */
export function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) > SPACE) return false;
  return true;
}
