import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as spreadsheet from "@e965/xlsx";
import { writeXlsx } from "hucre";
import iconv from "iconv-lite";
import { afterAll, describe, expect, test } from "vitest";
import { loadContracts } from "../../functions/ingest/contracts/load-contracts.ts";
import type { Inspection } from "../../functions/ingest/inspect/inspection.ts";
import { studyFile } from "../../functions/ingest/inspect/study-file.ts";
import { judgeSeedNames } from "../../functions/ingest/judge/seeds.ts";
import { buildProvinceNight, people } from "../ingest/night/small-province.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";

const folder = mkdtempSync(join(tmpdir(), "inspect-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const contracts = loadContracts();
const seeds = judgeSeedNames.map(readShippedSeed);

async function study(body: string | Uint8Array, isDeep = false) {
  const path = join(folder, "file");
  writeFileSync(path, body);
  return studyFile({ path, contracts, seeds, isDeep, day: "2021-12-20" }, () => {});
}
async function inspect(body: string | Uint8Array): Promise<Inspection> {
  return (await study(body)).inspection;
}
const sheet = (
  nRows: number, nColumns: number, headerRow: number | null, columns: readonly string[], name = "",
) => ({ name, n_rows: nRows, n_columns: nColumns, header_row: headerRow, columns });
const xlsx = (rows: readonly (readonly (string | number | null)[])[], name = "S") =>
  writeXlsx({ sheets: [{ name, rows: rows.map((row) => [...row]) }] });

describe("the inspection of a text", () => {
  test.each<readonly [string, string | Uint8Array, string, ReturnType<typeof sheet>]>([
    ["a plain table", "a,b\n1,2\n", "utf-8", sheet(2, 2, 1, ["a", "b"])],
    ["titles and blank lines around it", "\n标题\n\n甲,乙\n1,2\n\n3,4\n\n", "utf-8", sheet(6, 2, 4, ["甲", "乙"])],
    ["semicolons with decimal commas", "x;y\n1,5;2,5\n3,5;4\n", "utf-8", sheet(3, 2, 1, ["x", "y"])],
    ["tabs with commas in the texts", "名\t地\n\"甲,乙\"\t丙,丁\n", "utf-8", sheet(2, 2, 1, ["名", "地"])],
    ["GB18030", iconv.encode("课程,说明\n一,二\n", "gb18030"), "gb18030", sheet(2, 2, 1, ["课程", "说明"])],
    ["UTF-16 with its mark", iconv.encode("a,b\r\n1,2\r\n", "utf-16le", { addBOM: true }), "utf-16le", sheet(2, 2, 1, ["a", "b"])],
    ["UTF-8 with its mark", "\uFEFFa,b\n1,2", "utf-8-bom", sheet(2, 2, 1, ["a", "b"])],
    ["quoted line ends", "a,b\n\"1\n2\",3\n", "utf-8", sheet(2, 2, 1, ["a", "b"])],
    ["numbers alone", "1,2,3\n4,5,6\n", "utf-8", sheet(2, 3, null, [])],
    ["the same header text twice", "a,a\nb,c\n", "utf-8", sheet(2, 2, 2, ["b", "c"])],
    ["empty columns at both ends", ",a,b,\n,1,2,\n", "utf-8", sheet(2, 2, 1, ["a", "b"])],
    ["a gap in the header", "a,,b\n1,2,3\n", "utf-8", sheet(2, 3, 1, ["a", "", "b"])],
    ["one column", "a\n1\n2\n", "utf-8", sheet(3, 1, null, [])],
    ["bytes of no known encoding", Buffer.from("caf\xe9,b\n1,2\n3,\xe9,4\n", "latin1"), "utf-8", sheet(3, 3, 1, ["caf\uFFFD", "b"])],
    ["text behind a closing quote", "a,b\n1,2\n\"3\"x,4,5\n", "utf-8", sheet(3, 3, 1, ["a", "b"])],
    ["white space alone", "a,b\n1,2\n , \n", "utf-8", sheet(2, 2, 1, ["a", "b"])],
  ])("%s", async (_, body, encoding, expected) => {
    expect(await inspect(body)).toEqual({
      format: "csv", encoding, sheets: [expected], refused: null, xapi: null,
    });
  });

  test("a contract's header counts before the first row that looks like one", async () => {
    const found = await inspect("导出说明,第二版\n学校标识码,认定日期\n5101040001,2020-12-01\n");
    expect(found.sheets[0]?.header_row).toBe(2);
  });
});

describe("the inspection of a workbook", () => {
  test("every sheet counts, hidden and empty ones too", async () => {
    const book = spreadsheet.utils.book_new();
    for (const [name, rows] of [["甲", [["x", "y"], [1, 2]]], ["空", []], ["藏", [[], [null, "p", "q"], [null, 5]]]] as const) {
      spreadsheet.utils.book_append_sheet(book, spreadsheet.utils.aoa_to_sheet(rows.map((r) => [...r])), name);
    }
    book.Workbook = { Sheets: [{}, {}, { Hidden: 2 }] };
    const expected = [
      sheet(2, 2, 1, ["x", "y"], "甲"), sheet(0, 0, null, [], "空"), sheet(2, 2, 2, ["p", "q"], "藏"),
    ];
    for (const [type, format] of [["xlsx", "xlsx"], ["biff8", "xls"], ["xlml", "spreadsheetml"]] as const) {
      const body = spreadsheet.write(book, { type: "buffer", bookType: type }) as Uint8Array;
      expect(await inspect(body)).toEqual({ format, encoding: null, sheets: expected, refused: null, xapi: null });
    }
  });

  test("a cell far from all others widens the sheet", async () => {
    const last = Array.from({ length: 300 }, (_, i) => (i === 299 ? "end" : null));
    const gap = Array.from({ length: 39 }, () => []);
    const found = await inspect(await xlsx([["a"], ...gap, last]));
    expect(found.sheets[0]).toMatchObject({ n_rows: 41, n_columns: 300 });
  });

  test("tables of a page are sheets", async () => {
    const found = await inspect("<html><table><tr><th>a<th>b</tr><tr><td>1<td>2</table><table></table>");
    expect(found).toMatchObject({ format: "html", encoding: "utf-8" });
    expect(found.sheets.map((s) => [s.n_rows, s.n_columns, s.header_row])).toEqual([[2, 2, 1], [0, 0, null]]);
  });
});

describe("the inspection of JSON", () => {
  const statement = {
    actor: { mbox: "mailto:a@example.com" }, verb: { id: "http://v.example" }, object: { id: "http://o.example" },
  };
  const bad = { ...statement, verb: { id: "no" } };
  test.each<readonly [string, string, string, readonly [number, readonly string[]], Inspection["xapi"]]>([
    ["an array of objects", '[{"a":1,"b":{"c":2}},{"d":3}]', "json", [2, ["a", "b", "d"]], null],
    ["an empty array", "[]", "json", [0, []], null],
    ["lines, one of them broken", '{"a":1}\n\n{"b":2}\n{ x\n', "ndjson", [4, ["a", "b"]], null],
    ["one object over many lines", '{\n "a": 1,\n "b": [1, 2]\n}\n', "json", [1, ["a", "b"]], null],
    ["statements in lines", [statement, bad, statement].map((s) => JSON.stringify(s)).join("\n"), "ndjson",
      [3, ["actor", "verb", "object"]], { valid: 2, invalid: 1 }],
    ["an array of statements and something else", JSON.stringify([7, statement, bad]), "json",
      [3, ["actor", "verb", "object"]], { valid: 1, invalid: 2 }],
    ["a result with statements", JSON.stringify({ statements: [statement, bad], more: "" }), "json",
      [2, ["actor", "verb", "object"]], { valid: 1, invalid: 1 }],
  ])("%s", async (_, body, format, [nRows, columns], xapi) => {
    expect(await inspect(body)).toEqual({
      format, encoding: "utf-8", sheets: [sheet(nRows, columns.length, null, columns)], refused: null, xapi,
    });
  });
});

describe("a file that cannot be read", () => {
  const locked = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(1_024),
    Buffer.from("EncryptedPackage", "utf16le"), Buffer.alloc(600)]);
  test.each<readonly [string, () => Promise<Uint8Array> | Uint8Array | string, string, string]>([
    ["nothing at all", () => "", "unknown", "empty"],
    ["zeros", () => Buffer.alloc(5_000), "unknown", "empty"],
    ["a picture", () => Buffer.from("89504e470d0a1a0a0000", "hex"), "unknown", "unreadable"],
    ["random bytes", () => Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * 7_919 * i) % 256)), "unknown", "unreadable"],
    ["a truncated workbook", async () => (await xlsx([["a", "b"], [1, 2]])).subarray(0, 900), "xlsx", "unreadable"],
    ["a container that is no workbook", () => locked, "xlsx", "unreadable"],
    ["a workbook of Excel 4 without container", () => Buffer.from("0904060000001000000000000a000000", "hex"), "xls", "unreadable"],
    ["XML that is no workbook", () => "<?xml version=\"1.0\"?><rows><row/></rows>", "unknown", "unreadable"],
    ["an OpenDocument in one file", () => "<?xml version=\"1.0\"?><office:document><table:table/></office:document>", "unknown", "unreadable"],
    ["a SYLK table", () => "ID;PSheet;N;E\nC;Y1;X1;K1\nE\n", "unknown", "unreadable"],
    ["a rich text", () => "{\\rtf1 a,b}", "unknown", "unreadable"],
    ["a quote that is never closed", () => "a,b\n1,\"2\n3,4\n", "csv", "unclosed_quote"],
    ["an array that never ends", () => '[{"a":1},', "json", "unreadable"],
  ])("%s is told by its format and a word", async (_, body, format, word) => {
    const found = await inspect(await body());
    expect(found.format).toBe(format);
    expect(found.refused).toMatch(new RegExp(`^${word}: `));
    expect(found.xapi).toBeNull();
  });
});

