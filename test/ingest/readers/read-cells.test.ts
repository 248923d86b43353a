import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import type { RawRow } from "../../../functions/ingest/raw.ts";
import { CellReader } from "../../../functions/ingest/readers/read-cells.ts";
import { countRecords } from "../../../functions/ingest/readers/record-census.ts";
import { isBlankRow, readTextRows } from "../../../functions/ingest/readers/text-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "cells-"));
const path = join(folder, "text");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes with a meaning for the reader, and those of characters in either encoding. */
const piece = fc.constantFrom(
  ...[",", ",", ",", "\n", "\n", "\r\n", "\r", '"', '"', '""', '",', ' "', "a", "b", "ab", " ", "\t",
    "0", ";"].map((text) => Buffer.from(text)),
  Buffer.from("成都"), Buffer.from("é\u{20000}\uFEFF"), Buffer.from([0xb3, 0xc9]),
  Buffer.from([0x81, 0x30, 0x81, 0x30]), Buffer.from([0xff]), Buffer.from([0x81]), Buffer.from([0]),
);

/** Blank rows that are held back lose their spaces. */
const withoutBlanks = (row: RawRow): RawRow => (isBlankRow(row) ? { ...row, cells: [] } : row);

it("hands out the rows of the other reader, whatever the bytes and wherever chunks end", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(piece, { maxLength: 60 }), fc.constantFrom("utf-8" as const, "gb18030" as const),
    fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 30 }), fc.boolean(),
    async (pieces, encoding, columns, chunkBytes, isFollowedByData) => {
      const bytes = Buffer.concat(pieces);
      // An open quote refuses the file before rows are read.
      if (countRecords([bytes], ",").unclosedQuoteLine !== undefined) return;
      writeFileSync(path, bytes);
      const range = { start: 0, end: bytes.length, firstLine: 3, isFollowedByData };
      const expected: RawRow[] = [];
      for await (const batch of readTextRows({ path, encoding }, ",", range)) {
        expected.push(...batch);
      }
      const reader = new CellReader(encoding, ",", columns);
      for (let turn = 0; turn < 2; turn++) {
        const rows: RawRow[] = [];
        reader.read({ path, encoding, chunkBytes }, range, {
          takeCells: (_numbers, row) => rows.push(reader.rawRow(row)),
          takeRow: (row) => rows.push(row),
        });
        expect(rows.map(withoutBlanks)).toEqual(expected.map(withoutBlanks));
      }
    }), { numRuns: 1_500 });
}, 60_000);

it("numbers equal cells of a column alike, quoted or not", () => {
  writeFileSync(path, 'a,b\n"a","c"\nb,b\r\n"b",b\n');
  const reader = new CellReader("utf-8", ",", 2);
  const seen: number[][] = [];
  const end = 23;
  reader.read({ path, encoding: "utf-8" },
    { start: 0, end, firstLine: 1, isFollowedByData: false },
    { takeCells: (numbers) => seen.push([...numbers]), takeRow: () => expect.unreachable() });
  expect(seen).toEqual([[0, 0], [0, 1], [1, 0], [1, 0]]);
  expect(reader.tables.map((table) => Array.from({ length: table.size }, (_, i) => table.cell(i))))
    .toEqual([["a", "b"], ["b", "c"]]);
});

it("takes a delimiter for one again behind a cell that holds it in quotes", () => {
  const text = Buffer.from('"a,b",c\na,b\n"a,b",c\n');
  writeFileSync(path, text);
  const reader = new CellReader("utf-8", ",", 2);
  const rows: unknown[] = [];
  reader.read({ path, encoding: "utf-8" },
    { start: 0, end: text.length, firstLine: 1, isFollowedByData: false },
    {
      takeCells: (_numbers, row) => rows.push(reader.rawRow(row).cells),
      takeRow: () => expect.unreachable(),
    });
  expect(rows).toEqual([["a,b", "c"], ["a", "b"], ["a,b", "c"]]);
});

it("forgets the cells of a column that has too many distinct ones", () => {
  const rows = Array.from({ length: 300 }, (_, i) => `${i},x`);
  const text = Buffer.from(rows.join("\n"));
  writeFileSync(path, text);
  const reader = new CellReader("utf-8", ",", 2, 100);
  const read: string[] = [];
  reader.read({ path, encoding: "utf-8", chunkBytes: 64 },
    { start: 0, end: text.length, firstLine: 1, isFollowedByData: false },
    {
      takeCells: (_numbers, row) => read.push(reader.rawRow(row).cells.join(",")),
      takeRow: () => expect.unreachable(),
    });
  expect(read.join("\n")).toBe(rows.join("\n"));
  expect(reader.tables.map((table) => table.generation)).toEqual([2, 0]);
});
