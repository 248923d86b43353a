/** Numbers of the records that are read; names as in [MS-XLS]. */
export const biffIds = {
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

export function errorText(code: number): string {
  return ERROR_TEXT[code] ?? "#ERR!";
}

export function u16(bytes: Buffer, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A double at an index that need not be aligned; faster than the checked readers of Node. */
export function f64(bytes: Buffer, at: number): number {
  if (!isLittleEndian) return bytes.readDoubleLE(at);
  for (let i = 0; i < 8; i++) doubleBytes[i] = bytes[at + i] as number;
  return double[0] as number;
}

/** 30 bits of an integer or of a double's upper half, perhaps hundredths. */
export function decodeRk(bytes: Buffer, at: number): number {
  const raw = u16(bytes, at) | (u16(bytes, at + 2) << 16);
  const value = (raw & 2) !== 0 ? raw >> 2 : upperHalf(raw & ~3);
  return (raw & 1) !== 0 ? value / 100 : value;
}

const half = new DataView(new ArrayBuffer(8));

function upperHalf(raw: number): number {
  half.setInt32(4, raw, true);
  return half.getFloat64(0, true);
}

/** The content of the record at `at` and of the CONTINUE records behind it. */
export function withContinues(stream: Buffer, at: number): Buffer[] {
  const blocks: Buffer[] = [];
  let next = at;
  do {
    const end = next + 4 + u16(stream, next + 2);
    blocks.push(stream.subarray(next + 4, end));
    next = end;
  } while (next + 4 <= stream.length && u16(stream, next) === biffIds.continue);
  return blocks;
}
