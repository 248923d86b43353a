import { RecordBatchFileReader, tableFromIPC as readWithArrow } from "apache-arrow";
import { tableFromIPC as readWithFlechette } from "@uwdata/flechette";
import { describe, expect, test } from "vitest";
import { buildArrowFile } from "../../functions/publish/arrow-file.ts";
import type { Row } from "../../functions/publish/arrow-file.ts";
import { ContractError } from "../../functions/shared/errors.ts";

const columns = ["area_code", "file_name", "n"];

function makeRows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, i) => ({
    area_code: i % 7 === 3 ? null : `51${i % 9}`,
    file_name: i % 5 === 4 ? null : `报送 ${i}.csv`,
    n: i % 3 === 2 ? null : 2 ** 52 + i,
  }));
}

describe.each([0, 1, 8, 9, 499, 500, 1201])("%d rows", (count) => {
  const rows = makeRows(count);
  const bytes = buildArrowFile(columns, rows);

  test("come back through two independent readers", () => {
    expect(readWithArrow(bytes).toArray().map((row) => row.toJSON() as Row)).toEqual(rows);
    expect(readWithFlechette(bytes).toArray()).toEqual(rows);
  });

  test("are the same bytes when written again", () => {
    expect(Buffer.compare(buildArrowFile(columns, makeRows(count)), bytes)).toBe(0);
  });

  test("are one batch of a file that begins with its schema", () => {
    const reader = RecordBatchFileReader.from(bytes);
    expect([...reader].length).toBe(1);
    expect(Buffer.from(bytes).toString("latin1", 0, 6)).toBe("ARROW1");
    const first = Buffer.from(bytes).indexOf("area_code");
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(500);
  });
});

test("long tables keep repeating texts as dictionaries, names of files never", () => {
  const types = readWithArrow(buildArrowFile(columns, makeRows(500))).schema.fields
    .map((field) => String(field.type));
  expect(types).toEqual(["Dictionary<Int16, Utf8>", "Utf8", "Float64"]);
});

test("more texts than a dictionary can hold are a fault, not a wrong text", () => {
  const rows = Array.from({ length: 32_769 }, (_, i) => ({ area_code: String(i) }));
  expect(() => buildArrowFile(["area_code"], rows)).toThrow(ContractError);
  expect(buildArrowFile(["area_code"], rows.slice(1)).byteLength).toBeGreaterThan(32_768);
});

test.each([
  ["a text among numbers", { n: "12" }], ["a number among texts", { file_name: 12 }],
  ["a truth value", { n: true }],
])("%s is a fault, never published as empty", (_, row) => {
  expect(() => buildArrowFile(columns, [row as unknown as Row])).toThrow(ContractError);
  const long = Array.from({ length: 600 }, () => ({ area_code: 51 }));
  expect(() => buildArrowFile(columns, long)).toThrow(ContractError);
});
