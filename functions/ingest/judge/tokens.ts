import { createHmac, hash } from "node:crypto";

/** What a token stands for; the same value as two things gives two tokens. */
export type TokenKind = "id_number" | "account" | "phone";

/** Distinct values of a night repeat; more than this many are computed again. */
const MAX_CACHED = 400_000;

/** Keyed one-way names for personal values: HMAC-SHA256, first 32 hex digits. */
export class Tokens {
  readonly #key: Buffer;
  readonly #keyText: string;
  readonly #cached: Readonly<Record<TokenKind, Map<string, string>>> = {
    id_number: new Map(), account: new Map(), phone: new Map(),
  };

  constructor(key: Buffer) {
    this.#key = key;
    // A key of its own for contents, so that no content can be made to equal a token.
    this.#keyText = createHmac("sha256", key).update("content").digest("hex");
  }

  /** 32 hex digits. */
  token(kind: TokenKind, value: string): string {
    const cache = this.#cached[kind];
    const known = cache.get(value);
    if (known !== undefined) return known;
    const token = createHmac("sha256", this.#key).update(`${kind}:${value}`).digest("hex")
      .slice(0, 32);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(value, token);
    return token;
  }

  /** 32 hex digits of SHA-256 over key and text; cut short, so no other text can be appended. */
  contentHash(text: string): string {
    return hash("sha256", this.#keyText + text).slice(0, 32);
  }
}
