import type { RawCell } from "../raw.ts";
import { biffIds as ID, decodeRk, errorText, f64, u16, withContinues } from "./biff-records.ts";
import { BiffBlocks } from "./biff-strings.ts";
import { RefusalError } from "./open-options.ts";
import { findSerialDate, isDateFormat, isDateFormatId } from "./serial-date.ts";

/** Labels of the decoder by Windows code page; Chinese exports without one are GBK. */
const CODEPAGES: Readonly<Record<number, string>> = {
  874: "windows-874",
  932: "shift_jis",
  949: "euc-kr",
  950: "big5",
  1250: "windows-1250",
  1251: "windows-1251",
  1252: "windows-1252",
};

export interface BiffSheet {
  readonly name: string;
  readonly offset: number;
}

/** Cells of a sheet by 0-based row; `rows` has holes where no row holds a value. */
export type BiffRows = (RawCell[] | undefined)[];

/** Reads the cells of a BIFF8 or BIFF5 workbook stream. */
export class BiffWorkbook {
  readonly sheets: readonly BiffSheet[];
  readonly #stream: Buffer;
  readonly #isBiff8: boolean;
  readonly #strings: string[] = [];
  readonly #isDateByXf: readonly boolean[];
  #is1904 = false;
  #decoder = new TextDecoder("gb18030");

  constructor(stream: Buffer, isBiff8: boolean) {
    this.#stream = stream;
    this.#isBiff8 = isBiff8;
    const sheets: BiffSheet[] = [];
    const formatIds: number[] = [];
    const codes = new Map<number, string>();
    for (const { id, at, data } of this.#globals()) {
      if (id === ID.dateMode) this.#is1904 = data.readUInt16LE(0) === 1;
      else if (id === ID.codepage) this.#setCodepage(data.readUInt16LE(0));
      else if (id === ID.xf) formatIds.push(data.readUInt16LE(2));
      else if (id === ID.format) codes.set(data.readUInt16LE(0), this.#readFormat(data));
      else if (id === ID.boundSheet) {
        sheets.push({ name: this.#readShort(data, 6), offset: data.readUInt32LE(0) });
      } else if (id === ID.sst) this.#readSharedStrings(withContinues(stream, at));
    }
    this.sheets = sheets;
    this.#isDateByXf = formatIds.map((id) => {
      const code = codes.get(id);
      return code === undefined ? isDateFormatId(id) : isDateFormat(code);
    });
  }

  /** A cell that holds empty text is null, yet its row is there. Records may be in any order. */
  readCells(sheet: BiffSheet): BiffRows {
    const stream = this.#stream;
    const rows: BiffRows = [];
    let depth = 0;
    for (let at = sheet.offset; at + 4 <= stream.length;) {
      const id = u16(stream, at);
      const end = at + 4 + u16(stream, at + 2);
      // Charts that stand inside a sheet have records of their own.
      if (id === ID.bof) depth++;
      else if (id === ID.eof) {
        if (--depth <= 0) break;
      } else if (depth === 1 && end - at >= 10) this.#readCell(rows, id, at + 4, end);
      at = end;
    }
    return rows;
  }

  /** Reads the record whose content stands from `from` to `to`, where it holds cells. */
  #readCell(rows: BiffRows, id: number, from: number, to: number): void {
    const stream = this.#stream;
    let value: RawCell;
    switch (id) {
      case ID.labelSst:
        value = this.#sharedString(need(stream, from + 6, to, 4).readUInt32LE(from + 6));
        break;
      case ID.rk:
        need(stream, from + 6, to, 4);
        value = this.#toNumber(u16(stream, from + 4), decodeRk(stream, from + 6));
        break;
      case ID.number:
        value = this.#toNumber(u16(stream, from + 4), f64(need(stream, from + 6, to, 8), from + 6));
        break;
      case ID.formula:
        value = this.#readFormula(need(stream, from + 6, to, 8), from, to);
        break;
      case ID.boolErr:
        value = readBoolOrError(need(stream, from + 6, to, 2), from + 6, from + 7);
        break;
      case ID.label:
      case ID.rString:
        value = this.#readLong(withContinues(stream, from - 4), 6);
        break;
      case ID.mulRk:
        this.#readMulRk(rows, from, to);
        return;
      default:
        return;
    }
    put(rows, u16(stream, from), u16(stream, from + 2), value);
  }

