import { varint } from "./thrift-writer.ts";
import { ValueBytes } from "./value-bytes.ts";

/** Rows after which many distinct values show. */
const ROWS_TO_TELL = 1_024;
/** A dictionary pays while it has at most one entry a so many rows. */
const ROWS_AN_ENTRY = 4;
const MOST_ENTRIES = 1 << 15;
/** Texts with larger numbers are looked up each time. */
const MOST_KEYS = 1 << 20;

/** Texts of one column, each distinct one once, and the number of the text of each row. */
export class TextDictionary {
  readonly #numbers = new Map<string, number>();
  readonly #entries: string[] = [];
  #rows = new Int32Array(1_024);
  #size = 0;
  #last = "";
  #lastNumber = -1;
  /** By number of the caller: the entry + 1. */
  #entryOf = new Int32Array(256);

  clear(): void {
    this.#numbers.clear();
    this.forgetKeys();
    this.#entries.length = 0;
    this.#size = 0;
    this.#lastNumber = -1;
  }

  /** The caller numbers its texts anew. */
  forgetKeys(): void {
    this.#entryOf.fill(0);
  }

  get entries(): number {
    return this.#entries.length;
  }

  /** `put` of a text that the caller knows by a number, for ever the same until `forgetKeys`. */
  putKeyed(key: number, text: string): boolean {
    const known = key < this.#entryOf.length ? this.#entryOf[key] as number : 0;
    if (known > 0) {
      this.#add(known - 1);
      return true;
    }
    if (!this.put(text)) return false;
    if (key >= MOST_KEYS) return true;
    while (key >= this.#entryOf.length) this.#entryOf = grown(this.#entryOf);
    this.#entryOf[key] = (this.#rows[this.#size - 1] as number) + 1;
    return true;
  }

  /** False, and nothing is put, where the column has too many distinct texts. */
  put(text: string): boolean {
    let number = this.#lastNumber;
    if (number < 0 || text !== this.#last) {
      const known = this.#numbers.get(text);
      if (known === undefined) {
        number = this.#entries.length;
        if (number >= MOST_ENTRIES
          || this.#size >= ROWS_TO_TELL && number * ROWS_AN_ENTRY > this.#size) return false;
        this.#numbers.set(text, number);
        this.#entries.push(text);
      } else number = known;
      this.#last = text;
      this.#lastNumber = number;
    }
    this.#add(number);
    return true;
  }

  #add(entry: number): void {
    if (this.#size === this.#rows.length) this.#rows = grown(this.#rows);
    this.#rows[this.#size++] = entry;
  }

  /** The rows' texts as plain values. */
  writePlain(bytes: ValueBytes): void {
    for (let row = 0; row < this.#size; row++) {
      bytes.putText(this.#entries[this.#rows[row] as number] as string);
    }
  }

  /** The distinct texts as plain values, in order of their numbers. */
  entryBytes(): Buffer {
    const bytes = new ValueBytes();
    for (const entry of this.#entries) bytes.putText(entry);
    return bytes.written();
  }

  /** Width of the numbers, then one run: of one number where there is one text, else of bits. */
  numberBytes(): Buffer {
    if (this.#entries.length < 2) return Buffer.from([1, ...varint(this.#size * 2), 0]);
    const width = 32 - Math.clz32(this.#entries.length - 1);
    const groups = (this.#size + 7) >> 3;
    const bits = Buffer.alloc(groups * width);
    let at = 0;
    let pending = 0;
    let nPending = 0;
    for (let row = 0; row < this.#size; row++) {
      // At most 7 bits wait for a width of at most 15.
      pending |= (this.#rows[row] as number) << nPending;
      nPending += width;
      while (nPending >= 8) {
        bits[at++] = pending & 0xff;
        pending >>>= 8;
        nPending -= 8;
      }
    }
    if (nPending > 0) bits[at] = pending & 0xff;
    return Buffer.concat([Buffer.from([width, ...varint(groups * 2 + 1)]), bits]);
  }
}

function grown(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
