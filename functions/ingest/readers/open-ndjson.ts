import { normaliseText } from "../../shared/normalise-text.ts";
import type { RawCell, RawFile, RawRow, Refusal } from "../raw.ts";
import {
  collectColumns,
  flattenByColumns,
  isJsonObject,
  isNestedTooDeep,
  listOtherValues,
  MAX_JSON_COLUMNS,
  readPath,
} from "./json-columns.ts";
import type { JsonObject } from "./json-columns.ts";
import {
  BATCH_CELLS, BATCH_ROWS, FAULT_TEXT_LENGTH, MAX_LINE_BYTES, refuse, RefusalError,
} from "./open-options.ts";
import type { OpenOptions } from "./open-options.ts";
import { decodeLines } from "./text-rows.ts";
import { countLines } from "./line-census.ts";
import { readTextChunks } from "./text-source.ts";
import type { TextEncoding, TextSource } from "./text-source.ts";

/**
 * Opens lines of JSON objects. Columns are the contract's paths, or the union of the paths met.
 * A line that is no object, or nested too deep, is a row with a fault.
 */
export function openNdjson(
  path: string,
  encoding: TextEncoding,
  options: OpenOptions,
): RawFile | Refusal {
  const source = { path, encoding };
  const census = countLines(readTextChunks(source));
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  if (census.longestBytes > maxLineBytes) {
    return refuse("too_large", `line of ${census.longestBytes} bytes; at most ${maxLineBytes}`);
  }
  if (census.lines === 0) return refuse("empty", "no line with data");
  const columns = options.headerColumns ?? [...unionOfColumns(source).keys()];
  const toCells = cellsOf(options.headerColumns, columns);
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
  };
}

type ToCells = (value: JsonObject) => RawCell[];

function cellsOf(given: readonly string[] | undefined, columns: readonly string[]): ToCells {
  if (given !== undefined) return cellsOfPaths(given);
  const byPath = new Map(columns.map((column, index) => [column, index]));
  return (value) => {
    const cells = Array.from<RawCell>({ length: columns.length }).fill(null);
    flattenByColumns(value, byPath, cells);
    return cells;
  };
}

/**
 * Cells of the contract's paths. Where they leave a row all but empty, its other values stand
 * behind them: only they tell a statement that lacks everything from no record at all.
 */
function cellsOfPaths(given: readonly string[]): ToCells {
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
  /** Blank lines are rows up to the last line with data. */
  let blanks: RawRow[] = [];
  for (const lines of readLines(source)) {
    for (const line of lines) {
      if (isBlank(line)) {
        blanks.push({ row: line.row, cells: [] });
        continue;
      }
      if (blanks.length > 0) batch.push(...blanks.splice(0));
      batch.push(toRow(line, toCells));
      if (batch.length < batchRows) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The same rule as the census of lines, which does not decode. */
function isBlank({ text, isBroken }: Line): boolean {
  return !isBroken && text.charCodeAt(0) !== 0x7b && !/[^ \t]/.test(text);
}

function toRow({ row, text, isBroken }: Line, toCells: ToCells): RawRow {
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
  if (isNestedTooDeep(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const noLeaves: ReadonlySet<string> = new Set();

function unionOfColumns(source: TextSource): Map<string, number> {
  const columns = new Map<string, number>();
  for (const rows of readLines(source)) {
    for (const { text, isBroken } of rows) {
      const value = isBroken ? undefined : findObject(text);
      if (value !== undefined) collectColumns(value, columns, noLeaves);
      if (columns.size > MAX_JSON_COLUMNS) {
        throw new RefusalError(
          "unreadable", `objects of more than ${MAX_JSON_COLUMNS} different keys`);
      }
    }
  }
  return columns;
}

export interface Line {
  readonly row: number;
  readonly text: string;
  readonly isBroken: boolean;
}

/** Lines in pieces, blank ones included. */
export function* readLines(source: TextSource): Generator<Line[]> {
  let row = 0;
  for (const { text, brokenAt } of decodeLines(source)) {
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
