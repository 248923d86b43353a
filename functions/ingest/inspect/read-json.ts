import { readFileSync, statSync } from "node:fs";
import type { RawFile } from "../raw.ts";
import { isJsonObject, type JsonObject } from "../readers/json-columns.ts";
import { parseElements } from "../readers/open-json-array.ts";
import { findObject, readLines } from "../readers/open-ndjson.ts";
import type { TextEncoding, TextSource } from "../readers/text-source.ts";
import type { Inspection } from "./inspection.ts";
import { XapiTally } from "./xapi-tally.ts";

/** One object over many lines is read at once; a larger one is no record. */
const MAX_OBJECT_BYTES = 64 * 1024 ** 2;

/**
 * The one object that a file is, over whatever lines; undefined where it is anything else. An
 * object on one line is NDJSON of one line unless it wraps a list of statements.
 */
export function findWholeObject(path: string, encoding: string): JsonObject | undefined {
  if (statSync(path).size > MAX_OBJECT_BYTES) return undefined;
  const label = encoding === "utf-8-bom" ? "utf-8" : encoding;
  const text = new TextDecoder(label).decode(readFileSync(path)).trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return undefined;
  const value = findObject(text);
  if (value === undefined) return undefined;
  return /[\r\n]/.test(text) || Array.isArray(value["statements"]) ? value : undefined;
}

/** The inspection of a file that is one object: its statements, or itself, are the records. */
export function inspectObject(value: JsonObject, encoding: string): Inspection {
  const wrapped = value["statements"];
  const records: readonly unknown[] = Array.isArray(wrapped) ? wrapped : [value];
  return inspectRecords("json", encoding,
    records.map((record) => (isJsonObject(record) ? record : undefined)));
}

/** Rows, keys and statements of an opened JSON array or NDJSON file. */
export function inspectJson(path: string, file: RawFile, onProgress: Progress): Inspection {
  const source: TextSource = { path, encoding: (file.encoding ?? "utf-8") as TextEncoding };
  const records = file.format === "json" ? elementsOf(source) : linesOf(source);
  return inspectRecords(file.format, file.encoding, records, onProgress);
}

type Progress = (inspection: Inspection) => void;

function* elementsOf(source: TextSource): Generator<JsonObject | undefined> {
  for (const { value } of parseElements(source)) yield value;
}

/** Blank lines between others are rows without a record. */
function* linesOf(source: TextSource): Generator<JsonObject | undefined | "blank"> {
  for (const lines of readLines(source)) {
    for (const { text, isBroken } of lines) {
      const json = text.trim();
      if (json === "" && !isBroken) yield "blank";
      else yield isBroken ? undefined : findObject(json);
    }
  }
}

function inspectRecords(
  format: Inspection["format"], encoding: string | null,
  records: Iterable<JsonObject | undefined | "blank">, onProgress?: Progress,
): Inspection {
  const keys = new Set<string>();
  const tally = new XapiTally();
  let nRows = 0;
  let nBlank = 0;
  const toInspection = (): Inspection => ({
    format, encoding,
    sheets: [{
      name: "", n_rows: nRows, n_columns: keys.size, header_row: null, columns: [...keys],
    }],
    refused: null,
    xapi: tally.counts,
  });
  for (const record of records) {
    if (record === "blank") {
      if (nRows > 0) nBlank++;
      continue;
    }
    nRows += nBlank + 1;
    nBlank = 0;
    tally.add(record);
    if (record) for (const key in record) keys.add(key);
    if (nRows % 10_000 === 0) onProgress?.(toInspection());
  }
  return toInspection();
}
