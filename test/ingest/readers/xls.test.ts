import { CFB, utils, write } from "@e965/xlsx";
import iconv from "iconv-lite";
import { readXls } from "hucre/xlsx";
import { describe, expect, test } from "vitest";
import { readBytesAsExport, requireRead } from "./reading.ts";

/** One BIFF record. */
function record(id: number, data: readonly number[] | Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(data.length, 2);
  return Buffer.concat([header, Buffer.from(data)]);
}

const cellHead = (row: number, column: number, xf = 0) => [row, 0, column, 0, xf, 0];
const EOF = record(0x0a, []);
const bof = (version: number, type: number) => record(0x0809, [0, version, type, 0, 0, 0, 0, 0]);
const xfWithFormat = (format: number) => record(0xe0, [0, 0, format, 0, ...Array(16).fill(0)]);

/** A BIFF8 workbook of one sheet with the given records, in its container. */
function biff8(sheet: readonly Buffer[], globals: readonly Buffer[] = []): Buffer {
  const name = Buffer.from("S");
  const build = (offset: number) =>
    Buffer.concat([
      bof(6, 5),
      ...globals,
      record(0x85, [...le32(offset), 0, 0, name.length, 0, ...name]),
      EOF,
    ]);
  const head = build(build(0).length);
  return contain("Workbook", Buffer.concat([head, bof(6, 0x10), ...sheet, EOF]));
}

function le32(value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return [...bytes];
}

function contain(stream: string, content: Buffer): Buffer {
  const container = CFB.utils.cfb_new();
  CFB.utils.cfb_add(container, `/${stream}`, content);
  return Buffer.from(CFB.write(container, { type: "buffer" }) as Uint8Array);
}

describe("written workbooks", () => {
  test("a binary workbook comes back cell by cell, its hidden sheet too", async () => {
    const rows = [
      ["学分导出"],
      [],
      ["编号", "姓名", "学时", "是否合格"],
      ["001", "王小明", 1.5, true],
      ["000000198001010010", " 李红 ", -3, false],
      ["003", "𠮷野", 1e9, "#N/A"],
      ["004", "", 0.01],
      ["005", "丁", 12_345.67],
    ];
    const sheet = utils.aoa_to_sheet(rows);
    sheet.D6 = { t: "e", v: 0x2a };
    const book = utils.book_new();
    utils.book_append_sheet(book, sheet, "课程");
    utils.book_append_sheet(book, utils.aoa_to_sheet([[1]]), "隐藏");
    book.Workbook = { Sheets: [{ Hidden: 0 }, { Hidden: 1 }] };
    const read = await requireRead(write(book, { type: "buffer", bookType: "biff8" }));
    expect(read.format).toBe("xls");
    expect(read.sheets.map(({ name }) => name)).toEqual(["课程", "隐藏"]);
    expect(read.sheets[0]!.cells).toEqual(
      rows.map((row) => row.map((cell) => (cell === "" ? null : cell))),
    );
    expect(read.sheets[1]!.cells).toEqual([[1]]);
  });

  test("300 rows are read as hucre reads them", async () => {
    const rows = Array.from({ length: 300 }, (_, index) => [
      `T${index}`,
      `教师${index % 700}`,
      index / 4,
      index % 3 === 0,
    ]);
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows), "S");
    const bytes = write(book, { type: "buffer", bookType: "biff8" });
    const judged = await readXls(bytes);
    expect((await requireRead(bytes)).sheets[0]!.cells).toEqual(judged.sheets[0]!.rows);
  });
});

