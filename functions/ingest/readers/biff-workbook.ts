import type { RawCell } from "../raw.ts";
import { BiffBlocks } from "./biff-strings.ts";
import { RefusalError } from "./open-options.ts";
import { findSerialDate, isDateFormat, isDateFormatId } from "./serial-date.ts";

const ID = {
  formula: 0x0006,
  eof: 0x000a,
  dateMode: 0x0022,
  continue: 0x003c,
  codepage: 0x0042,
  boundSheet: 0x0085,
  mulRk: 0x00bd,
  rString: 0x00d6,
  xf: 0x00e0,
  sst: 0x00fc,
  labelSst: 0x00fd,
  number: 0x0203,
  label: 0x0204,
  boolErr: 0x0205,
  string: 0x0207,
  array: 0x0221,
  table: 0x0236,
  rk: 0x027e,
  format: 0x041e,
  sharedFormula: 0x04bc,
  bof: 0x0809,
} as const;

const ERROR_TEXT: Readonly<Record<number, string>> = {
  0x00: "#NULL!",
  0x07: "#DIV/0!",
  0x0f: "#VALUE!",
  0x17: "#REF!",
  0x1d: "#NAME?",
  0x24: "#NUM!",
  0x2a: "#N/A",
};

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

interface BiffRecord {
  readonly id: number;
  readonly data: Buffer;
}

export interface BiffSheet {
  readonly name: string;
  readonly offset: number;
}

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
    const records = [...this.#records(0)];
    for (const [index, { id, data }] of records.entries()) {
      if (id === ID.dateMode) this.#is1904 = data.readUInt16LE(0) === 1;
      else if (id === ID.codepage) this.#setCodepage(data.readUInt16LE(0));
      else if (id === ID.xf) formatIds.push(data.readUInt16LE(2));
      else if (id === ID.format) codes.set(data.readUInt16LE(0), this.#readFormat(data));
      else if (id === ID.boundSheet) {
        sheets.push({ name: this.#readShort(data, 6), offset: data.readUInt32LE(0) });
      } else if (id === ID.sst) this.#readSharedStrings(withContinues(records, index));
    }
    this.sheets = sheets;
    this.#isDateByXf = formatIds.map((id) => {
      const code = codes.get(id);
      return isDateFormatId(id) || (code !== undefined && isDateFormat(code));
    });
  }

  /** Cells by 1-based row; a cell that holds empty text is null, yet its row is there. */
  readCells(sheet: BiffSheet): Map<number, RawCell[]> {
    const rows = new Map<number, RawCell[]>();
    const put = (row: number, column: number, value: RawCell) => {
      let cells = rows.get(row + 1);
      if (cells === undefined) rows.set(row + 1, (cells = []));
      while (cells.length < column) cells.push(null);
      cells[column] = value === "" ? null : value;
    };
    const records = [...this.#records(sheet.offset)];
    for (const [index, { id, data }] of records.entries()) {
      if (data.length < 6) continue;
      const row = data.readUInt16LE(0);
      const column = data.readUInt16LE(2);
      const xf = data.readUInt16LE(4);
      if (id === ID.labelSst) put(row, column, this.#sharedString(data.readUInt32LE(6)));
      else if (id === ID.rk) put(row, column, this.#toNumber(xf, decodeRk(data, 6)));
      else if (id === ID.number) put(row, column, this.#toNumber(xf, data.readDoubleLE(6)));
      else if (id === ID.mulRk) {
        for (let at = 4, i = 0; at + 6 <= data.length - 2; at += 6, i++) {
          const value = decodeRk(data, at + 2);
          put(row, column + i, this.#toNumber(data.readUInt16LE(at), value));
        }
      } else if (id === ID.boolErr) put(row, column, readBoolOrError(data, 6, 7));
      else if (id === ID.label || id === ID.rString) {
        put(row, column, this.#readLong(withContinues(records, index), 6));
      } else if (id === ID.formula) put(row, column, this.#readFormula(records, index, xf));
    }
    return rows;
  }

  *#records(from: number): Generator<BiffRecord> {
    const stream = this.#stream;
    let depth = 0;
    for (let at = from; at + 4 <= stream.length; ) {
      const id = stream.readUInt16LE(at);
      const length = stream.readUInt16LE(at + 2);
      // Charts that stand inside a sheet have records of their own.
      if (id === ID.bof) depth++;
      else if (id === ID.eof && --depth <= 0) return;
      if (depth === 1) yield { id, data: stream.subarray(at + 4, at + 4 + length) };
      at += 4 + length;
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

  #readFormula(records: readonly BiffRecord[], index: number, xf: number): RawCell {
    const data = (records[index] as BiffRecord).data;
    if (data.readUInt16LE(12) !== 0xffff) return this.#toNumber(xf, data.readDoubleLE(6));
    switch (data[6]) {
      case 0: {
        const text = findStringIndex(records, index + 1);
        return text === undefined ? null : this.#readLong(withContinues(records, text), 0);
      }
      case 1:
        return data[8] !== 0;
      case 2:
        return ERROR_TEXT[data[8] as number] ?? "#ERR!";
      default:
        return null;
    }
  }
}

/** The text of a formula stands behind it, after records of shared formulas. */
function findStringIndex(records: readonly BiffRecord[], from: number): number | undefined {
  for (let index = from; index < records.length; index++) {
    const id = records[index]?.id;
    if (id === ID.string) return index;
    const isBetween = id === ID.sharedFormula || id === ID.array || id === ID.table;
    if (!isBetween && id !== ID.continue) return undefined;
  }
  return undefined;
}

function withContinues(records: readonly BiffRecord[], index: number): Buffer[] {
  const blocks = [(records[index] as BiffRecord).data];
  for (let next = index + 1; records[next]?.id === ID.continue; next++) {
    blocks.push((records[next] as BiffRecord).data);
  }
  return blocks;
}

function readBoolOrError(data: Buffer, valueAt: number, kindAt: number): RawCell {
  const value = data[valueAt] ?? 0;
  return data[kindAt] === 1 ? (ERROR_TEXT[value] ?? "#ERR!") : value !== 0;
}

/** 30 bits of an integer or of a double's upper half, perhaps hundredths. */
function decodeRk(data: Buffer, at: number): number {
  const raw = data.readInt32LE(at);
  const upper = Buffer.alloc(8);
  upper.writeInt32LE(raw & ~3, 4);
  const value = (raw & 2) !== 0 ? raw >> 2 : upper.readDoubleLE(0);
  return (raw & 1) !== 0 ? value / 100 : value;
}
