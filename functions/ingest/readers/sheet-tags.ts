import { RefusalError } from "./open-options.ts";
import { MAX_SHEET_COLUMNS } from "./row-buffer.ts";
import { SPACE } from "./xml-tags.ts";

/** `t` of a cell; `str` stands for inline texts too, `n` for all that is not named. */
export type CellType = "n" | "s" | "str" | "b" | "e" | "d";

export interface CellTag {
  /** 0-based, -1 where the cell has no reference. */
  column: number;
  /** Index of the cell format, -1 without. */
  style: number;
  type: CellType;
}

const EQUALS = 0x3d;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const R = 0x72;
const S = 0x73;
const T = 0x74;

/** Reads `r`, `s` and `t` of the attributes between the two indexes into `cell`. */
export function readCellTag(bytes: Buffer, from: number, to: number, cell: CellTag): void {
  cell.column = -1;
  cell.style = -1;
  cell.type = "n";
  for (let at = from; at < to; ) {
    if ((bytes[at] as number) <= SPACE) {
      at++;
      continue;
    }
    const name = at;
    const open = findValue(bytes, at, to);
    const close = findClose(bytes, open, to);
    if (isLetter(bytes, name)) {
      const letter = bytes[name];
      if (letter === R) cell.column = columnOf(bytes, open + 1, close);
      else if (letter === S) cell.style = parseWhole(bytes, open + 1, close);
      else if (letter === T) cell.type = typeOf(bytes, open + 1, close);
    }
    at = close + 1;
  }
}

/** `r` of a row, undefined where it has none. */
export function rowNumberOf(bytes: Buffer, from: number, to: number): number | undefined {
  for (let at = from; at < to; ) {
    if ((bytes[at] as number) <= SPACE) {
      at++;
      continue;
    }
    const name = at;
    const open = findValue(bytes, at, to);
    const close = findClose(bytes, open, to);
    if (isLetter(bytes, name) && bytes[name] === R) {
      const row = parseWhole(bytes, open + 1, close);
      if (row >= 1) return row;
      const given = bytes.toString("latin1", open + 1, Math.min(close, open + 20));
      throw new RefusalError("unreadable", `row number ${given}`);
    }
    at = close + 1;
  }
  return undefined;
}

/** Whether the name at `at` has one letter: attributes of cells have no prefix. */
function isLetter(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1] as number;
  return next === EQUALS || next <= SPACE;
}

/** Index of the quote that opens the value of the attribute at `from`. */
function findValue(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== EQUALS) at++;
  at++;
  while (at < to && (bytes[at] as number) <= SPACE) at++;
  const quote = bytes[at];
  if (at >= to || (quote !== DOUBLE && quote !== SINGLE)) {
    throw new RefusalError("unreadable", "XML attribute without a value");
  }
  return at;
}

/** Index of the quote that closes the value opened at `open`. */
function findClose(bytes: Buffer, open: number, to: number): number {
  const quote = bytes[open];
  // By hand: calls out of the engine cost more than the few bytes of a value.
  let at = open + 1;
  while (at < to && bytes[at] !== quote) at++;
  return at;
}

function typeOf(bytes: Buffer, from: number, to: number): CellType {
  const first = bytes[from];
  if (to - from === 1) {
    if (first === S) return "s";
    if (first === 0x62) return "b";
    if (first === 0x65) return "e";
    return first === 0x64 ? "d" : "n";
  }
  const type = bytes.toString("latin1", from, to);
  return type === "str" || type === "inlineStr" ? "str" : "n";
}

/** 0-based column of a reference such as `AB12`. */
function columnOf(bytes: Buffer, from: number, to: number): number {
  let column = 0;
  for (let at = from; at < to; at++) {
    const letter = ((bytes[at] as number) | 0x20) - 0x60;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  if (column < 1 || column > MAX_SHEET_COLUMNS) {
    const reference = bytes.toString("latin1", from, Math.min(to, from + 20));
    throw new RefusalError("unreadable", `cell reference ${reference}`);
  }
  return column - 1;
}

/** A whole number of up to nine digits, -1 for anything else. */
export function parseWhole(bytes: Buffer, from: number, to: number): number {
  if (to <= from || to - from > 9) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
const MAX_EXACT_DIGITS = 15;

/**
 * A plain decimal of up to 15 digits, NaN for anything else. Both digits and power are exact as
 * doubles then, so that their quotient is the nearest double of the decimal.
 */
export function parseNumber(bytes: Buffer, from: number, to: number): number {
  const isNegative = bytes[from] === 0x2d;
  let digits = 0;
  let value = 0;
  let point = -1;
  for (let at = isNegative ? from + 1 : from; at < to; at++) {
    const byte = bytes[at] as number;
    const digit = byte - 0x30;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
    } else if (byte === 0x2e && point === -1) point = digits;
    else return Number.NaN;
  }
  if (digits === 0 || digits > MAX_EXACT_DIGITS) return Number.NaN;
  if (point !== -1) value /= POWERS[digits - point] as number;
  return isNegative ? -value : value;
}
