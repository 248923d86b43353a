import type { RawFile, RawRow, Refusal } from "../raw.ts";
import { countElements } from "./json-array-census.ts";
import { readJsonChunks } from "./json-bytes.ts";
import { JsonTable } from "./json-columns.ts";
import type { JsonObject } from "./json-columns.ts";
import { findObject } from "./open-ndjson.ts";
import {
  BATCH_CELLS, BATCH_ROWS, FAULT_TEXT_LENGTH, MAX_LINE_BYTES, refuse,
} from "./open-options.ts";
import type { OpenOptions } from "./open-options.ts";
import type { TextEncoding, TextSource } from "./text-source.ts";

/**
 * Opens one JSON array of objects; columns are the union of their dotted paths. A path of the
 * contract is one column even where an object stands there.
 */
export function openJsonArray(
  path: string,
  encoding: TextEncoding,
  options: OpenOptions,
): RawFile | Refusal {
  const source = { path, encoding };
  const census = countElements(readJsonChunks(source));
  if (census.fault !== undefined) return refuse("unreadable", census.fault);
  const maxBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  if (census.longestBytes > maxBytes) {
    return refuse("too_large", `element of ${census.longestBytes} bytes; at most ${maxBytes}`);
  }
  const table = new JsonTable(options.headerColumns, options.wantedColumns);
  let kept: ParsedElement[] | undefined = [];
  for (const element of parseElements(source)) {
    if (element.value !== undefined) table.add(element.value);
    kept?.push(element);
    if (kept !== undefined && kept.length > KEPT_ELEMENTS) kept = undefined;
  }
  const elements = kept;
  return {
    format: "json",
    encoding,
    sheets: [
      {
        name: "",
        columns: table.columns,
        rows: () => readRows(elements ?? parseElements(source), table),
        countRows: async () => census.elements,
      },
    ],
    close: async () => {},
  };
}

/** Elements of a small array are parsed once; those of a larger one again for its rows. */
const KEPT_ELEMENTS = 20_000;

export interface ParsedElement {
  /** Set where the element is an object. */
  readonly value?: JsonObject;
  readonly fault?: NonNullable<RawRow["fault"]>;
  readonly text?: string;
}

/** Elements of an array one at a time, faulty ones with their text. */
export function* parseElements(source: TextSource): Generator<ParsedElement> {
  for (const element of readElements(source)) {
    const { isBroken } = element;
    const text = element.text.trim();
    const value = isBroken ? undefined : findObject(text);
    if (value !== undefined) yield { value };
    else {
      const fault = isBroken ? "invalid.encoding" : "invalid.structure";
      yield { fault, text: text.slice(0, FAULT_TEXT_LENGTH) };
    }
  }
}

async function* readRows(
  elements: Iterable<ParsedElement>,
  table: JsonTable,
): AsyncGenerator<readonly RawRow[]> {
  const nColumns = table.columns.length;
  const batchRows = Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_CELLS / nColumns)));
  let batch: RawRow[] = [];
  let row = 0;
  for (const { value, fault, text } of elements) {
    row++;
    if (value !== undefined) batch.push({ row, cells: table.toCells(value) });
    else batch.push({ row, cells: [], fault, text });
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface Element {
  readonly text: string;
  readonly isBroken: boolean;
}

/** Whether brackets hold nothing: the same rule as the census of elements. */
function isNothing({ text, isBroken }: Element): boolean {
  // oxlint-disable-next-line no-control-regex
  return !isBroken && !/[^\0-\x20]/.test(text);
}

/** Cuts an array into the texts of its elements, one at a time. */
function* readElements(source: TextSource): Generator<Element> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
  let carried: Buffer[] = [];
  const toElement = (last: Buffer): Element => {
    const bytes = carried.length === 0 ? last : Buffer.concat([...carried, last]);
    carried = [];
    try {
      return { text: decoder.decode(bytes), isBroken: false };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { text: lenient.decode(bytes), isBroken: true };
    }
  };
  let level = -1;
  let isQuoted = false;
  let skipsNext = false;
  let isFirst = true;
  for (const chunk of readJsonChunks(source)) {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (skipsNext) {
        skipsNext = false;
        continue;
      }
      const byte = chunk[at] as number;
      if (isQuoted) {
        if (byte === 0x5c) skipsNext = true;
        else if (byte === 0x22) isQuoted = false;
        continue;
      }
      switch (byte) {
        case 0x22:
          isQuoted = true;
          break;
        case 0x5b:
        case 0x7b:
          level++;
          if (level === 0) start = at + 1;
          break;
        case 0x5d:
        case 0x7d:
          if (level === 0) {
            const element = toElement(chunk.subarray(start, at));
            if (!isFirst || !isNothing(element)) yield element;
            return;
          }
          level--;
          break;
        case 0x2c:
          if (level !== 0) break;
          yield toElement(chunk.subarray(start, at));
          isFirst = false;
          start = at + 1;
          break;
      }
    }
    if (level >= 0) carried.push(Buffer.from(chunk.subarray(start)));
  }
}
