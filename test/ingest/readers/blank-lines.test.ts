import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openExport } from "../../../functions/ingest/readers/open-export.ts";
import type { TextEncoding } from "../../../functions/ingest/readers/text-source.ts";
import { encodeText } from "../../fuzz/broken-file.ts";
import { headerWith } from "./reading.ts";

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "blank-lines-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

async function read(bytes: Uint8Array | string) {
  const path = join(folder, "file");
  writeFileSync(path, bytes);
  const file = await openExport(path, headerWith("编号", "名称"));
  if ("refused" in file) return `${file.refused}: ${file.detail}`;
  const [sheet] = file.sheets;
  let rows = 0;
  const filled: (readonly [number, readonly unknown[]])[] = [];
  for await (const batch of sheet?.rows() ?? []) {
    rows += batch.length;
    for (const { row, cells } of batch) {
      if (cells.some((cell) => String(cell ?? "").trim() !== "")) filled.push([row, cells]);
    }
  }
  const counted = await sheet?.countRows();
  await file.close();
  return { format: file.format, encoding: file.encoding, rows, counted, filled };
}

test("two million blank lines between two rows are counted and cost little memory", async () => {
  const n = 2_000_000;
  const before = process.memoryUsage().heapUsed;
  const found = await read(`编号,名称\n1,甲\n${"\n".repeat(n)}2,乙\n`);
  expect(found).toMatchObject({
    rows: n + 3, counted: n + 3, filled: [[1, ["编号", "名称"]], [2, ["1", "甲"]], [n + 3, ["2", "乙"]]],
  });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(250 * 1024 ** 2);
});

const encodings: readonly [TextEncoding, "csv utf-8" | "csv utf-8 bom" | "csv utf-16le" |
  "csv utf-16be" | "csv gb18030"][] = [
    ["utf-8", "csv utf-8"], ["utf-8-bom", "csv utf-8 bom"], ["utf-16le", "csv utf-16le"],
    ["utf-16be", "csv utf-16be"], ["gb18030", "csv gb18030"],
  ];
test.each(encodings)("a table behind 3 MB of blank lines is read: %s", async (encoding, family) => {
  const blank = `${" ".repeat(100_000)}\r\n`.repeat(30);
  expect(await read(encodeText(`${blank}编号,名称\r\n1,甲\r\n`, family))).toMatchObject({
    format: "csv", encoding, rows: 32, counted: 32,
    filled: [[31, ["编号", "名称"]], [32, ["1", "甲"]]],
  });
});

test("an array and lines of objects behind 3 MB of white space are read", async () => {
  const blank = " \n".repeat(1_500_000);
  expect(await read(`${blank}[{"编号":"1"}]`)).toMatchObject({ format: "json", filled: [[1, ["1"]]] });
  expect(await read(`${blank}{"编号":"1"}\n`)).toMatchObject({
    format: "ndjson", rows: 1_500_001, counted: 1_500_001, filled: [[1_500_001, ["1"]]],
  });
});

test("nothing but white space is empty, however much of it", async () => {
  expect(await read(" \n".repeat(1_500_000))).toBe("empty: 3000000 bytes");
  expect(await read("\ufeff")).toBe("empty: 3 bytes");
});
