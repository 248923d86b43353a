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

function encode(text: string, encoding: TextEncoding): Buffer {
  if (encoding === "utf-8" || encoding === "gb18030") return iconv.encode(text, encoding);
  return iconv.encode(`\uFEFF${text}`, encoding === "utf-8-bom" ? "utf-8" : encoding);
}

test("random records come back cell by cell and balance with the census", async () => {
  await fc.assert(
    fc.asyncProperty(file, async ({ encoding, delimiter, records, endsWithLine, chunkBytes }) => {
      const all = [{ cells: HEADER, lineEnd: "\r\n" }, ...records];
      const texts = all.map(({ cells }) =>
        cells.map((one) => writeCell(one, delimiter)).join(delimiter),
      );
      let text = "";
      let line = 1;
      const expected: RawRow[] = [];
      for (const [index, { cells, lineEnd }] of all.entries()) {
        const isLast = index === all.length - 1;
        const record = texts[index] as string;
        // CR before an empty record that ends with LF would be one line end.
        const end = texts[index + 1] === "" && lineEnd === "\r" ? "\n" : lineEnd;
        text += record + (isLast && !endsWithLine ? "" : end);
        expected.push({
          row: line,
          cells: cells.map((one) => (one.text === "" ? null : one.text)),
        });
        line += 1 + (record.match(/\r\n|\r|\n/g)?.length ?? 0);
      }
      while (expected.at(-1)?.cells.every((one) => one === null || !/[^ \t\r\n]/.test(`${one}`))) {
        expected.pop();
      }
      const path = join(folder, "random");
      writeFileSync(path, encode(text, encoding));
      const source = { path, encoding, chunkBytes };
      const rows: RawRow[] = [];
      for await (const batch of readTextRows(source, delimiter)) rows.push(...batch);
      expect(rows).toEqual(expected);
      const census = countRecords(readTextChunks(source), delimiter);
      expect(census.records).toBe(expected.length);
      expect(census.unclosedQuoteLine).toBeUndefined();
    }),
    { numRuns: 1_500, seed: 20211220, interruptAfterTimeLimit: 4_000 },
  );
});

test("the ranges of a large text hold all its rows once, with their lines", async () => {
  const path = join(folder, "large.csv");
  const lines = ["编号,姓名,备注"];
  for (let i = 0; i < 60_000; i++) {
    lines.push(i % 97 === 0 ? `${i},"王\n明","a,b"` : `${i},张三,${"备".repeat(20)}`);
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
  expect(parts[1]!.length).toBeGreaterThan(10_000);
  expect(parts.flat()).toEqual(await read());
});
