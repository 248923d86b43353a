import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { headerWith, readBytesAsExport, requireRead } from "./reading.ts";

async function readSheet(bytes: Uint8Array | string, headerColumns?: readonly string[]) {
  const read = await requireRead(bytes, { ...headerWith("编号"), headerColumns });
  return { ...read.sheets[0]!, format: read.format, encoding: read.encoding };
}

const nested = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("JSON array", () => {
  test("columns are the union of the keys, nested ones by path, missing ones empty", async () => {
    const sheet = await readSheet(`[
      {"idCard": "000000198001010010", "creditHour": 1.50, "ok": true},
      {"idCard": null, "actor": {"account": {"name": "甲"}}, "tags": ["a", {"b": 1}]}
    ]\r\n`);
    expect(sheet.format).toBe("json");
    expect(sheet.columns).toEqual(["idCard", "creditHour", "ok", "actor.account.name", "tags"]);
    expect(sheet.rows).toEqual([
      { row: 1, cells: ["000000198001010010", 1.5, true, null, null] },
      { row: 2, cells: [null, null, null, "甲", '["a",{"b":1}]'] },
    ]);
  });

  test("elements that are no objects, or no JSON, are faults of their own", async () => {
    const sheet = await readSheet(`[{"a":1}, 5, [{"a":2}], "x, ]",
      {"a":tru}, null, ${nested(65)}]`);
    expect(sheet.rows.map(({ row, fault, text }) => [row, fault, text?.slice(0, 9)])).toEqual([
      [1, undefined, undefined],
      [2, "invalid.structure", "5"],
      [3, "invalid.structure", '[{"a":2}]'],
      [4, "invalid.structure", '"x, ]"'],
      [5, "invalid.structure", '{"a":tru}'],
      [6, "invalid.structure", "null"],
      [7, "invalid.structure", '{"a":[[[['],
    ]);
  });

  test("an empty array has no rows, one of invisible characters has one that is none", async () => {
    expect((await readSheet(" [ ] ")).rows).toEqual([]);
    for (const text of ["[\u3000]", "[\uFEFF]"]) {
      expect((await readSheet(text)).rows[0]).toMatchObject({ fault: "invalid.structure" });
    }
  });

  test("NUL and space may follow the array", async () => {
    expect((await readSheet('[{"a":1}]\0\0\n')).rows).toHaveLength(1);
  });

  test("a lead byte that GB18030 could read does not turn a UTF-8 file into jumble", async () => {
    const bytes = Buffer.concat([
      Buffer.from('[{"a":"成都'),
      Buffer.of(0xe6, 0xe6),
      Buffer.from('"},{"a":"简阳市教育"}]'),
    ]);
    const sheet = await readSheet(bytes);
    expect(sheet.encoding).toBe("utf-8");
    expect(sheet.rows.map((row) => row.fault)).toEqual(["invalid.encoding", undefined]);
  });

  test("a broken byte faults its element only", async () => {
    const bytes = Buffer.concat([
      Buffer.from('[{"a":"成都'),
      Buffer.of(0xff),
      Buffer.from('"},{"a":"简阳"}]'),
    ]);
    expect((await readSheet(bytes)).rows).toEqual([
      { row: 1, cells: [], fault: "invalid.encoding", text: '{"a":"成都\uFFFD"}' },
      { row: 2, cells: ["简阳"] },
    ]);
  });

  test.each([
    ["utf-8-bom", Buffer.from('\uFEFF[{"a":"成都市"}]')],
    ["utf-16le", Buffer.from('\uFEFF[{"a":"成都市"}]', "utf16le")],
    ["gb18030", iconv.encode('[{"a":"成都市武侯区"}]', "gb18030")],
  ])("%s is decoded", async (encoding, bytes) => {
    const sheet = await readSheet(bytes);
    expect(sheet.encoding).toBe(encoding);
    expect(sheet.cells[0]![0]).toMatch(/^成都市/);
  });

  test("in GB18030 a second byte that looks like a bracket or a backslash is none", async () => {
    // 乗 is 81 5C, 乕 81 5B, 乚 81 5D, 亄 81 7B, 亇 81 7D, all behind common characters.
    const values = [{ a: "成都市武侯区教育局乗", b: "乗" }, { a: "乚亄", b: "亇乕" }];
    const sheet = await readSheet(iconv.encode(JSON.stringify(values), "gb18030"));
    expect(sheet.encoding).toBe("gb18030");
    expect(sheet.cells).toEqual([["成都市武侯区教育局乗", "乗"], ["乚亄", "亇乕"]]);
  });

  test("a broken byte in GB18030 faults its element only", async () => {
    const bytes = Buffer.concat([
      iconv.encode('[{"a":"成都市武侯区教育局', "gb18030"), Buffer.of(0xff),
      iconv.encode('"},{"a":"简阳市教育局"}]', "gb18030"),
    ]);
    const sheet = await readSheet(bytes);
    expect(sheet.rows.map((row) => row.fault)).toEqual(["invalid.encoding", undefined]);
  });

  test("an object where others have a plain value is its JSON text", async () => {
    const sheet = await readSheet('[{"a":"1"},{"a":{"b":2}}]');
    expect(sheet.columns).toEqual(["a", "a.b"]);
    expect(sheet.cells).toEqual([["1", null], ['{"b":2}', null]]);
  });

  test("a path of the contract is one column even where an object stands there", async () => {
    const sheet = await readSheet('[{"o":{"name":{"zh-CN":"课"},"id":"1"}}]', ["o.name", "o.id"]);
    expect(sheet.columns).toEqual(["o.name", "o.id"]);
    expect(sheet.cells).toEqual([['{"zh-CN":"课"}', "1"]]);
  });

  test("beyond 1,000 keys only those of contracts are columns, others stand before them", async () => {
    const objects = [
      ...Array.from({ length: 1_001 }, (_, i) => `{"k${i}":${i}}`), '{"x":null,"y":5,"z":"6","w":7}',
      '{"k1":1,"编号":2}', "{}",
    ];
    const options = { ...headerWith("编号"), wantedColumns: ["编号"] };
    for (const text of [`[${objects.join(",")}]`, objects.join("\n")]) {
      const { sheets: [sheet] } = await requireRead(text, options);
      expect(sheet!.columns).toHaveLength(1_003);
      expect(sheet!.columns!.slice(0, 3)).toEqual(["", "", "k0"]);
      expect(sheet!.columns!.at(-1)).toBe("编号");
      expect(sheet!.cells[0]).toEqual([null, null, 0]);
      expect(sheet!.cells[1_000]).toEqual([1_000]);
      expect(sheet!.cells[1_001]).toEqual([5, 7]);
      expect(sheet!.cells[1_002]!.filter((cell) => cell !== null)).toEqual([1, 2]);
      expect(sheet!.cells[1_003]).toEqual([]);
    }
  });

  test.each([
    ["that is not closed", '[{"a":1},'],
    ["of 100,000 open brackets", "[".repeat(100_000)],
    ["with text behind it", '[{"a":1}] [2]'],
  ])("an array %s is unreadable", async (_, text) => {
    expect(await readBytesAsExport(text)).toMatchObject({ refused: "unreadable" });
  });

  test("an element over the limit is too large", async () => {
    const options = { ...headerWith("编号"), maxLineBytes: 1_000 };
    const text = `[{"a":"${"x".repeat(2_000)}"}]`;
    expect(await readBytesAsExport(text, options)).toMatchObject({ refused: "too_large" });
  });

  test("random arrays come back element by element and balance", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 8 }),
        fc.constantFrom(undefined, 1, "\t"),
        async (values, indent) => {
          const sheet = await readSheet(JSON.stringify(values, null, indent));
          expect(sheet.rows.map((row) => row.fault === undefined)).toEqual(
            values.map((one) => one !== null && typeof one === "object" && !Array.isArray(one)),
          );
        },
      ),
      { numRuns: 150, seed: 51, interruptAfterTimeLimit: 3_000 },
    );
  });

  test("an array of several chunks comes whole and balances", async () => {
    const values = Array.from({ length: 20_000 }, (_, index) => ({
      trainId: `T${index}`,
      trainName: `成都市"培训", {项目} [${index}] \\`,
    }));
    const sheet = await readSheet(JSON.stringify(values));
    expect(sheet.rows).toHaveLength(20_000);
    expect(sheet.cells[19_999]).toEqual(Object.values(values[19_999]!));
  });
});

