import type { RawCell, RawFile, RawRow, Refusal } from "../raw.ts";
import {
  collectColumns,
  flattenByColumns,
  isJsonObject,
  isNestedTooDeep,
  readPath,
} from "./json-columns.ts";
import type { JsonObject } from "./json-columns.ts";
import { FAULT_TEXT_LENGTH, MAX_LINE_BYTES, refuse } from "./open-options.ts";
import type { OpenOptions } from "./open-options.ts";
import { BlankHold, decodeLines, inBatches } from "./text-rows.ts";
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
        rows: () => readRows(source, toCells),
        countRows: async () => census.lines,
      },
    ],
    close: async () => {},
  };
}

type ToCells = (value: JsonObject) => RawCell[];

function cellsOf(given: readonly string[] | undefined, columns: readonly string[]): ToCells {
  if (given !== undefined) {
    const paths = given.map((column) => column.split("."));
    return (value) => paths.map((path) => readPath(value, path));
  }
  const byPath = new Map(columns.map((column, index) => [column, index]));
  return (value) => {
    const cells = Array.from<RawCell>({ length: columns.length }).fill(null);
    flattenByColumns(value, byPath, cells);
    return cells;
  };
}

async function* readRows(source: TextSource, toCells: ToCells) {
  const blanks = new BlankHold();
  for (const rows of readLines(source)) {
    const parsed = rows.map(({ row, text, isBroken }): RawRow => {
      const json = text.trim();
      if (isBroken) return faulty(row, "invalid.encoding", text);
      if (json === "") return { row, cells: [] };
      const value = findObject(json);
      return value === undefined
        ? faulty(row, "invalid.structure", text)
        : { row, cells: toCells(value) };
    });
    yield* inBatches(blanks.holdTrailing(parsed));
  }
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

function unionOfColumns(source: TextSource): Map<string, number> {
  const columns = new Map<string, number>();
  for (const rows of readLines(source)) {
    for (const { text, isBroken } of rows) {
      const value = isBroken ? undefined : findObject(text.trim());
      if (value !== undefined) collectColumns(value, columns);
    }
  }
  return columns;
}

interface Line {
  readonly row: number;
  readonly text: string;
  readonly isBroken: boolean;
}

function* readLines(source: TextSource): Generator<Line[]> {
  let row = 0;
  for (const { text, brokenAt } of decodeLines(source)) {
    const broken = new Set(brokenAt);
    const lines: Line[] = [];
    let start = 0;
    for (const end of lineEnds(text)) {
      row++;
      lines.push({ row, text: text.slice(start, end.at), isBroken: broken.has(start) });
      start = end.next;
    }
    yield lines;
  }
}

function* lineEnds(text: string): Generator<{ at: number; next: number }> {
  const pattern = /\r\n|\n|\r/g;
  let next = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    next = pattern.lastIndex;
    yield { at: match.index, next };
  }
  if (next < text.length) yield { at: text.length, next: text.length };
}
