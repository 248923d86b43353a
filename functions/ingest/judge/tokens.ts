import { createHmac, hash } from "node:crypto";
import { tokenKeyId } from "../../shared/token-key-id.ts";
import { sealDigest, sealWords, type ContentDigest } from "./content-digest.ts";
import { HmacSha256 } from "./hmac-sha256.ts";
import { ownText } from "./own-text.ts";

/** What a token stands for; the same value as two things gives two tokens. */
export type TokenKind = "id_number" | "account" | "phone" | "teacher_no";

/** Block of SHA-256: longer keys are hashed first. */
const BLOCK_BYTES = 64;

/** Distinct values of a night repeat; more than this many are computed again. */
const MAX_CACHED = 400_000;

/** Tokens of earlier keys that still stand, because their landing files are gone. */
export interface EarlierTokens {
  readonly keys: readonly Buffer[];
  readonly standing: ReadonlySet<string>;
}

/**
 * Keyed one-way names for personal values: id of the key, a point, the first 32 hex digits of
 * HMAC-SHA256. A value whose token of an earlier key still stands keeps that one.
 */
export class Tokens {
  readonly #key: Buffer;
  readonly #short: HmacSha256;
  readonly #contentKey: Int32Array;
  readonly #prefix: string;
  readonly #earlier: readonly Tokens[];
  readonly #standing: ReadonlySet<string>;
  readonly #cached: Readonly<Record<TokenKind, Map<string, string>>> = {
    id_number: new Map(), account: new Map(), phone: new Map(), teacher_no: new Map(),
  };

  constructor(key: Buffer, earlier?: EarlierTokens) {
    this.#prefix = `${tokenKeyId(key)}.`;
    this.#earlier = (earlier?.keys ?? []).map((earlierKey) => new Tokens(earlierKey));
    this.#standing = earlier?.standing ?? new Set();
    this.#key = key;
    this.#short = new HmacSha256(
      key.length > BLOCK_BYTES ? hash("sha256", key, "buffer") : key, this.#prefix);
    // A key of its own for contents, so that no content can be made to equal a token.
    const contentKey = createHmac("sha256", key).update("content").digest();
    this.#contentKey = Int32Array.from({ length: 8 }, (_, i) => contentKey.readInt32LE(i * 4));
  }

  /** `<key id>.<32 hex digits>` */
  token(kind: TokenKind, value: string): string {
    const cache = this.#cached[kind];
    const known = cache.get(value);
    if (known !== undefined) return known;
    const token = this.makeToken(kind, value);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(ownText(value), token);
    return token;
  }

  /** The same for whoever remembers it himself. */
  makeToken(kind: TokenKind, value: string): string {
    return this.#findStanding(kind, value) ?? this.#name(`${kind}:${value}`);
  }

  #findStanding(kind: TokenKind, value: string): string | undefined {
    for (const tokens of this.#earlier) {
      const token = tokens.token(kind, value);
      if (this.#standing.has(token)) return token;
    }
    return undefined;
  }

  #name(text: string): string {
    return this.#short.hex(text) ?? this.#prefix +
      createHmac("sha256", this.#key).update(text, "utf8").digest("hex").slice(0, 32);
  }

  /** 32 hex digits of the content of a row; equal for equal contents, a secret's work for others. */
  contentHash(digest: ContentDigest): string {
    return sealDigest(digest, this.#contentKey);
  }

  /** The same as four words. */
  sealContent(digest: ContentDigest, words: Int32Array): void {
    sealWords(digest, this.#contentKey, words);
  }
}

/** Tokens of a home some of whose tokens still are of an earlier key; keys as hex digits. */
export function retainingTokens(
  keyHex: string, retained: { readonly keys: Readonly<Record<string, string>>;
    readonly tokens: readonly string[]; },
): Tokens {
  return new Tokens(Buffer.from(keyHex, "hex"), {
    keys: Object.values(retained.keys).map((hex) => Buffer.from(hex, "hex")),
    standing: new Set(retained.tokens),
  });
}
