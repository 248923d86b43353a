import {
  Dictionary, Field, Float64, Int16, RecordBatch, RecordBatchFileWriter, RecordBatchWriter, Schema,
  Struct, Utf8, makeData, makeVector,
} from "apache-arrow";
import type { Data, DataType } from "apache-arrow";
import { ContractError } from "../shared/errors.ts";
import { numberColumns, plainTextColumns } from "../shared/publication.ts";

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/** From here on dictionaries pay: a third of the gzipped bytes; below they cost more time. */
const longTableRows = 500;

/**
 * Rows as one Arrow IPC file: float64 for the columns named in `numberColumns`, utf8 for all
 * others (in tables of 500 rows and more as dictionaries, except `plainTextColumns`), one record
 * batch; the same rows give the same bytes. Throws ContractError for a cell of the wrong kind.
 */
export function buildArrowFile(columns: readonly string[], rows: readonly Row[]): Uint8Array {
  const { schema, struct } = schemaOf(columns, rows.length >= longTableRows);
  const children = schema.fields.map(({ name, type }): Data => {
    if (type instanceof Float64) return buildNumbers(name, rows);
    return type instanceof Utf8
      ? buildTexts(rows.map((row) => requireCell(name, row[name] ?? null, "string")))
      : buildDictionary(name, type as Dictionary<Utf8, Int16>, rows);
  });
  const batch = new RecordBatch(schema, makeData({
    type: struct, length: rows.length, nullCount: 0, children,
  }));
  return new SequentialFileWriter().writeAll([batch]).toUint8Array(true);
}

/**
 * Arrow's format has the schema at the beginning of a file and in its footer; the library leaves
 * the first out, and readers that go through a file from its beginning (the dashboards') need it.
 */
class SequentialFileWriter extends RecordBatchFileWriter {
  protected override _writeSchema(schema: Schema): this {
    super._writeSchema(schema);
    return RecordBatchWriter.prototype["_writeSchema"].call(this, schema) as this;
  }
}

const number = new Float64();
const text = new Utf8();
interface TableSchema { readonly schema: Schema; readonly struct: Struct }
const schemas = {
  short: new Map<readonly string[], TableSchema>(),
  long: new Map<readonly string[], TableSchema>(),
};

/** A province has two hundred slices of the same few tables. */
function schemaOf(columns: readonly string[], isLong: boolean): TableSchema {
  const made = isLong ? schemas.long : schemas.short;
  const known = made.get(columns);
  if (known) return known;
  const typeOf = (name: string, i: number): DataType => {
    if (numberColumns.has(name)) return number;
    // An id of its own: the default counts up with every table and changes the bytes.
    return isLong && !plainTextColumns.has(name) ? new Dictionary(text, new Int16(), i) : text;
  };
  const fields = columns.map((name, i) => new Field(name, typeOf(name, i), true));
  const schema = { schema: new Schema(fields), struct: new Struct(fields) };
  made.set(columns, schema);
  return schema;
}

function buildNumbers(name: string, rows: readonly Row[]): Data<Float64> {
  const data = new Float64Array(rows.length);
  const valid = new ValidBits(rows.length);
  rows.forEach((row, i) => {
    const cell = requireCell(name, row[name] ?? null, "number");
    if (cell === null) return;
    data[i] = cell;
    valid.set(i);
  });
  return makeData({ type: number, length: rows.length, data, ...valid.asNullBitmap() });
}

/** Indices into the distinct texts in the order of their first row. */
function buildDictionary(
  name: string, type: Dictionary<Utf8, Int16>, rows: readonly Row[],
): Data<Dictionary<Utf8, Int16>> {
  const data = new Int16Array(rows.length);
  const valid = new ValidBits(rows.length);
  const codes = new Map<string, number>();
  rows.forEach((row, i) => {
    const cell = requireCell(name, row[name] ?? null, "string");
    if (cell === null) return;
    const code = codes.get(cell) ?? codes.size;
    codes.set(cell, code);
    data[i] = code;
    valid.set(i);
  });
  if (codes.size > 2 ** 15) {
    throw new ContractError(`${name}: invalid number of texts: ${codes.size}; accepted: 32768`);
  }
  return makeData({
    type, length: rows.length, data, ...valid.asNullBitmap(),
    dictionary: makeVector(buildTexts([...codes.keys()])),
  });
}

function buildTexts(cells: readonly (string | null)[]): Data<Utf8> {
  const valid = new ValidBits(cells.length);
  const valueOffsets = new Int32Array(cells.length + 1);
  const parts: Uint8Array[] = [];
  let end = 0;
  cells.forEach((cell, i) => {
    if (cell !== null) {
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
    type: text, length: cells.length, valueOffsets, data, ...valid.asNullBitmap(),
  });
}

type Kinds = { readonly string: string; readonly number: number };

/** A cell of the column's kind; anything else would be published as empty: a wrong figure. */
function requireCell<K extends keyof Kinds>(
  name: string, cell: Cell, kind: K,
): Kinds[K] | null {
  if (cell === null || typeof cell === kind) return cell as Kinds[K] | null;
  throw new ContractError(`${name}: invalid cell: ${String(cell)}; accepted: a ${kind} or null`);
}

class ValidBits {
  private readonly bits: Uint8Array;
  private readonly length: number;
  private count = 0;
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
