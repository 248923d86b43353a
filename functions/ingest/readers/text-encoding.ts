import type { RawRow } from "../raw.ts";
import type { OpenOptions } from "./open-options.ts";
import { HEADER_ROWS } from "./open-options.ts";
import { parseRecords } from "./record-parser.ts";
import type { TextEncoding } from "./text-source.ts";

/** In this order; the first in which the header is found counts. */
const DELIMITERS = [",", "\t", ";"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export interface TextChoice {
  readonly encoding: TextEncoding;
  readonly delimiter: Delimiter;
  readonly hasHeader: boolean;
}

/** Encoding said by a byte order mark. */
export function findBom(head: Buffer): TextEncoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8-bom";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return undefined;
}

/**
 * Chooses encoding and delimiter by the header: UTF-8, UTF-16 by its mark, else GB18030. Where no
 * header is found: the likely encoding and the most frequent delimiter.
 * `undefined` where the bytes are text in none of them.
 */
export function chooseText(head: Buffer, options: OpenOptions): TextChoice | undefined {
  const bom = findBom(head);
  const candidates: readonly TextEncoding[] = bom === undefined ? ["utf-8", "gb18030"] : [bom];
  for (const encoding of candidates) {
    const text = decodeHead(head, encoding);
    for (const delimiter of DELIMITERS) {
      const rows = parseHead(text, delimiter);
      if (options.findHeader(rows) === undefined) continue;
      return { encoding, delimiter, hasHeader: true };
    }
  }
  const encoding = findLikelyEncoding(head);
  const text = decodeHead(head, encoding);
  if (countBroken(text) > countWide(text) && countBroken(text) > 1) return undefined;
  return { encoding, delimiter: findFrequentDelimiter(text), hasHeader: false };
}

/**
 * The encoding of a text that has no header to find: by byte order mark; UTF-8 if more of its
 * characters beyond Latin can be read than are broken; else GB18030 if that breaks fewer.
 */
export function findLikelyEncoding(head: Buffer): TextEncoding {
  const bom = findBom(head);
  if (bom !== undefined) return bom;
  const text = decodeHead(head, "utf-8");
  const nBroken = countBroken(text);
  if (nBroken === 0 || nBroken < countWide(text)) return "utf-8";
  return countBroken(decodeHead(head, "gb18030")) < nBroken ? "gb18030" : "utf-8";
}

/** The head of a text as characters, broken bytes as U+FFFD, without its BOM. */
export function decodeHead(head: Buffer, encoding: TextEncoding | "big5"): string {
  const label = encoding === "utf-8-bom" ? "utf-8" : encoding;
  return new TextDecoder(label).decode(head, { stream: true });
}

function parseHead(text: string, delimiter: string): RawRow[] {
  return parseRecords(text, 1, delimiter, [], HEADER_ROWS).rows;
}

function countBroken(text: string): number {
  return text.split("\uFFFD").length - 1;
}

function countWide(text: string): number {
  return text.match(/[\u2E80-\uFFEF]/g)?.length ?? 0;
}

function findFrequentDelimiter(text: string): Delimiter {
  const counts = DELIMITERS.map((delimiter) => text.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as Delimiter;
}

/** Real GB18030 exports hold at least 99 % level 1 characters, Big5 read as GB18030 49–80 %. */
const MIN_LEVEL_1_SHARE = 0.8;

/** Part of a text whose characters are looked at. */
const JUMBLE_BYTES = 256 * 1024;

/** Whether text read as GB18030 is Big5: rows.md, Files. */
export function isBig5(head: Buffer, choice: TextChoice, options: OpenOptions): boolean {
  const text = decodeHead(head.subarray(0, JUMBLE_BYTES), "gb18030");
  const han = text.match(/[\u4E00-\u9FFF]/g) ?? [];
  if (han.length > 0) {
    const level1 = level1Characters();
    const known = han.filter((character) => level1.has(character)).length;
    if (known < han.length * MIN_LEVEL_1_SHARE) return true;
  }
  if (choice.hasHeader) return false;
  const big5 = decodeHead(head, "big5");
  return DELIMITERS.some(
    (delimiter) => options.findHeader(parseHead(big5, delimiter)) !== undefined,
  );
}

let level1: ReadonlySet<string> | undefined;

/** The 3,755 characters of GB2312 level 1: rows B0–D7. */
function level1Characters(): ReadonlySet<string> {
  if (level1 !== undefined) return level1;
  const bytes: number[] = [];
  for (let lead = 0xb0; lead <= 0xd7; lead++) {
    const last = lead === 0xd7 ? 0xf9 : 0xfe;
    for (let trail = 0xa1; trail <= last; trail++) bytes.push(lead, trail);
  }
  level1 = new Set(new TextDecoder("gb18030").decode(Uint8Array.from(bytes)));
  return level1;
}
