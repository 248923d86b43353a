import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { headerWith, readBytesAsExport, requireRead } from "./reading.ts";

const TABLE = "编号,姓名,学校\r\n1,王小明,简阳市第一中心小学\r\n2,李红,会理市城关小学\r\n";
const CELLS = [
  ["编号", "姓名", "学校"],
  ["1", "王小明", "简阳市第一中心小学"],
  ["2", "李红", "会理市城关小学"],
];

async function readCells(bytes: Uint8Array | string) {
  return (await requireRead(bytes)).sheets[0]!.cells;
}

describe("encoding", () => {
  test.each([
    ["utf-8", Buffer.from(TABLE)],
    ["utf-8-bom", Buffer.from(`\uFEFF${TABLE}`)],
    ["gb18030", iconv.encode(TABLE, "gb18030")],
    ["utf-16le", iconv.encode(`\uFEFF${TABLE}`, "utf-16le")],
    ["utf-16be", iconv.encode(`\uFEFF${TABLE}`, "utf-16be")],
  ])("a table in %s is read and its encoding named", async (encoding, bytes) => {
    const file = await requireRead(bytes);
    expect(file).toMatchObject({ format: "csv", encoding });
    expect(file.sheets[0]!.cells).toEqual(CELLS);
  });

  test("four-byte GB18030 characters come back", async () => {
    const bytes = iconv.encode("编号,姓名\n1,㐀𠮷䶮\n", "gb18030");
    expect(await readCells(bytes)).toEqual([
      ["编号", "姓名"],
      ["1", "㐀𠮷䶮"],
    ]);
  });

  test("a UTF-8 file with one broken byte loses that row only", async () => {
    const bytes = Buffer.concat([
      Buffer.from("编号,姓名\r\n1,王"),
      Buffer.of(0xff),
      Buffer.from("\r\n2,李红\r\n"),
    ]);
    const [sheet] = (await requireRead(bytes)).sheets;
    expect(sheet!.rows).toEqual([
      { row: 1, cells: ["编号", "姓名"] },
      { row: 2, cells: [], fault: "invalid.encoding", text: "1,王\uFFFD" },
      { row: 3, cells: ["2", "李红"] },
    ]);
  });

  test("a broken GB18030 lead byte swallows neither comma, quote nor line end", async () => {
    const bytes = Buffer.concat([
      iconv.encode('编号,姓名\n1,"王', "gb18030"),
      Buffer.of(0xc4),
      iconv.encode('"\n2,李', "gb18030"),
      Buffer.of(0xc4),
      iconv.encode("\n3,张\n", "gb18030"),
    ]);
    const [sheet] = (await requireRead(bytes)).sheets;
    expect(sheet!.rows.map((row) => [row.row, row.fault])).toEqual([
      [1, undefined],
      [2, "invalid.encoding"],
      [3, "invalid.encoding"],
      [4, undefined],
    ]);
  });

  test("a broken byte in a quoted record of several lines faults that record only", async () => {
    const bytes = Buffer.concat([
      Buffer.from('编号,姓名\n1,"王\n'),
      Buffer.of(0xff),
      Buffer.from('\n明"\n2,李\n'),
    ]);
    const [sheet] = (await requireRead(bytes)).sheets;
    expect(sheet!.rows.map((row) => [row.row, row.fault])).toEqual([
      [1, undefined],
      [2, "invalid.encoding"],
      [5, undefined],
    ]);
  });

  test("a lone surrogate in UTF-16 faults its row", async () => {
    const bytes = Buffer.from("\uFEFF编号,姓名\n1,\uD842\n2,李\n", "utf16le");
    const [sheet] = (await requireRead(bytes)).sheets;
    expect(sheet!.rows.map((row) => row.fault)).toEqual([undefined, "invalid.encoding", undefined]);
  });

  test("Big5 is refused, with its header found or not", async () => {
    const text = "編號,姓名,學校\r\n1,王小明,臺北市立第一國民小學校園資訊\r\n";
    for (const header of ["編號", "zz"]) {
      expect(await readBytesAsExport(iconv.encode(text, "big5"), headerWith(header))).toEqual({
        refused: "unreadable",
        detail: "text is Big5, not GB18030",
      });
    }
  });
});

