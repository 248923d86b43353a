import { RefusalError } from "./open-options.ts";

const BOF = 0x0809;
const EOF = 0x000a;
const FILEPASS = 0x002f;
const DATEMODE = 0x0022;
const BOUNDSHEET = 0x0085;
const BIFF8 = 0x0600;
const WORKSHEET = 0;
const MAX_ROWS = 65_536;

export interface BiffSheetCensus {
  /** Offset of the sheet's first record. */
  readonly offset: number;
  readonly isWorksheet: boolean;
  /** Last row that holds a value cell, 0 for none. */
  readonly rows: number;
  /** Rows that hold a value cell. */
  readonly filled: number;
}

export interface BiffCensus {
  readonly isBiff8: boolean;
  readonly is1904: boolean;
  /** Offset of the content of FILEPASS in an encrypted workbook; such a one has no sheets here. */
  readonly filePassAt: number | undefined;
  readonly sheets: readonly BiffSheetCensus[];
}

/**
 * Walks the records of a BIFF workbook stream without reading a value: the witness against which
 * the reader of cells must balance. Throws `RefusalError` for damaged streams.
 */
export function countBiffRows(stream: Buffer): BiffCensus {
  let isBiff8 = false;
  let is1904 = false;
  const found: { offset: number; isWorksheet: boolean }[] = [];
  for (let at = 0, next = 0; next + 4 <= stream.length; at = next) {
    const id = stream.readUInt16LE(at);
    const length = stream.readUInt16LE(at + 2);
    next = requireEnd(stream, at + 4 + length);
    if (at === 0) {
      if (id !== BOF || length < 2) throw new RefusalError("unreadable", "no workbook stream");
      isBiff8 = stream.readUInt16LE(4) === BIFF8;
    } else if (id === FILEPASS) {
      return { isBiff8, is1904, filePassAt: at + 4, sheets: [] };
    } else if (id === DATEMODE && length >= 2) is1904 = stream.readUInt16LE(at + 4) === 1;
    else if (id === BOUNDSHEET && length >= 6) {
      const offset = stream.readUInt32LE(at + 4);
      found.push({ offset, isWorksheet: (stream[at + 9] as number) === WORKSHEET });
    } else if (id === EOF) break;
  }
  let end = 0;
  const counted = new Map<number, BiffSheetCensus>();
  for (const sheet of found.toSorted((one, other) => one.offset - other.offset)) {
    // One place read as many sheets would grow without bound.
    if (sheet.offset < end) throw new RefusalError("unreadable", "sheets of the workbook overlap");
    const count = countSheet(stream, sheet.offset);
    end = count.end;
    counted.set(sheet.offset, { ...sheet, rows: count.rows, filled: count.filled });
  }
  const sheets = found.map(({ offset }) => counted.get(offset) as BiffSheetCensus);
  return { isBiff8, is1904, filePassAt: undefined, sheets };
}

function countSheet(stream: Buffer, offset: number) {
  const seen = new Uint8Array(MAX_ROWS);
  let last = 0;
  let filled = 0;
  let depth = 0;
  for (let at = offset; at + 4 <= stream.length;) {
    const id = (stream[at] as number) | ((stream[at + 1] as number) << 8);
    const length = (stream[at + 2] as number) | ((stream[at + 3] as number) << 8);
    const next = requireEnd(stream, at + 4 + length);
    if (id === BOF) depth++;
    else if (depth === 0) break;
    else if (id === EOF) {
      if (--depth === 0) return { rows: last, filled, end: next };
    } else if (depth === 1 && length >= 6 && holdsValue(id)) {
      const row = (stream[at + 4] as number) | ((stream[at + 5] as number) << 8);
      if (row >= last) last = row + 1;
      if (seen[row] === 0) filled++;
      seen[row] = 1;
    }
    at = next;
  }
  throw new RefusalError("unreadable", "truncated workbook");
}

/** Formula, number, label, error or boolean, RK, several RK, rich text, shared text. */
function holdsValue(id: number): boolean {
  switch (id) {
    case 0x0006: case 0x0203: case 0x0204: case 0x0205:
    case 0x027e: case 0x00bd: case 0x00d6: case 0x00fd:
      return true;
    default:
      return false;
  }
}

function requireEnd(stream: Buffer, end: number): number {
  if (end > stream.length) throw new RefusalError("unreadable", "truncated workbook");
  return end;
}
