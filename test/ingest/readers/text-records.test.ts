import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import iconv from "iconv-lite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RawRow } from "../../../functions/ingest/raw.ts";
import { openExport } from "../../../functions/ingest/readers/open-export.ts";
import { countRecords } from "../../../functions/ingest/readers/record-census.ts";
import { planTextRanges } from "../../../functions/ingest/readers/text-ranges.ts";
import { readTextRows } from "../../../functions/ingest/readers/text-rows.ts";
import { readTextChunks } from "../../../functions/ingest/readers/text-source.ts";
import type { TextEncoding } from "../../../functions/ingest/readers/text-source.ts";
import { headerWith } from "./reading.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "records-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface CellSpec {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly behind: string;
}

const HEADER: readonly CellSpec[] = ["编号", "姓名", "备注"].map((text) => ({
  text,
  isQuoted: false,
  behind: "",
}));

const character = fc.constantFrom(
  ..."王小明㐀é 　\"\"\"\n\r,;\t0aZ𠮷=-".match(/[^]/gu)!,
);
const cell = fc.record({
  text: fc.array(character, { maxLength: 6 }).map((characters) => characters.join("")),
  isQuoted: fc.boolean(),
  behind: fc.constantFrom("", "", " ", "  "),
});
const file = fc.record({
  encoding: fc.constantFrom<TextEncoding>("utf-8", "utf-8-bom", "utf-16le", "utf-16be", "gb18030"),
  delimiter: fc.constantFrom(",", ";", "\t"),
  records: fc.array(
    fc.record({
      cells: fc.array(cell, { minLength: 1, maxLength: 4 }),
      lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
      isBroken: fc.nat(7).map((one) => one === 0),
    }),
    { maxLength: 12 },
  ),
  endsWithLine: fc.boolean(),
  chunkBytes: fc.constantFrom(1, 2, 3, 7, 16, 64, 1 << 20),
});

function mustQuote(spec: CellSpec, delimiter: string): boolean {
  const { text } = spec;
  return spec.isQuoted || text.startsWith('"') || /[\r\n]/.test(text) || text.includes(delimiter);
}

function writeCell(spec: CellSpec, delimiter: string): string {
  if (!mustQuote(spec, delimiter)) return spec.text;
  return `"${spec.text.replaceAll('"', '""')}"${spec.behind}`;
}

const BOM: Partial<Record<TextEncoding, Buffer>> = {
  "utf-8-bom": Buffer.of(0xef, 0xbb, 0xbf),
  "utf-16le": Buffer.of(0xff, 0xfe),
  "utf-16be": Buffer.of(0xfe, 0xff),
};

/** Puts a byte that no text holds inside the first cell. */
function breakBytes(record: string, encode: (text: string) => Buffer): Buffer {
  const at = record.startsWith('"') ? 1 : 0;
  return Buffer.concat([
    encode(record.slice(0, at)),
    Buffer.of(0xff),
    encode(record.slice(at)),
  ]);
}

function isBlank(row: RawRow): boolean {
  return (
    row.fault === undefined &&
    row.cells.every((one) => one === null || !/[^ \t\r\n]/.test(String(one)))
  );
}

