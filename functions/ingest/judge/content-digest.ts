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
const state = new Int32Array(16);
const hexDigits = Buffer.from("0123456789abcdef");
const hex = Buffer.alloc(32);

/**
 * 32 hex digits of a digest under a key of eight words: the first 128 bits of the ChaCha8 block
 * with the digest as its counter. Nobody without the key can tell which content a hash stands for.
 */
export function sealDigest(digest: ContentDigest, key: Int32Array): string {
  for (let i = 0; i < 4; i++) {
    state[i] = CONSTANTS[i] as number;
    state[12 + i] = digest[i] as number;
  }
  for (let i = 0; i < 8; i++) state[4 + i] = key[i] as number;
  for (let round = 0; round < ROUNDS; round += 2) {
    quarter(0, 4, 8, 12);
    quarter(1, 5, 9, 13);
    quarter(2, 6, 10, 14);
    quarter(3, 7, 11, 15);
    quarter(0, 5, 10, 15);
    quarter(1, 6, 11, 12);
    quarter(2, 7, 8, 13);
    quarter(3, 4, 9, 14);
  }
  let at = 0;
  for (let i = 0; i < 4; i++) {
    const word = ((state[i] as number) + (CONSTANTS[i] as number)) >>> 0;
    for (let shift = 28; shift >= 0; shift -= 4) {
      hex[at++] = hexDigits[(word >>> shift) & 15] as number;
    }
  }
  return hex.toString("latin1");
}

function quarter(i: number, j: number, k: number, l: number): void {
  let a = state[i] as number;
  let b = state[j] as number;
  let c = state[k] as number;
  let d = state[l] as number;
  a = (a + b) | 0;
  d ^= a;
  d = (d << 16) | (d >>> 16);
  c = (c + d) | 0;
  b ^= c;
  b = (b << 12) | (b >>> 20);
  a = (a + b) | 0;
  d ^= a;
  d = (d << 8) | (d >>> 24);
  c = (c + d) | 0;
  b ^= c;
  b = (b << 7) | (b >>> 25);
  state[i] = a;
  state[j] = b;
  state[k] = c;
  state[l] = d;
}
