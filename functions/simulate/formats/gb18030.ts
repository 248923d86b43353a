/**
 * GB18030 encoder made by turning the platform's decoder round, so that what is written here is
 * what a standard decoder reads: two-byte area from the decoder itself, the rest by the linear
 * order of the four-byte area (GB 18030-2005, 0x81308130 = index 0).
 */
interface Tables {
  /** Two bytes by UTF-16 unit, 0 where there is no two-byte code. */
  readonly twoByte: Uint16Array;
  /** Index in the four-byte area by UTF-16 unit, -1 where none. */
  readonly fourByte: Int32Array;
}

/** U+FFFD stands at this place of the four-byte area; a decoder's answer cannot tell it. */
const replacementIndex = 39_417;
/** Places of the four-byte area that hold the rest of the basic plane. */
const basicPlaneIndexes = 39_420;
/** U+10000 is 0x90308130. */
const firstSupplementaryIndex = 189_000;

let tables: Tables | undefined;

/** Encodes text; lone surrogates and private-use characters without a code become `?`. */
export function encodeGb18030(text: string): Buffer {
  const { twoByte, fourByte } = (tables ??= buildTables());
  const bytes = Buffer.allocUnsafe(text.length * 4);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) { bytes[at++] = unit; continue; }
    const pair = twoByte[unit]!;
    if (pair !== 0) { bytes[at++] = pair >> 8; bytes[at++] = pair & 0xff; continue; }
    let index = fourByte[unit]!;
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const code = text.codePointAt(i)!;
      if (code < 0x10000) { bytes[at++] = 0x3f; continue; }
      index = firstSupplementaryIndex + code - 0x10000;
      i++;
    }
    if (index < 0) { bytes[at++] = 0x3f; continue; }
    at = putFourBytes(bytes, at, index);
  }
  return bytes.subarray(0, at);
}

function putFourBytes(bytes: Buffer, at: number, index: number): number {
  bytes[at] = 0x81 + Math.floor(index / 12_600);
  bytes[at + 1] = 0x30 + (Math.floor(index / 1260) % 10);
  bytes[at + 2] = 0x81 + (Math.floor(index / 10) % 126);
  bytes[at + 3] = 0x30 + (index % 10);
  return at + 4;
}

function buildTables(): Tables {
  const decoder = new TextDecoder("gb18030");
  const twoByte = new Uint16Array(65_536);
  const fourByte = new Int32Array(65_536).fill(-1);
  const pair = Buffer.alloc(2);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      pair[0] = lead; pair[1] = trail;
      const text = decoder.decode(pair);
      const unit = text.charCodeAt(0);
      if (
        text.length === 1 && unit !== 0xfffd && twoByte[unit] === 0
      ) twoByte[unit] = (lead << 8) | trail;
    }
  }
  const quad = Buffer.alloc(4);
  for (let index = 0; index < basicPlaneIndexes; index++) {
    putFourBytes(quad, 0, index);
    const text = decoder.decode(quad);
    const unit = text.charCodeAt(0);
    if (text.length === 1 && unit !== 0xfffd && fourByte[unit] === -1) fourByte[unit] = index;
  }
  fourByte[0xfffd] = replacementIndex;
  return { twoByte, fourByte };
}