test("random records come back cell by cell and balance with the census", async () => {
  await fc.assert(
    fc.asyncProperty(file, async ({ encoding, delimiter, records, endsWithLine, chunkBytes }) => {
      const encode = (text: string) =>
        iconv.encode(text, encoding === "utf-8-bom" ? "utf-8" : encoding, { addBOM: false });
      const all = [{ cells: HEADER, lineEnd: "\r\n", isBroken: false }, ...records];
      const texts = all.map(({ cells }) =>
        cells.map((one) => writeCell(one, delimiter)).join(delimiter),
      );
      const bytes: Buffer[] = [BOM[encoding] ?? Buffer.alloc(0)];
      const expected: RawRow[] = [];
      let line = 1;
      for (const [index, { cells, lineEnd, isBroken }] of all.entries()) {
        const record = texts[index] as string;
        const breaks = isBroken && !encoding.startsWith("utf-16");
        bytes.push(breaks ? breakBytes(record, encode) : encode(record));
        // CR before an empty record that ends with LF would be one line end.
        const end = texts[index + 1] === "" && lineEnd === "\r" ? "\n" : lineEnd;
        if (index < all.length - 1 || endsWithLine) bytes.push(encode(end));
        const values = cells.map((one) => (one.text === "" ? null : one.text));
        expected.push(
          breaks
            ? { row: line, cells: [], fault: "invalid.encoding", text: expect.any(String) }
            : { row: line, cells: values },
        );
        line += 1 + (record.match(/\r\n|\r|\n/g)?.length ?? 0);
      }
      while (isBlank(expected.at(-1) as RawRow)) expected.pop();
      const path = join(folder, "random");
      writeFileSync(path, Buffer.concat(bytes));
      const source = { path, encoding, chunkBytes };
      const rows: RawRow[] = [];
      for await (const batch of readTextRows(source, delimiter)) rows.push(...batch);
      // Blank rows that are held back lose their spaces.
      const plain = (all: readonly RawRow[]) =>
        all.map((row) => (isBlank(row) ? { ...row, cells: [] } : row));
      expect(plain(rows)).toEqual(plain(expected));
      const census = countRecords(readTextChunks(source), delimiter);
      expect(census.records).toBe(expected.length);
      expect(census.unclosedQuoteLine).toBeUndefined();
    }),
    { numRuns: 1_000, seed: 20211220, interruptAfterTimeLimit: 3_500 },
  );
});

test("the ranges of a large text hold all its rows once, with their lines", async () => {
  const path = join(folder, "large.csv");
  const lines = ["编号,姓名,备注"];
  for (let i = 0; i < 12_000; i++) {
    lines.push(i % 97 === 0 ? `${i},"王\n明","a,b"` : `${i},张三,${"备".repeat(200)}`);
    if (i % 1_000 === 0) lines.push("");
  }
  writeFileSync(path, iconv.encode(`${lines.join("\r\n")}\r\n\r\n`, "gb18030"));
  const options = headerWith("编号");
  const whole = await openExport(path, options);
  if ("refused" in whole) throw new Error(whole.detail);
  const read = async (range?: NonNullable<ReturnType<typeof planTextRanges>>[number]) => {
    const part = await openExport(path, { ...options, range });
    if ("refused" in part) throw new Error(part.detail);
    const rows: RawRow[] = [];
    for await (const batch of part.sheets[0]!.rows()) rows.push(...batch);
    expect(await part.sheets[0]!.countRows()).toBe(rows.length);
    return rows;
  };
  const ranges = planTextRanges(whole, 2);
  expect(ranges).toHaveLength(2);
  const parts = await Promise.all(ranges!.map((range) => read(range)));
  expect(parts[1]!.length).toBeGreaterThan(3_000);
  // One comparison of texts: a deep one of so many cells takes seconds.
  expect(JSON.stringify(parts.flat())).toBe(JSON.stringify(await read()));
});

test("blank rows at the end of a range are rows only where data follows", async () => {
  const path = join(folder, "blank.csv");
  const head = "编号,姓名\n1,王\n\n,\n";
  writeFileSync(path, `${head}2,李\n\n`);
  const end = Buffer.byteLength(head);
  for (const isFollowedByData of [true, false]) {
    const range = { start: 0, end, firstLine: 1, isFollowedByData };
    const part = await openExport(path, { ...headerWith("编号"), range });
    if ("refused" in part) throw new Error(part.detail);
    const rows: RawRow[] = [];
    for await (const batch of part.sheets[0]!.rows()) rows.push(...batch);
    expect(rows.map((row) => row.row)).toEqual(isFollowedByData ? [1, 2, 3, 4] : [1, 2]);
    expect(await part.sheets[0]!.countRows()).toBe(rows.length);
  }
});
