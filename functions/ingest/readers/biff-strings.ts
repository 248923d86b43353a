/** Sequential reader over a record and the CONTINUE records behind it. */
export class BiffBlocks {
  readonly #blocks: readonly Buffer[];
  #block = 0;
  #at = 0;

  constructor(blocks: readonly Buffer[]) {
    this.#blocks = blocks;
  }

  get isAtEnd(): boolean {
    this.#moveOn();
    return this.#block >= this.#blocks.length;
  }

  u8(): number {
    this.#moveOn();
    return this.#blocks[this.#block]?.[this.#at++] ?? 0;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  skip(nBytes: number): void {
    let left = nBytes;
    while (left > 0 && !this.isAtEnd) {
      const step = Math.min(left, this.#left());
      this.#at += step;
      left -= step;
    }
  }

  /** Text of BIFF8: flags, characters of one or two bytes, formatting runs left out. */
  unicode(nCharacters: number): string {
    let flags = this.u8();
    const nRuns = (flags & 8) !== 0 ? this.u16() : 0;
    const extensionBytes = (flags & 4) !== 0 ? this.u32() : 0;
    let text = "";
    let left = nCharacters;
    while (left > 0) {
      if (this.#left() === 0) {
        this.#moveOn();
        if (this.#block >= this.#blocks.length) break;
        // Characters that go on in a CONTINUE record begin with flags of their own.
        flags = this.u8();
      }
      const isWide = (flags & 1) !== 0;
      const n = Math.min(left, Math.floor(this.#left() / (isWide ? 2 : 1)));
      if (n === 0) {
        this.skip(this.#left());
        continue;
      }
      text += this.bytes(isWide ? n * 2 : n).toString(isWide ? "utf16le" : "latin1");
      left -= n;
    }
    this.skip(nRuns * 4 + extensionBytes);
    return text;
  }

  /** Bytes of the present block only. */
  bytes(nBytes: number): Buffer {
    this.#moveOn();
    const block = this.#blocks[this.#block];
    const bytes = block?.subarray(this.#at, this.#at + nBytes) ?? Buffer.alloc(0);
    this.#at += bytes.length;
    return bytes;
  }

  #left(): number {
    return (this.#blocks[this.#block]?.length ?? this.#at) - this.#at;
  }

  #moveOn(): void {
    while (this.#block < this.#blocks.length && this.#left() <= 0) {
      this.#block++;
      this.#at = 0;
    }
  }
}
