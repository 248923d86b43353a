import type { ContentDigest } from "../judge/content-digest.ts";
import { Tokens, type TokenKind } from "../judge/tokens.ts";

/** Pairs are written again where more distinct tokens than this come in between. */
const remembered = 400_000;

/**
 * Tokens of the home as it is, that tell beside each of their results what the next key makes of
 * the same value. The plain value leaves this class nowhere.
 */
export class PairedTokens extends Tokens {
  readonly #now: Tokens;
  readonly #next: Tokens;
  readonly #onPair: (old: string, next: string) => void;
  readonly #seen = new Set<string>();

  constructor(
    keys: { readonly now: Tokens; readonly next: Buffer },
    onPair: (old: string, next: string) => void,
  ) {
    super(keys.next);
    this.#now = keys.now;
    this.#next = new Tokens(keys.next);
    this.#onPair = onPair;
  }

  override token(kind: TokenKind, value: string): string {
    const old = this.#now.token(kind, value);
    if (!this.#seen.has(old)) {
      if (this.#seen.size >= remembered) this.#seen.clear();
      this.#seen.add(old);
      this.#onPair(old, this.#next.token(kind, value));
    }
    return old;
  }

  override contentHash(digest: ContentDigest): string {
    const old = this.#now.contentHash(digest);
    this.#onPair(old, this.#next.contentHash(digest));
    return old;
  }
}