describe("NDJSON", () => {
  const statement = {
    id: "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
    actor: { account: { homePage: "https://registry.scdx.example", name: "T1" } },
    result: { completion: true, duration: "PT1H5M2S" },
  };

  test("columns are the contract's paths in their order", async () => {
    const paths = ["actor.account.name", "id", "result.completion", "result.success", "actor"];
    const sheet = await readSheet(`${JSON.stringify(statement)}\r\n`, paths);
    expect(sheet.format).toBe("ndjson");
    expect(sheet.columns).toEqual(paths);
    expect(sheet.rows).toEqual([
      { row: 1, cells: ["T1", statement.id, true, null, JSON.stringify(statement.actor)] },
    ]);
  });

  test("without a contract the columns are the union of the paths", async () => {
    const sheet = await readSheet('{"a":{"b":1}}\n{"c":2}\n');
    expect(sheet.columns).toEqual(["a.b", "c"]);
    expect(sheet.cells).toEqual([
      [1, null],
      [null, 2],
    ]);
  });

  test("lines that are no objects are faults, blank ones inside are empty rows", async () => {
    const bad = ["[1]", "5", "{oops"];
    const lines = ['{"a":1}', "", ...bad, nested(64), nested(65), '{"a":1} x', " ", ""];
    const sheet = await readSheet(lines.join("\r\n"), ["a"]);
    expect(sheet.rows.map(({ row, fault }) => [row, fault])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, "invalid.structure"],
      [4, "invalid.structure"],
      [5, "invalid.structure"],
      [6, undefined],
      [7, "invalid.structure"],
      [8, "invalid.structure"],
    ]);
  });

  test("a million blank lines before a last statement are rows", async () => {
    const sheet = await readSheet(`{"a":1}${"\n".repeat(1_000_000)}{"a":2}\n`, ["a"]);
    expect(sheet.rows).toHaveLength(1_000_001);
    expect(sheet.rows.at(-1)).toEqual({ row: 1_000_001, cells: [2] });
    expect(sheet.rows[999_999]).toEqual({ row: 1_000_000, cells: [] });
  });

  test("a line of invisible characters is a blank line and balances", async () => {
    for (const blank of ["\u3000", "\v", "\0\0", "\uFEFF", "\u00A0 "]) {
      const sheet = await readSheet(`{"a":1}\n${blank}\n{"a":2}\n${blank}\n`, ["a"]);
      expect(sheet.rows.map((row) => [row.cells[0], row.fault])).toEqual([
        [1, undefined], [undefined, undefined], [2, undefined], [undefined, undefined],
      ]);
    }
  });

  test("an object without anything the contract asks for shows its other values", async () => {
    const lines = ['{"a":1}', '{"x":1,"y":{"z":"2"}}', "{}"];
    const sheet = await readSheet(lines.join("\n"), ["a", "b"]);
    expect(sheet.cells).toEqual([[1, null], [null, null, 1, "2"], [null, null]]);
  });

  test("100,000 open brackets in a line cost that line only", async () => {
    const sheet = await readSheet(`{"a":1}\n{"a":${"[".repeat(100_000)}\n{"a":2}\n`, ["a"]);
    expect(sheet.rows.map((row) => row.fault)).toEqual([undefined, "invalid.structure", undefined]);
    expect(sheet.rows[1]!.text).toHaveLength(10_000);
  });

  test("a broken byte faults its line only", async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"成都'),
      Buffer.of(0xff),
      Buffer.from('"}\n{"a":"简阳"}\n'),
    ]);
    const sheet = await readSheet(bytes, ["a"]);
    expect(sheet.rows.map((row) => row.fault)).toEqual(["invalid.encoding", undefined]);
  });

  test("a first line that is no object does not hide the statements behind it", async () => {
    for (const first of ["oops", "[1]", "导出 2021"]) {
      const sheet = await readSheet(`${first}\n{"a":1}\n{"a":2}\n`, ["a"]);
      expect(sheet.format).toBe("ndjson");
      expect(sheet.rows.map((row) => row.fault)).toEqual([
        "invalid.structure",
        undefined,
        undefined,
      ]);
    }
  });

  test("a line over the limit is too large", async () => {
    const options = { ...headerWith("编号"), maxLineBytes: 1_000 };
    const text = `{"a":1}\n{"a":"${"x".repeat(2_000)}"}\n`;
    expect(await readBytesAsExport(text, options)).toMatchObject({ refused: "too_large" });
  });
});
