import { writeHex } from "./write-hex.ts";

const FIRST_BYTES = 1 << 12;
/** UTF-16 units to UTF-8 bytes at most. */
const BYTES_A_UNIT = 3;
const TWO_32 = 4_294_967_296;

/** Values in Parquet's plain encoding, one behind the other. */
export class ValueBytes {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #size = 0;
  /** Where the text at hand begins. */
  #textAt = 0;

  /** Keeps its memory. */
  clear(): void {
    this.#size = 0;
  }

  /** Valid until the next call. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  putText(value: string): void {
    this.openText();
    this.addText(value);
    this.closeText();
  }

  /** Begins a text that is put together from several. */
  openText(): void {
    this.#reserve(4);
    this.#textAt = this.#size;
    this.#size += 4;
  }

  addText(value: string): void {
    const { length } = value;
    this.#reserve(length * BYTES_A_UNIT);
    const bytes = this.#bytes;
    let at = this.#size;
    for (let i = 0; i < length; i++) {
      const c = value.charCodeAt(i);
      if (c < 0x80) {
        bytes[at++] = c;
      } else if (c < 0x800) {
        bytes[at++] = 0xc0 | (c >> 6);
        bytes[at++] = 0x80 | (c & 0x3f);
      } else if (c >= 0xd800 && c < 0xe000) {
        // Pairs, and lone halves, which become U+FFFD.
        at = this.#size + bytes.write(value, this.#size, "utf8");
        break;
      } else {
        bytes[at++] = 0xe0 | (c >> 12);
        bytes[at++] = 0x80 | ((c >> 6) & 0x3f);
        bytes[at++] = 0x80 | (c & 0x3f);
      }
    }
    this.#size = at;
  }

  /** One ASCII character. */
  addCharacter(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#size++] = code;
  }

  closeText(): void {
    this.#view.setUint32(this.#textAt, this.#size - this.#textAt - 4, true);
  }

  /** Four words as a text of 32 hex digits. */
  putHex(words: Int32Array): void {
    this.#reserve(36);
    this.#view.setUint32(this.#size, 32, true);
    writeHex(words, this.#bytes, this.#size + 4);
    this.#size += 36;
  }

  putInteger(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#size, value, true);
    this.#size += 4;
  }

  putLong(value: number): void {
    this.#reserve(8);
    const low = value >>> 0;
    const high = value === low ? 0 : Math.floor(value / TWO_32);
    this.#view.setUint32(this.#size, low, true);
    this.#view.setInt32(this.#size + 4, high, true);
    this.#size += 8;
  }

  putDouble(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#size, value, true);
    this.#size += 8;
  }

  /** The bit of that number; they come one after the other. */
  putBit(number: number, value: boolean): void {
    const at = number >> 3;
    const bit = number & 7;
    if (bit === 0) {
      if (at + 1 > this.#bytes.length) this.#grow(1);
      this.#bytes[at] = 0;
      this.#size = at + 1;
    }
    if (value) this.#bytes[at] = (this.#bytes[at] as number) | (1 << bit);
  }

  #reserve(bytes: number): void {
    if (this.#size + bytes > this.#bytes.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const size = Math.max(this.#bytes.length * 2, this.#size + bytes);
    const larger = Buffer.allocUnsafeSlow(size);
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