  #readMulRk(rows: BiffRows, from: number, to: number): void {
    const stream = this.#stream;
    const row = u16(stream, from);
    let column = u16(stream, from + 2);
    rows[row] ??= [];
    for (let at = from + 4; at + 6 <= to - 2; at += 6) {
      put(rows, row, column++, this.#toNumber(u16(stream, at), decodeRk(stream, at + 2)));
    }
  }

  *#globals(): Generator<{ readonly id: number; readonly at: number; readonly data: Buffer }> {
    const stream = this.#stream;
    for (let at = 0; at + 4 <= stream.length;) {
      const id = u16(stream, at);
      const end = at + 4 + u16(stream, at + 2);
      if (id === ID.eof) return;
      yield { id, at, data: stream.subarray(at + 4, end) };
      at = end;
    }
  }

  #setCodepage(codepage: number): void {
    this.#decoder = new TextDecoder(CODEPAGES[codepage] ?? "gb18030");
  }

  #readFormat(data: Buffer): string {
    if (!this.#isBiff8) return this.#readShort(data, 2);
    const blocks = new BiffBlocks([data.subarray(2)]);
    return blocks.unicode(blocks.u16());
  }

  /** Text with a length of one byte. */
  #readShort(data: Buffer, at: number): string {
    const length = data[at] ?? 0;
    if (this.#isBiff8) return new BiffBlocks([data.subarray(at + 1)]).unicode(length);
    return this.#decoder.decode(data.subarray(at + 1, at + 1 + length));
  }

  /** Text with a length of two bytes. */
  #readLong(blocks: readonly Buffer[], at: number): string {
    const [first = Buffer.alloc(0), ...others] = blocks;
    const reader = new BiffBlocks([first.subarray(at), ...others]);
    const length = reader.u16();
    if (this.#isBiff8) return reader.unicode(length);
    return this.#decoder.decode(reader.bytes(length));
  }

  #readSharedStrings(blocks: readonly Buffer[]): void {
    const reader = new BiffBlocks(blocks);
    // Damaged files declare too few strings: what is there is read.
    reader.skip(8);
    while (!reader.isAtEnd) this.#strings.push(reader.unicode(reader.u16()));
  }

  #sharedString(index: number): string {
    const value = this.#strings[index];
    if (value === undefined) {
      throw new RefusalError("unreadable", `shared string ${index} is missing`);
    }
    return value;
  }

  #toNumber(xf: number, value: number): RawCell {
    if (this.#isDateByXf[xf] !== true) return value;
    return findSerialDate(value, this.#is1904) ?? value;
  }

  #readFormula(stream: Buffer, from: number, to: number): RawCell {
    if (u16(stream, from + 12) !== 0xffff) {
      return this.#toNumber(u16(stream, from + 4), f64(stream, from + 6));
    }
    switch (stream[from + 6]) {
      case 0: {
        const text = findStringRecord(stream, to);
        return text === undefined ? null : this.#readLong(withContinues(stream, text), 0);
      }
      case 1:
        return stream[from + 8] !== 0;
      case 2:
        return errorText(stream[from + 8] as number);
      default:
        return null;
    }
  }
}

/** Limit of the format; what lies beyond is no cell of any writer. */
const MAX_COLUMNS = 256;

function put(rows: BiffRows, row: number, column: number, value: RawCell): void {
  if (column >= MAX_COLUMNS) {
    throw new RefusalError("unreadable", `damaged workbook: cell in column ${column + 1}`);
  }
  const cells = (rows[row] ??= []);
  while (cells.length < column) cells.push(null);
  cells[column] = value === "" ? null : value;
}

/** The stream, where a record that ends at `to` holds so many bytes from `from`. */
function need(stream: Buffer, from: number, to: number, nBytes: number): Buffer {
  if (from + nBytes > to) throw new RefusalError("unreadable", "damaged workbook: short cell");
  return stream;
}

/** Offset of the text of a formula: it stands behind it, after records of shared formulas. */
function findStringRecord(stream: Buffer, from: number): number | undefined {
  for (let at = from; at + 4 <= stream.length; at += 4 + u16(stream, at + 2)) {
    const id = u16(stream, at);
    if (id === ID.string) return at;
    const isBetween = id === ID.sharedFormula || id === ID.array || id === ID.table;
    if (!isBetween && id !== ID.continue) return undefined;
  }
  return undefined;
}

function readBoolOrError(stream: Buffer, valueAt: number, kindAt: number): RawCell {
  const value = stream[valueAt] as number;
  return stream[kindAt] === 1 ? errorText(value) : value !== 0;
}
