import { writeHex } from "../parquet/write-hex.ts";

/** 128 bits; of a row the sum of those of its fields, so that fields can be remembered apart. */
export type ContentDigest = Int32Array;

/**
 * Adds the content of one field to a digest, from `at` on. 128 bits by MurmurHash3's steps over
 * UTF-16 units, other constants in each of four lanes; the place of the field begins all of them.
 */
export function addContent(
  digest: Int32Array, at: number, field: number, value: string | number | boolean,
  atMs: number | null,
): void {
  const text = atMs === null ? String(value) : `${value}@${atMs}`;
  const first = Math.imul(field + 1, 0x9e3779b1);
  let a = first ^ 0x243f6a88;
  let b = first ^ 0x85a308d3;
  let c = first ^ 0x13198a2e;
  let d = first ^ 0x03707344;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ Math.imul(unit, 0x239b961b), 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ Math.imul(unit, 0xab0e9789), 0x1b873593) + 0x561ccd1b;
    b = (b << 16) | (b >>> 16);
    c = Math.imul(c ^ Math.imul(unit, 0x38b34ae5), 0x85ebca6b);
    c = (c << 17) | (c >>> 15);
    d = Math.imul(d ^ Math.imul(unit, 0xa1e38b93), 0xc2b2ae35) + 0x0bcaa747;
    d = (d << 18) | (d >>> 14);
  }
  a = finish(a ^ text.length);
  b = finish(b + a);
  c = finish(c + b);
  d = finish(d + c);
  digest[at] = (digest[at] as number) + finish(a + d);
  digest[at + 1] = (digest[at + 1] as number) + b;
  digest[at + 2] = (digest[at + 2] as number) + c;
  digest[at + 3] = (digest[at + 3] as number) + d;
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const ROUNDS = 8;
/** "expand 32-byte k" */
const CONSTANTS = Int32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
const [C0 = 0, C1 = 0, C2 = 0, C3 = 0] = CONSTANTS;
const hex = Buffer.alloc(32);
const sealed = new Int32Array(4);

/** `sealWords` as 32 hex digits. */
export function sealDigest(digest: ContentDigest, key: Int32Array): string {
  sealWords(digest, key, sealed);
  writeHex(sealed, hex, 0);
  return hex.toString("latin1");
}

/**
 * Seals a digest under a key of eight words: the first 128 bits of the ChaCha8 block with the
 * digest as its counter. Nobody without the key can tell which content they stand for.
 */
export function sealWords(digest: ContentDigest, key: Int32Array, words: Int32Array): void {
  let x0 = C0;
  let x1 = C1;
  let x2 = C2;
  let x3 = C3;
  let x4 = key[0] as number;
  let x5 = key[1] as number;
  let x6 = key[2] as number;
  let x7 = key[3] as number;
  let x8 = key[4] as number;
  let x9 = key[5] as number;
  let x10 = key[6] as number;
  let x11 = key[7] as number;
  let x12 = digest[0] as number;
  let x13 = digest[1] as number;
  let x14 = digest[2] as number;
  let x15 = digest[3] as number;
  for (let round = 0; round < ROUNDS; round += 2) {
    x0 = (x0 + x4) | 0; x12 ^= x0; x12 = (x12 << 16) | (x12 >>> 16);
    x8 = (x8 + x12) | 0; x4 ^= x8; x4 = (x4 << 12) | (x4 >>> 20);
    x0 = (x0 + x4) | 0; x12 ^= x0; x12 = (x12 << 8) | (x12 >>> 24);
    x8 = (x8 + x12) | 0; x4 ^= x8; x4 = (x4 << 7) | (x4 >>> 25);
    x1 = (x1 + x5) | 0; x13 ^= x1; x13 = (x13 << 16) | (x13 >>> 16);
    x9 = (x9 + x13) | 0; x5 ^= x9; x5 = (x5 << 12) | (x5 >>> 20);
    x1 = (x1 + x5) | 0; x13 ^= x1; x13 = (x13 << 8) | (x13 >>> 24);
    x9 = (x9 + x13) | 0; x5 ^= x9; x5 = (x5 << 7) | (x5 >>> 25);
    x2 = (x2 + x6) | 0; x14 ^= x2; x14 = (x14 << 16) | (x14 >>> 16);
    x10 = (x10 + x14) | 0; x6 ^= x10; x6 = (x6 << 12) | (x6 >>> 20);
    x2 = (x2 + x6) | 0; x14 ^= x2; x14 = (x14 << 8) | (x14 >>> 24);
    x10 = (x10 + x14) | 0; x6 ^= x10; x6 = (x6 << 7) | (x6 >>> 25);
    x3 = (x3 + x7) | 0; x15 ^= x3; x15 = (x15 << 16) | (x15 >>> 16);
    x11 = (x11 + x15) | 0; x7 ^= x11; x7 = (x7 << 12) | (x7 >>> 20);
    x3 = (x3 + x7) | 0; x15 ^= x3; x15 = (x15 << 8) | (x15 >>> 24);
    x11 = (x11 + x15) | 0; x7 ^= x11; x7 = (x7 << 7) | (x7 >>> 25);
    x0 = (x0 + x5) | 0; x15 ^= x0; x15 = (x15 << 16) | (x15 >>> 16);
    x10 = (x10 + x15) | 0; x5 ^= x10; x5 = (x5 << 12) | (x5 >>> 20);
    x0 = (x0 + x5) | 0; x15 ^= x0; x15 = (x15 << 8) | (x15 >>> 24);
    x10 = (x10 + x15) | 0; x5 ^= x10; x5 = (x5 << 7) | (x5 >>> 25);
    x1 = (x1 + x6) | 0; x12 ^= x1; x12 = (x12 << 16) | (x12 >>> 16);
    x11 = (x11 + x12) | 0; x6 ^= x11; x6 = (x6 << 12) | (x6 >>> 20);
    x1 = (x1 + x6) | 0; x12 ^= x1; x12 = (x12 << 8) | (x12 >>> 24);
    x11 = (x11 + x12) | 0; x6 ^= x11; x6 = (x6 << 7) | (x6 >>> 25);
    x2 = (x2 + x7) | 0; x13 ^= x2; x13 = (x13 << 16) | (x13 >>> 16);
    x8 = (x8 + x13) | 0; x7 ^= x8; x7 = (x7 << 12) | (x7 >>> 20);
    x2 = (x2 + x7) | 0; x13 ^= x2; x13 = (x13 << 8) | (x13 >>> 24);
    x8 = (x8 + x13) | 0; x7 ^= x8; x7 = (x7 << 7) | (x7 >>> 25);
    x3 = (x3 + x4) | 0; x14 ^= x3; x14 = (x14 << 16) | (x14 >>> 16);
    x9 = (x9 + x14) | 0; x4 ^= x9; x4 = (x4 << 12) | (x4 >>> 20);
    x3 = (x3 + x4) | 0; x14 ^= x3; x14 = (x14 << 8) | (x14 >>> 24);
    x9 = (x9 + x14) | 0; x4 ^= x9; x4 = (x4 << 7) | (x4 >>> 25);
  }
  words[0] = x0 + C0;
  words[1] = x1 + C1;
  words[2] = x2 + C2;
  words[3] = x3 + C3;
}
