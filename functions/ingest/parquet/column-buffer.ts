import type { ColumnType } from "../../shared/relations.ts";
import { TextDictionary } from "./text-dictionary.ts";
import { ValueBytes } from "./value-bytes.ts";

const MS_A_DAY = 86_400_000;

/** Values of one Parquet column, and which of the rows have one. */
export class ColumnBuffer {
  readonly type: ColumnType;
  /** Rows put, empty ones included. */
  rows = 0;
  nNulls = 0;
  readonly #days = new Map<string, number>();
  #lastDayText = "";
  #lastDay = 0;
  readonly #bytes = new ValueBytes();
  #nBits = 0;
  /** Texts of few distinct values are numbers into a dictionary. */
  #dictionary: TextDictionary | undefined;
  /** One bit a row: it has a value. Only kept where some rows have one and some have none. */
  #valid: Buffer = Buffer.alloc(1024);
  #isMixed = false;

  constructor(type: ColumnType) {
    this.type = type;
    if (type === "VARCHAR") this.#dictionary = new TextDictionary();
  }

  /** Back to no rows; keeps its memory. */
  clear(): void {
    this.rows = 0;
    this.nNulls = 0;
    this.#bytes.clear();
    this.#nBits = 0;
    this.#isMixed = false;
    this.#dictionary?.clear();
  }

  /** Plain values, valid until the next call; none where there is a dictionary. */
  values(): Buffer {
    return this.#bytes.written();
  }

  /** Its texts and the numbers of the rows' values among them; undefined for plain values. */
  dictionary(): TextDictionary | undefined {
    return this.#dictionary;
  }

  /** One bit a row, lowest first; valid until the next call; only where some rows are empty. */
  validity(): Buffer {
    return this.#valid.subarray(0, (this.rows + 7) >> 3);
  }

  putNulls(rows: number): void {
    if (this.nNulls !== this.rows) {
      for (let row = 0; row < rows; row++) this.putNull();
      return;
    }
    this.nNulls += rows;
    this.rows += rows;
  }

  putNull(): void {
    if (this.nNulls === this.rows) {
      this.nNulls++;
      this.rows++;
      return;
    }
    if (!this.#isMixed) this.#mix();
    this.#reserveRow();
    this.nNulls++;
    this.rows++;
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
      case "DATE": return this.putInteger(this.dayOf(value as string));
    }
  }

  putText(value: string): void {
    if (typeof value !== "string") throw notOfType(this.type, value);
    const dictionary = this.#dictionary;
    if (dictionary === undefined) this.#bytes.putText(value);
    else if (!dictionary.put(value)) this.#plain().putText(value);
    this.#row();
  }

  /** `putText` of a text that the caller knows by a number, the same until `forgetKeys`. */
  putKeyedText(key: number, value: string): void {
    const dictionary = this.#dictionary;
    if (dictionary === undefined) this.#bytes.putText(value);
    else if (!dictionary.putKeyed(key, value)) this.#plain().putText(value);
    this.#row();
  }

  forgetKeys(): void {
    this.#dictionary?.forgetKeys();
  }

  /** The row's text is what the caller writes to these bytes. */
  putPlain(): ValueBytes {
    this.#row();
    return this.#dictionary === undefined ? this.#bytes : this.#plain();
  }

  /** Too many distinct values: a dictionary would cost more than it saves, in later parts too. */
  #plain(): ValueBytes {
    this.#dictionary?.writePlain(this.#bytes);
    this.#dictionary = undefined;
    return this.#bytes;
  }

  putInteger(value: number): void {
    if (value !== (value | 0)) throw notOfType(this.type, value);
    this.#bytes.putInteger(value);
    this.#row();
  }

  /** Whole numbers that a double holds exactly. */
  putLong(value: number): void {
    if (!Number.isSafeInteger(value)) throw notOfType(this.type, value);
    this.#bytes.putLong(value);
    this.#row();
  }

  putDouble(value: number): void {
    if (typeof value !== "number") throw notOfType(this.type, value);
    this.#bytes.putDouble(value);
    this.#row();
  }

  putBoolean(value: boolean): void {
    if (typeof value !== "boolean") throw notOfType(this.type, value);
    this.#bytes.putBit(this.#nBits++, value);
    this.#row();
  }

  /** A row with a value. */
  #row(): void {
    if (this.nNulls > 0) {
      if (!this.#isMixed) this.#mix();
      this.#reserveRow();
      const at = this.rows >> 3;
      this.#valid[at] = (this.#valid[at] as number) | (1 << (this.rows & 7));
    }
    this.rows++;
  }

  /** All rows so far have a value, or none has. */
  #mix(): void {
    this.#isMixed = true;
    this.#valid.fill(0);
    if (this.nNulls > 0) return;
    const { rows } = this;
    while (this.#valid.length <= rows >> 3) this.#growValid();
    this.#valid.fill(0xff, 0, rows >> 3);
    this.#valid[rows >> 3] = (1 << (rows & 7)) - 1;
  }

  #reserveRow(): void {
    while (this.rows >> 3 >= this.#valid.length) this.#growValid();
  }

  #growValid(): void {
    this.#valid = Buffer.concat([this.#valid, Buffer.alloc(this.#valid.length)]);
  }

  /** Days since 1970-01-01; remembered, as a file has few distinct days. */
  dayOf(text: string): number {
    if (text === this.#lastDayText) return this.#lastDay;
    let day = this.#days.get(text);
    if (day === undefined) {
      day = Date.parse(`${text}T00:00:00Z`) / MS_A_DAY;
      if (!Number.isInteger(day)) throw notOfType("DATE", text);
      this.#days.set(text, day);
    }
    this.#lastDayText = text;
    this.#lastDay = day;
    return day;
  }
}

/** Names the types only: a value may be personal. */
function notOfType(type: ColumnType, value: unknown): TypeError {
  return new TypeError(`value of type ${typeof value}: invalid; accepted: ${type}`);
}
