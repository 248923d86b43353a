import { RefusalError } from "./open-options.ts";

const BOF = 0x0809;
const EOF = 0x000a;
const FILEPASS = 0x002f;
const DATEMODE = 0x0022;
const BOUNDSHEET = 0x0085;
/** Records of a cell that holds a value: formula, number, label, error, RK, texts. */
const VALUE_RECORDS = new Set([0x0006, 0x0203, 0x0204, 0x0205, 0x027e, 0x00d6, 0x00fd, 0x00bd]);
const BIFF8 = 0x0600;
const WORKSHEET = 0;

export interface BiffSheetCensus {
  /** Offset of the sheet's first record. */
  readonly offset: number;
  readonly isWorksheet: boolean;
  /** Last row that holds a value cell, 0 for none. */
  readonly rows: number;
}

export interface BiffCensus {
  readonly isBiff8: boolean;
  readonly is1904: boolean;
  readonly sheets: readonly BiffSheetCensus[];
}

/**
 * Walks the records of a BIFF workbook stream without reading a value: the witness against which
 * the reader of cells must balance. Throws `RefusalError` for encrypted or damaged streams.
 */
export function countBiffRows(stream: Buffer): BiffCensus {
  let isBiff8 = false;
  let is1904 = false;
  const found: { offset: number; isWorksheet: boolean }[] = [];
  let isFirst = true;
  for (const { id, at, length } of records(stream, 0)) {
    if (isFirst) {
      if (id !== BOF || length < 2) throw new RefusalError("unreadable", "no workbook stream");
      isBiff8 = stream.readUInt16LE(at) === BIFF8;
      isFirst = false;
    } else if (id === FILEPASS) throw new RefusalError("unreadable", "encrypted workbook");
    else if (id === DATEMODE) is1904 = stream.readUInt16LE(at) === 1;
    else if (id === BOUNDSHEET) {
      const offset = stream.readUInt32LE(at);
      found.push({ offset, isWorksheet: (stream[at + 5] as number) === WORKSHEET });
    } else if (id === EOF) break;
  }
  const sheets = found.map((sheet) => ({ ...sheet, rows: lastValueRow(stream, sheet.offset) }));
  return { isBiff8, is1904, sheets };
}

function lastValueRow(stream: Buffer, offset: number): number {
  let last = 0;
  let depth = 0;
  for (const { id, at, length } of records(stream, offset)) {
    if (id === BOF) depth++;
    else if (depth === 0) break;
    else if (id === EOF) {
      depth--;
      if (depth <= 0) return last;
    } else if (depth === 1 && length >= 6 && VALUE_RECORDS.has(id)) {
      last = Math.max(last, stream.readUInt16LE(at) + 1);
    }
  }
  throw new RefusalError("unreadable", "truncated workbook");
}

function* records(stream: Buffer, from: number) {
  let at = from;
  while (at + 4 <= stream.length) {
    const id = stream.readUInt16LE(at);
    const length = stream.readUInt16LE(at + 2);
    at += 4;
    if (at + length > stream.length) throw new RefusalError("unreadable", "truncated workbook");
    yield { id, at, length };
    at += length;
  }
}
