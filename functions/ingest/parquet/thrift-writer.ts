/** Kinds of value in Thrift's compact protocol, in which Parquet writes its headers. */
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Writes one struct of Thrift's compact protocol; fields in ascending order of their ids. */
export class ThriftWriter {
  readonly #bytes: number[] = [];
  #lastIds: number[] = [0];

  i32(id: number, value: number): this {
    this.#field(id, I32);
    this.#zigzag(value);
    return this;
  }

  /** Whole numbers up to 2^52. */
  i64(id: number, value: number): this {
    this.#field(id, I64);
    this.#zigzag(value);
    return this;
  }

  /** The kind of a boolean field is its value. */
  boolean(id: number, value: boolean): this {
    this.#field(id, value ? 1 : 2);
    return this;
  }

  text(id: number, value: string): this {
    this.#field(id, BINARY);
    this.#binary(value);
    return this;
  }

  struct(id: number, write: (inner: this) => void): this {
    this.#field(id, STRUCT);
    this.#struct(write);
    return this;
  }

  structs<T>(id: number, items: readonly T[], write: (inner: this, item: T) => void): this {
    this.#list(id, STRUCT, items.length);
    for (const item of items) this.#struct((inner) => write(inner, item));
    return this;
  }

  i32s(id: number, values: readonly number[]): this {
    this.#list(id, I32, values.length);
    for (const value of values) this.#zigzag(value);
    return this;
  }

  texts(id: number, values: readonly string[]): this {
    this.#list(id, BINARY, values.length);
    for (const value of values) this.#binary(value);
    return this;
  }

  /** The bytes of the whole struct. */
  finish(): Buffer {
    return Buffer.from([...this.#bytes, 0]);
  }

  #struct(write: (inner: this) => void): void {
    this.#lastIds.push(0);
    write(this);
    this.#lastIds.pop();
    this.#bytes.push(0);
  }

  #field(id: number, kind: number): void {
    const depth = this.#lastIds.length - 1;
    // Ids of Parquet's structs never leave gaps of more than 15.
    this.#bytes.push(((id - (this.#lastIds[depth] as number)) << 4) | kind);
    this.#lastIds[depth] = id;
  }

  #list(id: number, kind: number, length: number): void {
    this.#field(id, LIST);
    if (length < 15) this.#bytes.push((length << 4) | kind);
    else {
      this.#bytes.push(0xf0 | kind);
      this.#varint(length);
    }
  }

  #binary(value: string): void {
    const bytes = Buffer.from(value, "utf8");
    this.#varint(bytes.length);
    this.#bytes.push(...bytes);
  }

  #zigzag(value: number): void {
    this.#varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  #varint(value: number): void {
    this.#bytes.push(...varint(value));
  }
}

/** Seven bits a byte, lowest first. */
export function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
