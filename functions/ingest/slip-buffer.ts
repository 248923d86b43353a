/**
 * Text on its way to UTF-8, in pieces. A piece can come as its bytes, a character each
 * (`toByteText`): texts that come again and again are then encoded once.
 */
export class SlipBuffer {
  #parts: Buffer[] = [];
  #partBytes = 0;
  #text = "";
  #isBytes = false;

  /** Bytes, roughly for text that is not encoded yet. */
  get size(): number {
    return this.#partBytes + this.#text.length;
  }

  add(text: string, isBytes: boolean): void {
    if (isBytes !== this.#isBytes) {
      this.#encode();
      this.#isBytes = isBytes;
    }
    this.#text += text;
  }

  /** All bytes so far; it is empty then. */
  take(): Buffer {
    this.#encode();
    const bytes = this.#parts.length === 1 ? this.#parts[0] as Buffer : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    return bytes;
  }

  #encode(): void {
    if (this.#text === "") return;
    const part = Buffer.from(this.#text, this.#isBytes ? "latin1" : "utf8");
    this.#parts.push(part);
    this.#partBytes += part.length;
    this.#text = "";
  }
}

/** The bytes of a text in UTF-8, a character each. */
export function toByteText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) >= 0x80) return Buffer.from(text, "utf8").toString("latin1");
  }
  return text;
}
