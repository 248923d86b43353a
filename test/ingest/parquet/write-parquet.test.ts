import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ColumnBuffer } from "../../../functions/ingest/parquet/column-buffer.ts";
import { varint } from "../../../functions/ingest/parquet/thrift-writer.ts";
import { writeParquet } from "../../../functions/ingest/parquet/write-parquet.ts";
import type { Column, ColumnType } from "../../../functions/shared/relations.ts";
import {
  openDuckDb, quoteText, type OpenDuckDb,
} from "../../../functions/shared/sql-engine-duckdb-open.ts";

let folder: string;
let db: OpenDuckDb;
let next = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parquet-"));
  db = await openDuckDb({
    threads: 1, memoryLimit: "500MB", tempDir: join(folder, "spill"), allowed: [folder],
  });
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

type Value = string | number | boolean | null;

function fill(type: ColumnType, values: readonly Value[], buffer = new ColumnBuffer(type)) {
  for (const value of values) {
    if (value === null) buffer.putNull();
    else buffer.put(value);
  }
  return buffer;
}

/** Type and values of the columns as DuckDB reads them back, values as text. */
async function readBack(columns: readonly (readonly [ColumnType, ColumnBuffer])[]) {
  const path = join(folder, `${next++}.parquet`);
  const described = columns.map(([type], i): Column => ({ name: `c${i}`, type, meaning: "m" }));
  writeParquet(path, described, columns.map(([, buffer]) => buffer));
  const from = `FROM read_parquet(${quoteText(path)})`;
  const types = (await db.connection.runAndReadAll(`DESCRIBE SELECT * ${from}`)).getRowsJS();
  const names = described.map((c) => `${c.name}::VARCHAR`).join(", ");
  const rows = (await db.connection.runAndReadAll(`SELECT ${names} ${from}`)).getRowsJS();
  return described.map((_, i) => ({ type: types[i]?.[1], values: rows.map((row) => row[i]) }));
}

it("DuckDB reads every type back as it was put", async () => {
  const cases: readonly (readonly [ColumnType, readonly Value[], string, readonly unknown[]])[] = [
    ["VARCHAR", ["", "a", "é", "成都市", "𠮷野家", null, "x\u0000y"], "VARCHAR",
      ["", "a", "é", "成都市", "𠮷野家", null, "x\u0000y"]],
    ["INTEGER", [0, -1, 2_147_483_647, -2_147_483_648, null, 7, 8], "INTEGER",
      ["0", "-1", "2147483647", "-2147483648", null, "7", "8"]],
    ["BIGINT", [0, -1, 4_294_967_296, 9_007_199_254_740_991, -4_294_967_297, null, 1], "BIGINT",
      ["0", "-1", "4294967296", "9007199254740991", "-4294967297", null, "1"]],
    ["DOUBLE", [0, 0.5, -1e300, 1_600_000_000_000, null, 1, 2], "DOUBLE",
      ["0.0", "0.5", "-1e+300", "1600000000000.0", null, "1.0", "2.0"]],
    ["BOOLEAN", [true, false, null, true, true, false, false], "BOOLEAN",
      ["true", "false", null, "true", "true", "false", "false"]],
    ["DATE", ["1970-01-01", "2021-12-20", null, "1899-12-31", "2100-12-31", null, "2020-02-29"],
      "DATE", ["1970-01-01", "2021-12-20", null, "1899-12-31", "2100-12-31", null, "2020-02-29"]],
    ["TIMESTAMP_MS", [0, 1_600_000_000_123, -1, null, null, 4_133_894_400_000, 1000],
      "TIMESTAMP",
      ["1970-01-01 00:00:00", "2020-09-13 12:26:40.123", "1969-12-31 23:59:59.999", null, null,
        "2100-12-31 00:00:00", "1970-01-01 00:00:01"]],
  ];
  const read = await readBack(cases.map(([type, values]) => [type, fill(type, values)]));
  for (const [i, [, , type, values]] of cases.entries()) {
    expect(read[i]?.values).toEqual(values);
    expect(String(read[i]?.type).startsWith(type)).toBe(true);
    expect(String(read[i]?.type)).not.toContain("TIME ZONE");
  }
});

