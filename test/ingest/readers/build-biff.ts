import { CFB } from "@e965/xlsx";

/** Records of one BIFF stream by number; names as in [MS-XLS]. */
export const biff = {
  formula: 0x0006, eof: 0x000a, dateMode: 0x0022, filePass: 0x002f, continue: 0x003c,
  codepage: 0x0042, boundSheet: 0x0085, mulRk: 0x00bd, rString: 0x00d6, xf: 0x00e0,
  mergedCells: 0x00e5, sst: 0x00fc, labelSst: 0x00fd, dimensions: 0x0200, blank: 0x0201,
  number: 0x0203, label: 0x0204, boolErr: 0x0205, string: 0x0207, rk: 0x027e, format: 0x041e,
  bof: 0x0809,
} as const;

/** Longest content of one record, bytes; what is longer goes on in CONTINUE records. */
const MAX_RECORD_BYTES = 8_224;

export function record(id: number, data: readonly number[] | Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(data.length, 2);
  return Buffer.concat([header, Buffer.from(data)]);
}

export function le16(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

export function le32(value: number): number[] {
  return [...le16(value & 0xffff), ...le16((value >>> 16) & 0xffff)];
}

export function le64(value: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...bytes];
}

/** Row, column (both from 0) and cell format, with which every cell begins. */
export function cellHead(row: number, column: number, xf = 0): number[] {
  return [...le16(row), ...le16(column), ...le16(xf)];
}

/** RK of a whole number. */
export function rk(value: number): number[] {
  return le32(((value << 2) | 2) >>> 0);
}

/** Text of BIFF8 behind its length: flags and characters of two bytes. */
export function wide(text: string): number[] {
  return [1, ...Buffer.from(text, "utf16le")];
}

export function bof(version: 5 | 8, type: "globals" | "sheet" | "chart" | "macro"): Buffer {
  const kinds = { globals: 0x05, sheet: 0x10, chart: 0x20, macro: 0x40 } as const;
  return record(biff.bof, [0, version === 8 ? 6 : 5, kinds[type], 0, 0, 0, 0, 0]);
}

/** A cell format that shows number format `id`. */
export function xf(id: number): Buffer {
  return record(biff.xf, [0, 0, ...le16(id), ...Array<number>(16).fill(0)]);
}

/** The table of shared strings, cut into CONTINUE records between and inside strings. */
export function sharedStringTable(strings: readonly string[], nUses = strings.length): Buffer {
  const records: Buffer[] = [];
  let block = Buffer.alloc(MAX_RECORD_BYTES);
  let at = 0;
  const flush = () => {
    const id = records.length === 0 ? biff.sst : biff.continue;
    records.push(record(id, block.subarray(0, at)));
    block = Buffer.alloc(MAX_RECORD_BYTES);
    at = 0;
  };
  at = block.writeUInt32LE(nUses, at);
  at = block.writeUInt32LE(strings.length, at);
  for (const text of strings) {
    // A length and its flags stand together.
    if (at + 3 > MAX_RECORD_BYTES) flush();
    at = block.writeUInt16LE(text.length, at);
    at = block.writeUInt8(1, at);
    for (let from = 0; from < text.length; ) {
      if (at + 2 > MAX_RECORD_BYTES) {
        flush();
        at = block.writeUInt8(1, at);
      }
      const n = Math.min(text.length - from, Math.floor((MAX_RECORD_BYTES - at) / 2));
      at += block.write(text.slice(from, from + n), at, "utf16le");
      from += n;
    }
  }
  flush();
  return Buffer.concat(records);
}

export interface BiffSheetPart {
  readonly name: string;
  /** Records between BOF and EOF. */
  readonly records: readonly Buffer[];
  /** 1 hidden, 2 very hidden. */
  readonly state?: 0 | 1 | 2;
  readonly kind?: "sheet" | "chart" | "macro";
}

export interface BiffParts {
  readonly version: 5 | 8;
  readonly sheets: readonly BiffSheetPart[];
  /** Records of the globals: formats, strings, code page, date system. */
  readonly globals?: readonly Buffer[];
  /** Bytes of a sheet's name in BIFF5. */
  readonly encode?: (text: string) => Buffer;
}

/** The stream `Workbook` (BIFF8) or `Book` (BIFF5). */
export function buildBiffStream({ version, sheets, globals = [], encode }: BiffParts): Buffer {
  const bodies = sheets.map(({ records, kind = "sheet" }) =>
    Buffer.concat([bof(version, kind), ...records, record(biff.eof, [])]));
  const kinds = { sheet: 0, macro: 1, chart: 2 } as const;
  const buildHead = (from: number): Buffer => {
    let offset = from;
    const bounds = sheets.map(({ name, state = 0, kind = "sheet" }, i) => {
      const text = version === 8
        ? [name.length, ...wide(name)]
        : [encode?.(name).length ?? name.length, ...(encode?.(name) ?? Buffer.from(name))];
      const bound = record(biff.boundSheet, [...le32(offset), state, kinds[kind], ...text]);
      offset += (bodies[i] as Buffer).length;
      return bound;
    });
    return Buffer.concat([bof(version, "globals"), ...globals, ...bounds, record(biff.eof, [])]);
  };
  return Buffer.concat([buildHead(buildHead(0).length), ...bodies]);
}

/** An OLE2 container with one stream. */
export function contain(stream: string, content: Buffer): Buffer {
  const container = CFB.utils.cfb_new();
  CFB.utils.cfb_add(container, `/${stream}`, content);
  return Buffer.from(CFB.write(container, { type: "buffer" }) as Uint8Array);
}

export function buildXls(parts: BiffParts): Buffer {
  return contain(parts.version === 8 ? "Workbook" : "Book", buildBiffStream(parts));
}
