import { createHmac, hash } from "node:crypto";
import { ownText } from "./own-text.ts";

/** What a token stands for; the same value as two things gives two tokens. */
export type TokenKind = "id_number" | "account" | "phone" | "teacher_no";

/** Block of SHA-256. */
const BLOCK_BYTES = 64;
/** Identifiers have at most 100 characters (rows.md). */
const MAX_VALUE_BYTES = 1_024;

/** Distinct values of a night repeat; more than this many are computed again. */
const MAX_CACHED = 400_000;

/** Keyed one-way names for personal values: HMAC-SHA256, first 32 hex digits. */
export class Tokens {
  readonly #inner: Buffer;
  readonly #outer: Buffer;
  readonly #keyText: string;
  readonly #cached: Readonly<Record<TokenKind, Map<string, string>>> = {
    id_number: new Map(), account: new Map(), phone: new Map(), teacher_no: new Map(),
  };

  constructor(key: Buffer) {
    const block = Buffer.alloc(BLOCK_BYTES);
    (key.length > BLOCK_BYTES ? hash("sha256", key, "buffer") : key).copy(block);
    this.#inner = Buffer.alloc(BLOCK_BYTES + MAX_VALUE_BYTES);
    this.#outer = Buffer.alloc(BLOCK_BYTES + 32);
    for (let i = 0; i < BLOCK_BYTES; i++) {
      this.#inner[i] = (block[i] as number) ^ 0x36;
      this.#outer[i] = (block[i] as number) ^ 0x5c;
    }
    // A key of its own for contents, so that no content can be made to equal a token.
    this.#keyText = createHmac("sha256", key).update("content").digest("hex");
  }

  /** 32 hex digits. */
  token(kind: TokenKind, value: string): string {
    const cache = this.#cached[kind];
    const known = cache.get(value);
    if (known !== undefined) return known;
    const token = this.#hmac(`${kind}:${value}`);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(ownText(value), token);
    return token;
  }

  /** HMAC by two one-shot hashes: `createHmac` costs three times as much for so short a text. */
  #hmac(text: string): string {
    const length = this.#inner.write(text, BLOCK_BYTES, "utf8");
    const digest = hash("sha256", this.#inner.subarray(0, BLOCK_BYTES + length), "buffer");
    digest.copy(this.#outer, BLOCK_BYTES);
    return hash("sha256", this.#outer).slice(0, 32);
  }

  /** 32 hex digits of SHA-256 over key and text; cut short, so no other text can be appended. */
  contentHash(text: string): string {
    return hash("sha256", this.#keyText + text).slice(0, 32);
  }
}
