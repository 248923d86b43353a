import { closeSync, openSync, writeSync } from "node:fs";
import type { Column, ColumnType } from "../../shared/relations.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { ThriftWriter, varint } from "./thrift-writer.ts";

// Numbers of parquet.thrift.
const MAGIC = Buffer.from("PAR1");
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;
const OPTIONAL = 1;
const UNCOMPRESSED = 0;
const BYTE_ARRAY = 6;
const physicalTypes: Readonly<Record<ColumnType, number>> = {
  BOOLEAN: 0, INTEGER: 1, DATE: 1, BIGINT: 2, TIMESTAMP_MS: 2, DOUBLE: 5, VARCHAR: BYTE_ARRAY,
};
const UTF8 = 0;
const DATE = 6;
/** Union members of LogicalType and TimeUnit. */
const TIMESTAMP = 8;
const MILLIS = 1;

interface WrittenColumn {
  readonly column: Column;
  readonly offset: number;
  readonly bytes: number;
  /** Of the page of distinct values before the data; 0 where there is none. */
  readonly dictionaryBytes: number;
}

/**
 * Writes columns of equal length as a Parquet file of one row group: uncompressed, one data page a
 * column, texts of few distinct values by a dictionary. For files that only pass rows on to DuckDB:
 * no statistics.
 * Source: the Parquet format and its parquet.thrift.
 */
export function writeParquet(
  path: string, columns: readonly Column[], buffers: readonly ColumnBuffer[],
): void {
  const rows = buffers[0]?.rows ?? 0;
  const file = openSync(path, "w", 0o600);
  try {
    let offset = writeAll(file, MAGIC);
    const written = columns.map((column, i): WrittenColumn => {
      const buffer = buffers[i] as ColumnBuffer;
      if (buffer.rows !== rows) throw new Error(`${column.name}: ${buffer.rows} of ${rows} rows`);
      const dictionaryBytes = writeDictionary(file, buffer);
      const bytes = dictionaryBytes + writePage(file, buffer);
      const start = offset;
      offset += bytes;
      return { column, offset: start, bytes, dictionaryBytes };
    });
    const footer = describeFile(written, rows);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    for (const part of [footer, length, MAGIC]) writeAll(file, part);
  } finally {
    closeSync(file);
  }
}

/** Bytes written; 0 where the values are plain. */
function writeDictionary(file: number, buffer: ColumnBuffer): number {
  const dictionary = buffer.dictionary();
  if (dictionary === undefined) return 0;
  const values = dictionary.entryBytes();
  const header = new ThriftWriter()
    .i32(1, DICTIONARY_PAGE).i32(2, values.length).i32(3, values.length)
    .struct(7, (page) => page.i32(1, dictionary.entries).i32(2, PLAIN))
    .finish();
  for (const part of [header, values]) writeAll(file, part);
  return header.length + values.length;
}

function writePage(file: number, buffer: ColumnBuffer): number {
  const levels = definitionLevels(buffer);
  const dictionary = buffer.dictionary();
  const values = dictionary ? dictionary.numberBytes() : buffer.values();
  const encoding = dictionary ? RLE_DICTIONARY : PLAIN;
  const size = levels.length + values.length;
  const header = new ThriftWriter()
    .i32(1, DATA_PAGE).i32(2, size).i32(3, size)
    .struct(5, (page) => page.i32(1, buffer.rows).i32(2, encoding).i32(3, RLE).i32(4, RLE))
    .finish();
  for (const part of [header, levels, values]) writeAll(file, part);
  return header.length + size;
}

/** Which rows have a value: one run where all or none have, else one bit a row. */
function definitionLevels(buffer: ColumnBuffer): Buffer {
  const { rows, nNulls } = buffer;
  const isOneRun = nNulls === 0 || nNulls === rows;
  const validity = isOneRun ? Buffer.alloc(0) : buffer.validity();
  const run = isOneRun
    ? Buffer.from([...varint(rows * 2), nNulls === 0 ? 1 : 0])
    : Buffer.concat([Buffer.from(varint(validity.length * 2 + 1)), validity]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(run.length);
  return Buffer.concat([length, run]);
}

function describeFile(written: readonly WrittenColumn[], rows: number): Buffer {
  const bytes = written.reduce((sum, column) => sum + column.bytes, 0);
  const columns = written.map(({ column }) => column);
  return new ThriftWriter()
    .i32(1, 1)
    .structs(2, [undefined, ...columns], (schema, column) => {
      if (column) describeColumn(schema, column);
      else schema.text(4, "rows").i32(5, columns.length);
    })
    .i64(3, rows)
    .structs(4, [written], (group) => group
      .structs(1, written, (chunk, { column, offset, bytes: size, dictionaryBytes }) => chunk
        .i64(2, offset)
        .struct(3, (meta) => {
          const encodings = dictionaryBytes > 0 ? [PLAIN, RLE, RLE_DICTIONARY] : [PLAIN, RLE];
          meta.i32(1, physicalTypes[column.type]).i32s(2, encodings).texts(3, [column.name])
            .i32(4, UNCOMPRESSED).i64(5, rows).i64(6, size).i64(7, size)
            .i64(9, offset + dictionaryBytes);
          if (dictionaryBytes > 0) meta.i64(11, offset);
        }))
      .i64(2, bytes).i64(3, rows))
    .finish();
}

function describeColumn(schema: ThriftWriter, { name, type }: Column): void {
  schema.i32(1, physicalTypes[type]).i32(3, OPTIONAL).text(4, name);
  if (type === "VARCHAR") schema.i32(6, UTF8);
  if (type === "DATE") schema.i32(6, DATE);
  if (type === "TIMESTAMP_MS") {
    // Wall time: not adjusted to UTC.
    schema.struct(10, (logical) => logical.struct(TIMESTAMP, (time) => time
      .boolean(1, false).struct(2, (unit) => unit.struct(MILLIS, () => undefined))));
  }
}

function writeAll(file: number, bytes: Buffer): number {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  return bytes.length;
}