describe("the study of a table for people", () => {
  test("kinds come from header and values, personal columns are masked", async () => {
    const id = "000000199001010018".slice(0, 17);
    const check = "10X98765432"[[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
      .reduce((sum, weight, i) => sum + weight * Number(id[i]), 0) % 11];
    const { profiles } = await study([
      "工号,证件,联系方式,县,学习日期,时长(分钟),结果,说明",
      ...Array.from({ length: 6 }, (_, i) =>
        `T00000${i},${id}${check},1390000400${i},510104,2021-03-0${i + 1},45,${i % 2 ? "合格" : "不合格"},第${i}次`),
    ].join("\n"), true);
    const kinds = profiles[0]?.columns.map((c) => [c.header, c.kind, c.isPersonal]);
    expect(kinds).toEqual([
      ["工号", "teacher_no", false], ["证件", "id_number", true], ["联系方式", "text", true],
      ["县", "area", false], ["学习日期", "instant", false], ["时长(分钟)", "minutes", false],
      ["结果", "list", false], ["说明", "text", false],
    ]);
    const text = JSON.stringify(profiles);
    expect(text).not.toContain(`${id}${check}`);
    expect(text).not.toMatch(/1390000400\d/);
  });

  test("every export of the nine systems is told by its own contract, no person shown", async () => {
    for (const { name, body } of await buildProvinceNight()) {
      const { inspection, profiles, trial } = await study(body, true);
      const [system] = name.split("/");
      expect({ name, refused: inspection.refused, system: trial?.system, trial: trial?.refused })
        .toEqual({ name, refused: null, system, trial: null });
      expect(trial?.rowsRead).toBeGreaterThan(0);
      const shown = JSON.stringify(profiles);
      for (const person of people) {
        for (const value of [person.name, person.idNumber, person.phone, person.account]) {
          expect(shown.includes(value), `${name} shows ${value}`).toBe(false);
        }
      }
    }
  });

  test("a file of a shipped system is judged as ingest would judge it", async () => {
    const { trial } = await study([
      "评价编号,评价类型,项目名称,县（市、区）,行政区划代码,评价日期,得分,样本量",
      "E1,专家,评价,锦江区,510104,2021-02-01,92.5,20", "E2,专家,评价,锦江区,510104,2021-02-01,101,20",
    ].join("\n"), true);
    expect(trial).toMatchObject({
      system: "survey", export: "evaluations", refused: null, rowsRead: 2, rowsAccepted: 1,
      rowsRejected: 1, reasons: { "invalid.score": 1 },
    });
  });
});
