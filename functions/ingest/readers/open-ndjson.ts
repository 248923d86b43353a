import { normaliseText } from "../../shared/normalise-text.ts";
import type { RawCell, RawRow, Refusal } from "../raw.ts";
import {
  isJsonObject, isNestedTooDeep, JsonTable, listOtherValues, readPath,
} from "./json-columns.ts";
import type { JsonObject } from "./json-columns.ts";
import {
  BATCH_CELLS, BATCH_ROWS, FAULT_TEXT_LENGTH, MARK_EVERY_BYTES, MAX_LINE_BYTES, refuse,
} from "./open-options.ts";
import type { OpenOptions } from "./open-options.ts";
import { decodeLines, type TextRange } from "./text-rows.ts";
import { countLines } from "./line-census.ts";
import type { CuttableText } from "./text-ranges.ts";
import { BOM_BYTES, readTextChunks } from "./text-source.ts";
import type { TextEncoding, TextSource } from "./text-source.ts";

/**
 * Opens lines of JSON objects. Columns are the contract's paths, or the union of the paths met.
 * A line that is no object, or nested too deep, is a row with a fault.
 */
export function openNdjson(
  path: string,
  encoding: TextEncoding,
  options: OpenOptions,
): CuttableText | Refusal {
  const source = { path, encoding };
  const census = countLines(
    readTextChunks(source), options.markEveryBytes ?? MARK_EVERY_BYTES);
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  if (census.longestBytes > maxLineBytes) {
    return refuse("too_large", `line of ${census.longestBytes} bytes; at most ${maxLineBytes}`);
  }
  if (census.lines === 0) return refuse("empty", "no line with data");
  const paths = options.headerColumns;
  const table = paths === undefined ? buildTable(source, options.wantedColumns) : undefined;
  const columns = table?.columns ?? paths ?? [];
  const isUtf16 = encoding === "utf-16le" || encoding === "utf-16be";
  const toCells: ToCells = table === undefined
    ? cellsOfPaths(columns) : (value) => table.toCells(value);
  return {
    format: "ndjson",
    encoding,
    sheets: [
      {
        name: "",
        columns,
        rows: () => readRows(source, toCells, columns.length),
        countRows: async () => census.lines,
      },
    ],
    close: async () => {},
    cut: isUtf16 || paths === undefined ? undefined : {
      census: { records: census.lines, bytes: census.bytes, marks: census.marks },
      bomBytes: BOM_BYTES[encoding], delimiter: null,
    },
  };
}

export type ToCells = (value: JsonObject) => RawCell[];

/**
 * Cells of the contract's paths. Where they leave a row all but empty, its other values stand
 * behind them: only they tell a statement that lacks everything from no record at all.
 */
export function cellsOfPaths(given: readonly string[]): ToCells {
  const paths = given.map((column) => column.split("."));
  const known = new Set(given);
  return (value) => {
    const cells: RawCell[] = [];
    let nFilled = 0;
    for (const path of paths) {
      const cell = readPath(value, path);
      if (cell !== null) nFilled++;
      cells.push(cell);
    }
    return nFilled > 1 ? cells : [...cells, ...listOtherValues(value, known)];
  };
}

async function* readRows(source: TextSource, toCells: ToCells, nColumns: number) {
  const batchRows = Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_CELLS / nColumns)));
  let batch: RawRow[] = [];
  /** Blank lines are rows where a line with data follows. */
  let firstBlank: number | undefined;
  for (const lines of readLines(source)) {
    for (const line of lines) {
      if (isBlankLine(line)) {
        firstBlank ??= line.row;
        continue;
      }
      for (let row = firstBlank ?? line.row; row <= line.row; row++) {
        batch.push(row === line.row ? rowOfLine(line, toCells) : { row, cells: [] });
        if (batch.length < batchRows) continue;
        yield batch;
        batch = [];
      }
      firstBlank = undefined;
    }
  }
  if (batch.length > 0) yield batch;
}

/** The same rule as the census of lines, which does not decode. */
export function isBlankLine({ text, isBroken }: Line): boolean {
  return !isBroken && text.charCodeAt(0) !== 0x7b && !/[^ \t]/.test(text);
}

export function rowOfLine({ row, text, isBroken }: Line, toCells: ToCells): RawRow {
  if (isBroken) return faulty(row, "invalid.encoding", text);
  const value = findObject(text);
  if (value !== undefined) return { row, cells: toCells(value) };
  // Invisible characters alone make no statement.
  return normaliseText(text) === ""
    ? { row, cells: [] }
    : faulty(row, "invalid.structure", text);
}

function faulty(row: number, fault: NonNullable<RawRow["fault"]>, text: string): RawRow {
  return { row, cells: [], fault, text: text.slice(0, FAULT_TEXT_LENGTH) };
}

/** The object that a text holds alone, `undefined` for anything else. */
export function findObject(json: string): JsonObject | undefined {
  if (!hasBraces(json) || isNestedTooDeep(json)) return undefined;
  const { stackTraceLimit } = Error;
  // Nobody looks at the stack, which costs more than all the rest where every line is faulty.
  Error.stackTraceLimit = 0;
  try {
    const value: unknown = JSON.parse(json);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Whether the text begins and ends as an object does, white space aside. */
function hasBraces(json: string): boolean {
  let start = 0;
  let end = json.length - 1;
  while (isJsonSpace(json.charCodeAt(start))) start++;
  while (isJsonSpace(json.charCodeAt(end))) end--;
  return json.charCodeAt(start) === 0x7b && json.charCodeAt(end) === 0x7d;
}

function isJsonSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function buildTable(source: TextSource, wanted: readonly string[] | undefined): JsonTable {
  const table = new JsonTable([], wanted);
  for (const rows of readLines(source)) {
    for (const { text, isBroken } of rows) {
      const value = isBroken ? undefined : findObject(text);
      if (value !== undefined) table.add(value);
    }
  }
  return table;
}

export interface Line {
  readonly row: number;
  readonly text: string;
  readonly isBroken: boolean;
}

/** Lines in pieces, blank ones included. */
export function* readLines(source: TextSource, range?: TextRange): Generator<Line[]> {
  let row = (range?.firstLine ?? 1) - 1;
  for (const { text, brokenAt } of decodeLines(source, range)) {
    const broken = brokenAt.length > 0 ? new Set(brokenAt) : undefined;
    const lines: Line[] = [];
    let start = 0;
    for (const end of lineEnds(text)) {
      row++;
      const isBroken = broken?.has(start) ?? false;
      lines.push({ row, text: text.slice(start, end.at), isBroken });
      start = end.next;
    }
    yield lines;
  }
}

function* lineEnds(text: string): Generator<{ at: number; next: number }> {
  let next = 0;
  let lf = findFrom(text, "\n", 0);
  let cr = findFrom(text, "\r", 0);
  while (next < text.length) {
    const at = Math.min(lf, cr, text.length);
    next = at + (at === cr && lf === cr + 1 ? 2 : 1);
    yield { at, next };
    if (lf < next) lf = findFrom(text, "\n", next);
    if (cr < next) cr = findFrom(text, "\r", next);
  }
}

function findFrom(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? Infinity : index;
}
