import {
  Field, Float64, RecordBatch, RecordBatchFileWriter, Schema, Struct, Utf8, makeData,
} from "apache-arrow";
import type { Data } from "apache-arrow";
import { numberColumns } from "../shared/publication.ts";

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/**
 * Rows as one Arrow IPC file: float64 for the columns named in `numberColumns`, utf8 for all
 * others, one record batch; the same rows give the same bytes.
 */
export function buildArrowFile(columns: readonly string[], rows: readonly Row[]): Uint8Array {
  const { schema, struct } = schemaOf(columns);
  const children = columns.map((name) =>
    numberColumns.has(name) ? buildNumbers(name, rows) : buildTexts(name, rows));
  const batch = new RecordBatch(schema, makeData({
    type: struct, length: rows.length, nullCount: 0, children: children as Data[],
  }));
  return RecordBatchFileWriter.writeAll([batch]).toUint8Array(true);
}

const number = new Float64();
const text = new Utf8();
const schemas = new Map<readonly string[], { schema: Schema; struct: Struct }>();

/** A province has two hundred slices of the same few tables. */
function schemaOf(columns: readonly string[]): { schema: Schema; struct: Struct } {
  const known = schemas.get(columns);
  if (known) return known;
  const fields = columns.map((name) =>
    new Field(name, numberColumns.has(name) ? number : text, true));
  const made = { schema: new Schema(fields), struct: new Struct(fields) };
  schemas.set(columns, made);
  return made;
}

function buildNumbers(name: string, rows: readonly Row[]): Data<Float64> {
  const data = new Float64Array(rows.length);
  const valid = new ValidBits(rows.length);
  rows.forEach((row, i) => {
    const cell = row[name];
    if (typeof cell !== "number") return;
    data[i] = cell;
    valid.set(i);
  });
  return makeData({ type: number, length: rows.length, data, ...valid.asNullBitmap() });
}

function buildTexts(name: string, rows: readonly Row[]): Data<Utf8> {
  const valid = new ValidBits(rows.length);
  const valueOffsets = new Int32Array(rows.length + 1);
  const parts: Uint8Array[] = [];
  let end = 0;
  rows.forEach((row, i) => {
    const cell = row[name];
    if (typeof cell === "string") {
      const bytes = encodeOnce(cell);
      parts.push(bytes);
      end += bytes.length;
      valid.set(i);
    }
    valueOffsets[i + 1] = end;
  });
  const data = new Uint8Array(end);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return makeData({
    type: text, length: rows.length, valueOffsets, data, ...valid.asNullBitmap(),
  });
}

class ValidBits {
  private readonly bits: Uint8Array;
  private count = 0;
  private readonly length: number;
  constructor(length: number) {
    this.length = length;
    this.bits = new Uint8Array((length + 7) >> 3);
  }
  set(i: number): void {
    this.bits[i >> 3] = (this.bits[i >> 3] ?? 0) | (1 << (i & 7));
    this.count++;
  }
  /** Without nulls Arrow wants no bitmap. */
  asNullBitmap(): { nullCount: number; nullBitmap?: Uint8Array } {
    const nullCount = this.length - this.count;
    return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: this.bits };
  }
}

const encoder = new TextEncoder();
const encoded = new Map<string, Uint8Array>();

/** Codes repeat in every slice; the cache is emptied before it could grow with free texts. */
function encodeOnce(cell: string): Uint8Array {
  const known = encoded.get(cell);
  if (known) return known;
  const bytes = encoder.encode(cell);
  if (encoded.size > 50_000) encoded.clear();
  encoded.set(cell, bytes);
  return bytes;
}
