import * as sheetjs from "@e965/xlsx";
import { readXls, readXlsx } from "hucre";
import { expect, test } from "vitest";
import type { SheetRows } from "../../functions/simulate/formats/cell.ts";
import { buildSpreadsheetMl } from "../../functions/simulate/formats/spreadsheetml.ts";
import { buildXls } from "../../functions/simulate/formats/xls.ts";
import { buildXlsx } from "../../functions/simulate/formats/xlsx.ts";

const cells = [
  ["县（市、区）", "学时", "说明"],
  ["会理市", 12.5, `<>&" 换行`],
  ["锦江区", -3, "𠮷"],
];
const many: SheetRows = {
  name: "长表",
  rows: Array.from({ length: 3000 }, (_, i) => [`第${i}行`, i, "重复", `${"长".repeat(40)}${i}`]),
};
const books = {
  xlsx: buildXlsx([{ name: "一", rows: cells }, many]),
  xls: buildXls([{ name: "一", rows: cells }, many]),
  spreadsheetml: buildSpreadsheetMl([{ name: "一", rows: cells }, many]),
};

test.each(Object.entries(books))("an independent reader finds the cells of a written %s", (
  _, bytes
) => {
  const book = sheetjs.read(bytes);
  expect(book.SheetNames).toEqual(["一", "长表"]);
  expect(rowsOf(book, "一")).toEqual(cells);
  expect(rowsOf(book, "长表")).toEqual(many.rows);
});

test("a second reader agrees on both kinds of workbook", async () => {
  expect((await readXlsx(books.xlsx)).sheets.map((s) => s.rows)).toEqual([cells, many.rows]);
  expect((await readXls(books.xls)).sheets.map((s) => s.rows)).toEqual([cells, many.rows]);
});

test("a formula cell carries its text and its last value, a date cell its day", () => {
  const book = sheetjs.read(buildXlsx([{
    name: "一", rows: [
      [
        { kind: "formula", formula: `HYPERLINK("x","y")`, value: "y" },
        { kind: "date", serial: 44_197 },
      ],
    ],
  }]), { cellFormula: true, cellDates: true, UTC: true });
  const sheet = book.Sheets["一"]!;
  expect([sheet["A1"]?.f, sheet["A1"]?.v]).toEqual([`HYPERLINK("x","y")`, "y"]);
  expect((sheet["B1"]!.v as Date).toISOString().slice(0, 10)).toBe("2021-01-01");
});

test("a binary workbook larger than 109 allocation sectors stays readable", async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => [`${"名".repeat(60)}${i}`]);
  const bytes = buildXls([{ name: "大", rows }]);
  expect(bytes.length).toBeGreaterThan(109 * 128 * 512);
  const read = (await readXls(bytes)).sheets[0]!.rows;
  expect([read.length, read[59_999]?.[0]]).toEqual([60_000, rows[59_999]![0]]);
});

function rowsOf(book: sheetjs.WorkBook, name: string): unknown[] {
  return sheetjs.utils.sheet_to_json(book.Sheets[name]!, { header: 1 });
}