describe("records", () => {
  test("BIFF5 text is GBK, its sheets and dates are read", async () => {
    const text = (value: string) => [...iconv.encode(value, "gbk")];
    const label = (column: number, value: string) =>
      record(0x0204, [...cellHead(0, column), text(value).length, 0, ...text(value)]);
    const format = text("yyyy年m月d日");
    const globals = [
      bof(5, 5),
      record(0x041e, [170, 0, format.length, ...format]),
      xfWithFormat(0),
      xfWithFormat(170),
    ];
    const name = text("课程");
    const build = (offset: number) =>
      Buffer.concat([...globals, record(0x85, [...le32(offset), 0, 0, name.length, ...name]), EOF]);
    const head = build(build(0).length);
    const serial = record(0x027e, [...cellHead(0, 2, 1), ...le32((44_427 << 2) | 2)]);
    const sheet = [bof(5, 0x10), label(0, "编号"), label(1, "简阳市"), serial, EOF];
    const read = await requireRead(contain("Book", Buffer.concat([head, ...sheet])));
    expect(read.sheets.map((one) => [one.name, one.cells])).toEqual([
      ["课程", [["编号", "简阳市", { kind: "date", wallMs: Date.UTC(2021, 7, 19) }]]],
    ]);
  });

  test("shared strings go on in CONTINUE records, narrow and wide, rich and plain", async () => {
    const wide = (value: string) => [...Buffer.from(value, "utf16le")];
    // Rich text of five characters with one formatting run, cut behind the second.
    const richHead = [5, 0, 0x08, 1, 0, ...Buffer.from("ab")];
    const sst = record(0xfc, [...le32(3), ...le32(1), ...richHead]);
    const rest = record(0x3c, [1, ...wide("成都市"), 0, 0, 0, 0, 2, 0, 1, ...wide("甲")]);
    const last = record(0x3c, [0, ...Buffer.from("b"), 1, 0, 0, ...Buffer.from("z")]);
    const cells = [0, 1, 2].map((index) =>
      record(0xfd, [...cellHead(0, index), ...le32(index)]),
    );
    const bytes = biff8(cells, [sst, rest, last]);
    expect((await requireRead(bytes)).sheets[0]!.cells).toEqual([["ab成都市", "甲b", "z"]]);
  });

  test("a formula's text is found behind its shared formula; empty text keeps the row", async () => {
    const text = (kind: number) => [kind, 0, 0, 0, 0, 0, 0xff, 0xff, ...Array(6).fill(0)];
    const bytes = biff8([
      record(0x06, [...cellHead(0, 0), ...text(0)]),
      record(0x04bc, Array(10).fill(0)),
      record(0x0207, [2, 0, 0, ...Buffer.from("ok")]),
      record(0x06, [...cellHead(0, 1), 1, 0, 1, 0, 0, 0, 0xff, 0xff, ...Array(6).fill(0)]),
      record(0x06, [...cellHead(0, 2), 2, 0, 0x17, 0, 0, 0, 0xff, 0xff, ...Array(6).fill(0)]),
      record(0x06, [...cellHead(1, 0), ...text(3)]),
    ]);
    expect((await requireRead(bytes)).sheets[0]!.cells).toEqual([["ok", true, "#REF!"], [null]]);
  });

  test("rich text, packed numbers and East Asian date formats are read", async () => {
    const rk = (value: number) => le32(((value << 2) | 2) >>> 0);
    const bytes = biff8(
      [
        record(0xd6, [...cellHead(0, 0), 1, 0, 1, ...Buffer.from("成", "utf16le"), 0, 0]),
        record(0xbd, [0, 0, 1, 0, 0, 0, ...rk(7), 0, 0, ...rk(-8), 2, 0]),
        record(0x027e, [...cellHead(0, 3, 1), ...rk(44_427)]),
        record(0x027e, [...cellHead(0, 4), ...le32(((1_234 << 2) | 3) >>> 0)]),
      ],
      [xfWithFormat(0), xfWithFormat(31)],
    );
    const date = { kind: "date", wallMs: Date.UTC(2021, 7, 19) };
    expect((await requireRead(bytes)).sheets[0]!.cells).toEqual([["成", 7, -8, date, 12.34]]);
  });

  test("dates of the 1904 system are resolved and the system is told", async () => {
    const bytes = biff8(
      [record(0x027e, [...cellHead(0, 0), ...le32((42_965 << 2) | 2)])],
      [record(0x22, [1, 0]), xfWithFormat(14)],
    );
    const [sheet] = (await requireRead(bytes)).sheets;
    expect(sheet!.cells).toEqual([[{ kind: "date", wallMs: Date.UTC(2021, 7, 19) }]]);
    expect(sheet!.is1904).toBe(true);
  });

  test("cells out of order, and cells that are only formatted, are put right", async () => {
    const rk = le32((1 << 2) | 2);
    const bytes = biff8([
      record(0x027e, [...cellHead(2, 1), ...rk]),
      record(0x027e, [...cellHead(0, 0), ...rk]),
      record(0x0201, cellHead(40, 3)),
    ]);
    expect((await requireRead(bytes)).sheets[0]!.cells).toEqual([[1], [], [null, 1]]);
  });
});

test("a bare stream without its container is read", async () => {
  const cells = [record(0x027e, [...cellHead(0, 0), ...le32((7 << 2) | 2)])];
  const name = Buffer.from("S");
  const build = (offset: number) => Buffer.concat([
    bof(6, 5), record(0x85, [...le32(offset), 0, 0, name.length, 0, ...name]), EOF,
  ]);
  const head = build(build(0).length);
  const read = await requireRead(Buffer.concat([head, bof(6, 0x10), ...cells, EOF]));
  expect([read.format, read.sheets[0]!.cells]).toEqual(["xls", [[7]]]);
});

describe("refusals", () => {
  const good = biff8([record(0x027e, [...cellHead(0, 0), 6, 0, 0, 0])]);

  test.each([
    ["an encrypted workbook", biff8([], [record(0x2f, [0, 0, 0, 0])]), "encrypted workbook"],
    ["an encrypted package", contain("EncryptedPackage", Buffer.alloc(5_000)), "encrypted"],
    ["a container without workbook", contain("WordDocument", Buffer.alloc(5_000)), "no workbook"],
    ["a truncated container", good.subarray(0, 700), "unreadable"],
    [
      "a stream that ends inside a sheet",
      contain("Workbook", Buffer.concat([bof(6, 5), record(0x85, [...le32(24), 0, 0, 0, 0]), EOF])),
      "truncated workbook",
    ],
  ])("%s is unreadable", async (_, bytes, detail) => {
    const outcome = await readBytesAsExport(bytes);
    expect(outcome).toMatchObject({ refused: "unreadable" });
    expect(JSON.stringify(outcome)).toContain(detail);
  });
});
