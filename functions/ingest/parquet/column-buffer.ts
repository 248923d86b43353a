import type { ColumnType } from "../../shared/relations.ts";

const FIRST_BYTES = 1 << 16;
/** UTF-16 units to UTF-8 bytes at most. */
const BYTES_A_UNIT = 3;
const MS_A_DAY = 86_400_000;
const TWO_32 = 4_294_967_296;

/** Values of one Parquet column in its plain encoding, and which of the rows have one. */
export class ColumnBuffer {
  readonly type: ColumnType;
  /** Rows put, empty ones included. */
  rows = 0;
  nNulls = 0;
  readonly #days = new Map<string, number>();
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #size = 0;
  #nValues = 0;
  /** One bit a row: it has a value. */
  #valid: Buffer = Buffer.alloc(1024);

  constructor(type: ColumnType) {
    this.type = type;
  }

  /** Back to no rows; keeps its memory. */
  clear(): void {
    this.rows = 0;
    this.nNulls = 0;
    this.#size = 0;
    this.#nValues = 0;
    this.#valid.fill(0);
  }

  /** Plain values, valid until the next call. */
  values(): Buffer {
    const size = this.type === "BOOLEAN" ? (this.#nValues + 7) >> 3 : this.#size;
    return this.#bytes.subarray(0, size);
  }

  /** One bit a row, lowest first; valid until the next call. */
  validity(): Buffer {
    return this.#valid.subarray(0, (this.rows + 7) >> 3);
  }

  putNull(): void {
    this.#row(false);
    this.nNulls++;
  }

  /** A value of the column's type as in `LakeValue`; TypeError where it is none. */
  put(value: string | number | boolean): void {
    switch (this.type) {
      case "VARCHAR": return this.putText(value as string);
      case "INTEGER": return this.putInteger(value as number);
      case "BIGINT":
      case "TIMESTAMP_MS": return this.putLong(value as number);
      case "DOUBLE": return this.putDouble(value as number);
      case "BOOLEAN": return this.putBoolean(value as boolean);
      case "DATE": return this.putInteger(this.#dayOf(value as string));
    }
  }

  putText(value: string): void {
    if (typeof value !== "string") throw notOfType(this.type, value);
    this.#reserve(4 + value.length * BYTES_A_UNIT);
    const bytes = this.#bytes;
    const start = this.#size + 4;
    let at = start;
    for (let i = 0; i < value.length; i++) {
      const c = value.charCodeAt(i);
      if (c < 0x80) {
        bytes[at++] = c;
      } else if (c < 0x800) {
        bytes[at++] = 0xc0 | (c >> 6);
        bytes[at++] = 0x80 | (c & 0x3f);
      } else if (c >= 0xd800 && c < 0xe000) {
        // Pairs, and lone halves, which become U+FFFD.
        at = start + bytes.write(value, start, "utf8");
        break;
      } else {
        bytes[at++] = 0xe0 | (c >> 12);
        bytes[at++] = 0x80 | ((c >> 6) & 0x3f);
        bytes[at++] = 0x80 | (c & 0x3f);
      }
    }
    this.#view.setUint32(this.#size, at - start, true);
    this.#size = at;
    this.#row(true);
  }

  putInteger(value: number): void {
    if (value !== (value | 0)) throw notOfType(this.type, value);
    this.#reserve(4);
    this.#view.setInt32(this.#size, value, true);
    this.#size += 4;
    this.#row(true);
  }

  /** Whole numbers that a double holds exactly. */
  putLong(value: number): void {
    if (!Number.isSafeInteger(value)) throw notOfType(this.type, value);
    this.#reserve(8);
    const high = Math.floor(value / TWO_32);
    this.#view.setUint32(this.#size, value - high * TWO_32, true);
    this.#view.setInt32(this.#size + 4, high, true);
    this.#size += 8;
    this.#row(true);
  }

  putDouble(value: number): void {
    if (typeof value !== "number") throw notOfType(this.type, value);
    this.#reserve(8);
    this.#view.setFloat64(this.#size, value, true);
    this.#size += 8;
    this.#row(true);
  }

  putBoolean(value: boolean): void {
    if (typeof value !== "boolean") throw notOfType(this.type, value);
    this.#reserve(1);
    const at = this.#nValues >> 3;
    const bit = this.#nValues & 7;
    if (bit === 0) {
      this.#bytes[at] = 0;
      this.#size = at + 1;
    }
    if (value) this.#bytes[at] = (this.#bytes[at] as number) | (1 << bit);
    this.#row(true);
  }

  #row(isValue: boolean): void {
    const at = this.rows >> 3;
    if (at === this.#valid.length) {
      this.#valid = Buffer.concat([this.#valid, Buffer.alloc(this.#valid.length)]);
    }
    if (isValue) {
      this.#valid[at] = (this.#valid[at] as number) | (1 << (this.rows & 7));
      this.#nValues++;
    }
    this.rows++;
  }

  #reserve(bytes: number): void {
    if (this.#size + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#size + bytes));
    this.#bytes.copy(grown, 0, 0, this.#size);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }

  /** Days since 1970-01-01; remembered, as a file has few distinct days. */
  #dayOf(text: string): number {
    const known = this.#days.get(text);
    if (known !== undefined) return known;
    const day = Date.parse(`${text}T00:00:00Z`) / MS_A_DAY;
    if (!Number.isInteger(day)) throw notOfType("DATE", text);
    this.#days.set(text, day);
    return day;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Names the types only: a value may be personal. */
function notOfType(type: ColumnType, value: unknown): TypeError {
  return new TypeError(`value of type ${typeof value}: invalid; accepted: ${type}`);
}