describe("delimiter and line ends", () => {
  test.each([
    ["semicolons", TABLE.replaceAll(",", ";")],
    ["tabs", TABLE.replaceAll(",", "\t")],
    ["LF", TABLE.replaceAll("\r\n", "\n")],
    ["lone CR", TABLE.replaceAll("\r\n", "\r")],
    ["mixed line ends", TABLE.replace("\r\n", "\r").replace("\r\n", "\n")],
    ["no line end at the end", TABLE.trimEnd()],
    ["all cells quoted", TABLE.replace(/[^,\r\n]+/g, '"$&"')],
    ["a tab behind the closing quote", TABLE.replace(/[^,\r\n]+/g, '"$&"\t ')],
  ])("%s: the same cells", async (_, text) => {
    expect(await readCells(text)).toEqual(CELLS);
  });

  test("the delimiter is that of the header, not that of the titles above it", async () => {
    const text = "说明,一,二,三\n,,,\n编号;姓名\n1;a,b\n";
    expect(await readCells(text)).toEqual([
      ["说明,一,二,三"],
      [",,,"],
      ["编号", "姓名"],
      ["1", "a,b"],
    ]);
  });

  test("GB18030 tab-separated text with =\"…\" cells keeps them as data", async () => {
    const text = '编号\t身份证\n="001"\t="000000198001010010"\n';
    expect(await readCells(iconv.encode(text, "gb18030"))).toEqual([
      ["编号", "身份证"],
      ['="001"', '="000000198001010010"'],
    ]);
  });
});

describe("quotes", () => {
  test("newlines, doubled quotes and delimiters inside quotes are data", async () => {
    expect(await readCells('编号,备注\n1,"甲\r\n乙,""丙"""\n2,""\n')).toEqual([
      ["编号", "备注"],
      ["1", '甲\r\n乙,"丙"'],
      ["2", null],
    ]);
  });

  test("a quote inside an unquoted cell is data", async () => {
    expect(await readCells('编号,备注\n1,5" 屏\n2, "x"\n')).toEqual([
      ["编号", "备注"],
      ["1", '5" 屏'],
      ["2", ' "x"'],
    ]);
  });

  test("text behind a closing quote faults the record with its text", async () => {
    const [sheet] = (await requireRead('编号,备注\n1,"a"b\n2,c\n')).sheets;
    expect(sheet!.rows.slice(1)).toEqual([
      { row: 2, cells: [], fault: "invalid.structure", text: '1,"a"b' },
      { row: 3, cells: ["2", "c"] },
    ]);
  });

  test("a quote that is never closed refuses the file with its line", async () => {
    expect(await readBytesAsExport('编号,备注\n1,"a\nb"\n2,"c\n3,d\n')).toEqual({
      refused: "unclosed_quote",
      detail: "line 4",
    });
  });
});

describe("rows", () => {
  test("title rows, rules and blank lines inside are rows, at the end they are not", async () => {
    const text = "学分导出\n-----\n\n编号,姓名\n\n1,王\n,\n合计,1\n\n , \n\n";
    const [sheet] = (await requireRead(text)).sheets;
    expect(sheet!.rows.map((row) => [row.row, ...row.cells])).toEqual([
      [1, "学分导出"],
      [2, "-----"],
      [3, null],
      [4, "编号", "姓名"],
      [5, null],
      [6, "1", "王"],
      [7, null, null],
      [8, "合计", "1"],
    ]);
  });

  test("NUL bytes and the padding of cells come as they stand", async () => {
    expect(await readCells("编号,姓名\n 1\0 ,　王　\n")).toEqual([
      ["编号", "姓名"],
      [" 1\0 ", "　王　"],
    ]);
  });

  test("rows come in batches of at most 5,000", async () => {
    const lines = Array.from({ length: 12_001 }, (_, index) => `${index},x`);
    const read = await requireRead(`编号,姓名\n${lines.join("\n")}`);
    expect(read.sheets[0]!.rows).toHaveLength(12_002);
    expect(Math.max(...read.sheets[0]!.batchSizes)).toBe(5_000);
  });
});

describe("refusals", () => {
  test.each([
    ["no byte", ""],
    ["only a byte order mark", "\uFEFF"],
    ["only white space", " \r\n\t\n"],
    ["only delimiters", ",,,\n,,,\n"],
  ])("%s is empty", async (_, text) => {
    expect(await readBytesAsExport(text)).toMatchObject({ refused: "empty" });
  });

  test("a line over the limit is too large", async () => {
    const text = `编号,姓名\n1,${"x".repeat(5_000)}\n2,y\n`;
    const options = { ...headerWith("编号"), maxLineBytes: 4_096 };
    expect(await readBytesAsExport(text, options)).toMatchObject({ refused: "too_large" });
  });

  test.each([
    ["a PDF", Buffer.from("%PDF-1.7\n")],
    ["a picture", Buffer.from("\x89PNG\r\n\x1a\n", "latin1")],
    ["random bytes", Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * i * 31 + i) % 251))],
  ])("%s is unreadable", async (_, bytes) => {
    expect(await readBytesAsExport(bytes)).toMatchObject({ refused: "unreadable" });
  });

  test("a text without the header is read, for the caller to say what is missing", async () => {
    expect(await readCells("发送失败：附件过大\n")).toEqual([["发送失败：附件过大"]]);
  });
});
