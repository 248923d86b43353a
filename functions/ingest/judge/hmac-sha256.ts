import { writeHex } from "../parquet/write-hex.ts";

const BLOCK_BYTES = 64;
/** A text of so many bytes, its padding and its length fill one block behind the key. */
const MOST_BYTES = 55;

const constants = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
const start = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);
const words = new Int32Array(64);
const block = new Uint8Array(BLOCK_BYTES);
const inner = new Int32Array(8);
const outer = new Int32Array(8);

/**
 * HMAC-SHA256 of short texts under one key, with what the key alone decides worked out once: two
 * rounds a text, and no call into native code, which costs more than both of them.
 * Source: RFC 2104, FIPS 180-4.
 */
export class HmacSha256 {
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  /** Prefix and digits of the result. */
  readonly #result: Buffer;
  readonly #prefixBytes: number;

  /** A key of at most 64 bytes; an ASCII text that stands before each result. */
  constructor(key: Uint8Array, prefix = "") {
    this.#result = Buffer.from(prefix + "0".repeat(32), "latin1");
    this.#prefixBytes = prefix.length;
    if (key.length > BLOCK_BYTES) throw new RangeError(`key: invalid length: ${key.length}`);
    this.#inner = stateAfter(key, 0x36);
    this.#outer = stateAfter(key, 0x5c);
  }

  /** Prefix and first 32 hex digits; undefined for a text that is too long or not ASCII. */
  hex(text: string): string | undefined {
    const { length } = text;
    if (length > MOST_BYTES) return undefined;
    block.fill(0);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return undefined;
      block[i] = unit;
    }
    block[length] = 0x80;
    readWords();
    words[15] = (BLOCK_BYTES + length) * 8;
    inner.set(this.#inner);
    compress(inner);
    words.set(inner);
    words[8] = 0x80000000;
    words.fill(0, 9, 15);
    words[15] = (BLOCK_BYTES + 32) * 8;
    outer.set(this.#outer);
    compress(outer);
    writeHex(outer, this.#result, this.#prefixBytes);
    return this.#result.toString("latin1");
  }
}

function stateAfter(key: Uint8Array, pad: number): Int32Array {
  for (let i = 0; i < BLOCK_BYTES; i++) block[i] = (key[i] ?? 0) ^ pad;
  readWords();
  const state = start.slice();
  compress(state);
  return state;
}

function readWords(): void {
  for (let i = 0; i < 16; i++) {
    const at = i * 4;
    words[i] = ((block[at] as number) << 24) | ((block[at + 1] as number) << 16)
      | ((block[at + 2] as number) << 8) | (block[at + 3] as number);
  }
}

/** One round of SHA-256 with `words[0, 16)`. */
function compress(state: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const w15 = words[i - 15] as number;
    const w2 = words[i - 2] as number;
    const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3);
    const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10);
    words[i] = ((words[i - 16] as number) + s0 + (words[i - 7] as number) + s1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + (constants[i] as number) + (words[i] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + s0 + majority) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}
