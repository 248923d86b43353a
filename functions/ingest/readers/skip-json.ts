const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Beyond this depth `JSON.parse` decides: before `MAX_NESTING` is reached. */
const MAX_DEPTH = 60;

/** Bytes that end a run of plain characters in a text: quote, backslash, control characters. */
export const stopsInString = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < SPACE || byte === QUOTE || byte === BACKSLASH));

/** Behind a backslash: one of "\/bfnrt. */
const escaped = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(`"\\/bfnrt`.includes(String.fromCharCode(byte))));

/**
 * Index behind the JSON value that begins at `from`, by the grammar of RFC 8259 without line ends;
 * -1 where there is none, or where it nests deep. Some line end must stand behind the bytes, or a
 * byte that no value may hold there; they are taken for UTF-8.
 */
export function skipValue(bytes: Buffer, from: number, depth: number): number {
  switch (bytes[from]) {
    case QUOTE: return skipString(bytes, from + 1);
    case 0x7b: return depth < MAX_DEPTH ? skipObject(bytes, from + 1, depth + 1) : -1;
    case 0x5b: return depth < MAX_DEPTH ? skipArray(bytes, from + 1, depth + 1) : -1;
    case 0x74: return isWord(bytes, from, 0x72, 0x75, 0x65) ? from + 4 : -1;
    case 0x66:
      return isWord(bytes, from, 0x61, 0x6c, 0x73) && bytes[from + 4] === 0x65 ? from + 5 : -1;
    case 0x6e: return isWord(bytes, from, 0x75, 0x6c, 0x6c) ? from + 4 : -1;
    default: return skipNumber(bytes, from);
  }
}

export function skipSpaces(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

/** `from` stands behind the first quote. */
function skipString(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    while (stopsInString[bytes[at] as number] === 0) at++;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return -1;
    const next = bytes[at + 1] as number;
    if (escaped[next] === 1) at += 2;
    else if (next === 0x75 && isHex(bytes[at + 2]) && isHex(bytes[at + 3])
      && isHex(bytes[at + 4]) && isHex(bytes[at + 5])) at += 6;
    else return -1;
  }
}

function skipObject(bytes: Buffer, from: number, depth: number): number {
  let at = skipSpaces(bytes, from);
  if (bytes[at] === 0x7d) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return -1;
    at = skipString(bytes, at + 1);
    if (at < 0) return -1;
    at = skipSpaces(bytes, at);
    if (bytes[at] !== COLON) return -1;
    at = skipValue(bytes, skipSpaces(bytes, at + 1), depth);
    if (at < 0) return -1;
    at = skipSpaces(bytes, at);
    if (bytes[at] === COMMA) at = skipSpaces(bytes, at + 1);
    else return bytes[at] === 0x7d ? at + 1 : -1;
  }
}

function skipArray(bytes: Buffer, from: number, depth: number): number {
  let at = skipSpaces(bytes, from);
  if (bytes[at] === 0x5d) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, depth);
    if (at < 0) return -1;
    at = skipSpaces(bytes, at);
    if (bytes[at] === COMMA) at = skipSpaces(bytes, at + 1);
    else return bytes[at] === 0x5d ? at + 1 : -1;
  }
}

function skipNumber(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  if (bytes[at] === 0x30) at++;
  else {
    const start = at;
    at = skipDigits(bytes, at);
    if (at === start) return -1;
  }
  if (bytes[at] === 0x2e) {
    const start = at + 1;
    at = skipDigits(bytes, start);
    if (at === start) return -1;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const sign = bytes[at + 1];
    const start = sign === 0x2b || sign === MINUS ? at + 2 : at + 1;
    at = skipDigits(bytes, start);
    if (at === start) return -1;
  }
  return at;
}

function skipDigits(bytes: Buffer, from: number): number {
  let at = from;
  while ((bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
  return at;
}

/** The second to the fourth byte of a word. */
function isWord(bytes: Buffer, from: number, b: number, c: number, d: number): boolean {
  return bytes[from + 1] === b && bytes[from + 2] === c && bytes[from + 3] === d;
}

function isHex(byte: number | undefined): boolean {
  const b = byte as number;
  return b >= 0x30 && b <= 0x39 || b >= 0x41 && b <= 0x46 || b >= 0x61 && b <= 0x66;
}
