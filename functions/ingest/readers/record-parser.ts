import type { RawCell, RawRow } from "../raw.ts";
import { FAULT_TEXT_LENGTH } from "./open-options.ts";

export interface ParsedRecords {
  readonly rows: RawRow[];
  /** Index in the text of the record that is not complete yet. */
  readonly restFrom: number;
  /** 1-based line at `restFrom`. */
  readonly restLine: number;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts text that ends at a line end (or at the end of the file) into rows of cells. Quotes inside
 * an unquoted cell are data; white space behind a closing quote is dropped, anything else there
 * is `invalid.structure`. `brokenAt` are ascending indexes of lines whose bytes could not be
 * decoded: their records are `invalid.encoding`. A record whose quote is open at the end of the
 * text is left to the rest.
 */
export function parseRecords(
  text: string,
  firstLine: number,
  delimiter: string,
  brokenAt: readonly number[] = [],
  maxRows = Infinity,
): ParsedRecords {
  const rows: RawRow[] = [];
  const hasLoneCr = findLoneCr(text);
  let broken = 0;
  let line = firstLine;
  let start = 0;
  let nextQuote = findFrom(text, '"', 0);
  let nextLf = findFrom(text, "\n", 0);
  let nextCr = hasLoneCr ? findFrom(text, "\r", 0) : Infinity;
  while (start < text.length && rows.length < maxRows) {
    if (nextLf < start) nextLf = findFrom(text, "\n", start);
    if (nextCr < start) nextCr = findFrom(text, "\r", start);
    if (nextQuote < start) nextQuote = findFrom(text, '"', start);
    let end = Math.min(nextLf, nextCr, text.length);
    let record: QuotedRecord | undefined;
    if (nextQuote < end) {
      record = readQuotedRecord(text, start, delimiter);
      if (record === undefined) break;
      end = record.end;
    }
    const isBroken = broken < brokenAt.length && (brokenAt[broken] as number) < end;
    const contentEnd = text.charCodeAt(end - 1) === CR && end > start ? end - 1 : end;
    if (isBroken) {
      while (broken < brokenAt.length && (brokenAt[broken] as number) < end) broken++;
      rows.push(faultyRow(line, "invalid.encoding", text.slice(start, contentEnd)));
    } else if (record === undefined) {
      rows.push({ row: line, cells: splitLine(text.slice(start, contentEnd), delimiter) });
    } else if (record.isFaulty) {
      rows.push(faultyRow(line, "invalid.structure", text.slice(start, contentEnd)));
    } else {
      rows.push({ row: line, cells: record.cells });
    }
    line += 1 + (record?.newlines ?? 0);
    start = end + (text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? 2 : 1);
  }
  return { rows, restFrom: Math.min(start, text.length), restLine: line };
}

/** Whether a CR stands without its LF. */
function findLoneCr(text: string): boolean {
  for (let at = text.indexOf("\r"); at !== -1; at = text.indexOf("\r", at + 2)) {
    if (text.charCodeAt(at + 1) !== LF) return true;
  }
  return false;
}

function findFrom(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? Infinity : index;
}

function faultyRow(row: number, fault: NonNullable<RawRow["fault"]>, text: string): RawRow {
  return { row, cells: [], fault, text: text.slice(0, FAULT_TEXT_LENGTH) };
}

/** Files hold millions of empty lines. */
const emptyLine: RawCell[] = Object.freeze([null]) as RawCell[];

function splitLine(line: string, delimiter: string): readonly RawCell[] {
  if (line === "") return emptyLine;
  const cells: RawCell[] = line.split(delimiter);
  for (let i = 0; i < cells.length; i++) if (cells[i] === "") cells[i] = null;
  return cells;
}

interface QuotedRecord {
  readonly cells: readonly RawCell[];
  /** Index of the line end behind the record, or the length of the text. */
  readonly end: number;
  /** Line ends inside quotes. */
  readonly newlines: number;
  readonly isFaulty: boolean;
}

/** `undefined` where a quote is still open at the end of the text. */
function readQuotedRecord(
  text: string,
  start: number,
  delimiter: string,
): QuotedRecord | undefined {
  const delimiterCode = delimiter.charCodeAt(0);
  const cells: RawCell[] = [];
  let newlines = 0;
  let isFaulty = false;
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) === QUOTE) {
      const close = findClosingQuote(text, at + 1);
      if (close === undefined) return undefined;
      const inner = text.slice(at + 1, close);
      const value = inner.includes('"') ? inner.replaceAll('""', '"') : inner;
      newlines += countNewlines(inner);
      cells.push(value === "" ? null : value);
      const end = findCellEnd(text, close + 1, delimiterCode);
      if (/[^ \t]/.test(text.slice(close + 1, end).replace(/\r$/, ""))) isFaulty = true;
      at = end;
    } else {
      const end = findCellEnd(text, at, delimiterCode);
      cells.push(end === at ? null : text.slice(at, end));
      at = end;
    }
    if (text.charCodeAt(at) === delimiterCode) at++;
    else return { cells, end: at, newlines, isFaulty };
  }
}

function findClosingQuote(text: string, from: number): number | undefined {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at === -1) return undefined;
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
}

function findCellEnd(text: string, from: number, delimiterCode: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === delimiterCode || code === LF || code === CR) return at;
  }
  return text.length;
}

function countNewlines(text: string): number {
  if (!text.includes("\n") && !text.includes("\r")) return 0;
  return text.match(/\r\n?|\n/g)?.length ?? 0;
}