it("columns with values in all rows, in none, and in some keep their rows", async () => {
  const n = 20_011;
  const rows = Array.from({ length: n }, (_, i) => i);
  const some = rows.map((i) => (i % 7 === 3 ? null : `行${i}`));
  const bits = rows.map((i) => (i % 11 === 0 ? null : i % 3 === 0));
  const [all, none, partly, flags, noText] = await readBack([
    ["INTEGER", fill("INTEGER", rows)], ["DATE", fill("DATE", rows.map(() => null))],
    ["VARCHAR", fill("VARCHAR", some)], ["BOOLEAN", fill("BOOLEAN", bits)],
    ["VARCHAR", fill("VARCHAR", rows.map(() => null))],
  ]);
  expect(noText?.values).toEqual(rows.map(() => null));
  expect(all?.values).toEqual(rows.map(String));
  expect(none?.values).toEqual(rows.map(() => null));
  expect(partly?.values).toEqual(some);
  expect(flags?.values).toEqual(bits.map((bit) => (bit === null ? null : String(bit))));
});

it("texts come back whether few or many of them are distinct", async () => {
  for (const nDistinct of [1, 2, 3, 4, 5, 17, 250, 9_000, 40_000]) {
    const values = Array.from({ length: 40_003 }, (_, i) =>
      (i % 13 === 5 ? null : `行${(i * 7) % nDistinct}`));
    const [read] = await readBack([["VARCHAR", fill("VARCHAR", values)]]);
    expect(read?.values.join()).toBe(values.join());
  }
});

it("keeps few distinct texts in a dictionary, goes over to plain ones in the middle", async () => {
  const few = fill("VARCHAR", Array.from({ length: 5_000 }, (_, i) => `x${i % 9}`));
  expect(few.dictionary()?.entries).toBe(9);
  const values = Array.from({ length: 5_000 }, (_, i) => (i < 3_000 ? "same" : `other ${i}`));
  const many = fill("VARCHAR", values);
  expect(many.dictionary()).toBeUndefined();
  const [, read] = await readBack([["VARCHAR", few], ["VARCHAR", many]]);
  expect(read?.values).toEqual(values);
});

it("a cleared buffer holds nothing of the rows before", async () => {
  const texts = fill("VARCHAR", ["a", null, "c"]);
  const flags = fill("BOOLEAN", [true, true, null]);
  for (const buffer of [texts, flags]) buffer.clear();
  const read = await readBack([
    ["VARCHAR", fill("VARCHAR", [null, "z"], texts)],
    ["BOOLEAN", fill("BOOLEAN", [false, null], flags)],
  ]);
  expect(read.map((column) => column.values)).toEqual([[null, "z"], ["false", null]]);
});

it("half a surrogate pair becomes U+FFFD, its neighbours stay", async () => {
  const [read] = await readBack([["VARCHAR", fill("VARCHAR", ["甲\ud842乙", "\udfb7", "𠮷"])]]);
  expect(read?.values).toEqual(["甲\ufffd乙", "\ufffd", "𠮷"]);
});

it("refuses a value that is not of the column's type, without quoting it", () => {
  const wrong: readonly (readonly [ColumnType, Value])[] = [
    ["INTEGER", 0.5], ["INTEGER", "13800000000"], ["BIGINT", 2 ** 60], ["TIMESTAMP_MS", 0.1],
    ["DATE", "2021-13-01"], ["VARCHAR", 13_800_000_000], ["BOOLEAN", 1], ["DOUBLE", "1"],
  ];
  for (const [type, value] of wrong) {
    const put = () => new ColumnBuffer(type).put(value as string);
    expect(put).toThrow(TypeError);
    expect(put).not.toThrow(/138|2021/);
  }
});

it("lengths are written seven bits a byte", () => {
  expect([0, 127, 128, 300, 2 ** 40].map((n) => [...varint(n)])).toEqual([
    [0], [0x7f], [0x80, 1], [0xac, 2], [0x80, 0x80, 0x80, 0x80, 0x80, 0x20],
  ]);
});
