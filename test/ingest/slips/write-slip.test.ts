import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import * as spreadsheet from "@e965/xlsx";
import { readXlsx } from "hucre";
import { loadContracts } from "../../../functions/ingest/contracts/load-contracts.ts";
import type { QuarantinedRow } from "../../../functions/ingest/quarantine.ts";
import type { RawCell } from "../../../functions/ingest/raw.ts";
import { cellCharacters, cutMark } from "../../../functions/ingest/slip-text.ts";
import { writeSlip, type SlipRequest } from "../../../functions/ingest/write-slip.ts";

let folder: string;
let files = 0;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "slips-")); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contracts = loadContracts();
const contractOf = (system: string, name: string) =>
  contracts.find((c) => c.system === system && c.export === name) ??
    (() => { throw new Error(`no contract ${system}/${name}`); })();
const teachers = contractOf("registry", "teachers");
const roster = [
  "教师编号", "姓名", "身份证件类型", "身份证号", "学校标识码", "任教学段", "任教学科", "岗位",
  "在岗状态", "变动日期", "手机号",
];

const rejectedRow = (
  row: number, cells: readonly RawCell[], more: Partial<QuarantinedRow> = {},
): QuarantinedRow => ({
  sheet: "", row, cell: "学校标识码", reasons: ["invalid.school_code"], column: 4, cells, text: null,
  ...more,
});

/** Writes a slip of these rows and reads all of it back. */
async function write(
  rows: readonly QuarantinedRow[], changes: Partial<Omit<SlipRequest, "verdict">> = {},
  verdict: Partial<SlipRequest["verdict"]> = {},
) {
  const file = ++files;
  const quarantine = join(folder, `${file}.ndjson`);
  writeFileSync(quarantine, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const reasons: Record<string, number> = {};
  for (const { reasons: [first = ""] } of rows) reasons[first] = (reasons[first] ?? 0) + 1;
  const rejects = await writeSlip({
    quarantine, folder, file, fileName: "教师名册.csv", system: "registry",
    landingDay: "2021-03-01", sha256: "ab".repeat(32), knownOn: "2021-03-02", contract: teachers,
    ...changes,
    verdict: {
      format: "csv", rowsRead: rows.length + 7, rowsAccepted: 4, rowsRejected: rows.length,
      rowsDuplicate: 3, rowsSkipped: 2, reasons, columnRemarks: [],
      headers: [{ sheet: "", columns: roster }], ...verdict,
    },
  });
  const workbook = readFileSync(rejects.slipXlsx);
  return {
    rejects, workbook, csv: readFileSync(rejects.slipCsv, "utf8"),
    json: readFileSync(rejects.slipJson, "utf8"),
    sheets: (await readXlsx(workbook, { readStyles: true })).sheets,
  };
}

type Sheet = Awaited<ReturnType<typeof write>>["sheets"][number];

/** Texts of the parts of a workbook, by a ZIP reader that shares nothing with the writer. */
function partsOf(workbook: Buffer): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (let at = 0; workbook.readUInt32LE(at) === 0x04034b50;) {
    const deflated = workbook.readUInt32LE(at + 18);
    const name = workbook.toString("utf8", at + 30, at + 30 + workbook.readUInt16LE(at + 26));
    const from = at + 30 + workbook.readUInt16LE(at + 26) + workbook.readUInt16LE(at + 28);
    parts.set(name, inflateRawSync(workbook.subarray(from, from + deflated)).toString("utf8"));
    at = from + deflated;
  }
  return parts;
}

/** Records of a CSV by RFC 4180, without byte order mark. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  const body = text.slice(1);
  for (let at = 0; at < body.length;) {
    let cell = "";
    if (body[at] === '"') {
      for (at++; ; at++) {
        if (body[at] === '"' && body[at + 1] === '"') at++;
        else if (body[at] === '"') break;
        cell += body[at];
      }
      at++;
    } else {
      while (body[at] !== "," && body[at] !== "\r") cell += body[at++];
    }
    record.push(cell);
    if (body[at] === ",") at++;
    else {
      at += 2;
      records.push(record);
      record = [];
    }
  }
  return records;
}

const fillOf = (sheet: Sheet | undefined, row: number, column: number): string | undefined => {
  const fill = sheet?.cells?.get(`${row},${column}`)?.style?.fill;
  return fill?.type === "pattern" ? fill.fgColor?.rgb?.slice(-6) : undefined;
};
const orange = "FFD966";

describe("the rejected rows on the slip", () => {
  it("stand in the sender's columns and words, with place, reason and what is accepted", async () => {
    const cells = ["5101T00001", "赵曦珩", "居民身份证", "00000019700101100X", "12", "小学", "语文",
      "教师", "在职", "2020-09-01", "13900004000"];
    const { sheets } = await write([rejectedRow(27, cells)]);
    expect(sheets.map((sheet) => sheet.name)).toEqual(["说明", "退回行"]);
    expect(sheets[1]?.rows).toEqual([
      ["行号", "单元格", "原因", "可接受的写法", ...roster],
      [27, "学校标识码", "“学校标识码”填写的“12”不是 10 位数字", "10 位数字（文本格式，保留前导零）",
        ...cells],
    ]);
  });

  it("colour every cell at fault, not only the first", async () => {
    const { sheets } = await write([
      rejectedRow(2, ["", "甲", "居民身份证", "51**1234", "12", null, null, "园丁", "在职", "", ""], {
        reasons: ["missing.teacher_no", "ruined.id_number", "invalid.school_code", "unknown.post"],
        column: 0, cell: "教师编号",
      }),
    ]);
    const coloured = roster.filter((_, k) => fillOf(sheets[1], 1, k + 4) === orange);
    expect(coloured).toEqual(["教师编号", "身份证号", "学校标识码", "岗位"]);
  });

  it("colour the names of county and city where they stand for a missing code", async () => {
    const header = ["学校标识码", "学校名称", "市（州）", "县（市、区）", "行政区划代码"];
    const { sheets } = await write(
      [rejectedRow(2, ["5101040001", "一小", "成都市", "高新区", ""], {
        reasons: ["unknown.area"], column: 4, cell: "行政区划代码",
      })],
      { contract: contractOf("registry", "schools") }, { headers: [{ sheet: "", columns: header }] },
    );
    expect(header.filter((_, k) => fillOf(sheets[1], 1, k + 4) === orange))
      .toEqual(["市（州）", "县（市、区）", "行政区划代码"]);
  });

  it("keep texts of rows without cells, and surplus cells, behind the columns", async () => {
    const { sheets } = await write([
      rejectedRow(2, [], {
        reasons: ["invalid.encoding"], column: null, cell: "", text: "5101\uFFFD,甲",
      }),
      rejectedRow(3, [...roster.map(() => "x"), "多", null, "余"], {
        reasons: ["invalid.structure"], column: null, cell: "",
      }),
    ]);
    const rows = sheets[1]?.rows ?? [];
    expect(rows[0]?.[15]).toBe("原始文本或多出的内容");
    expect(rows[1]?.slice(0, 3)).toEqual([2, "整行", "该行的字节已损坏，无法解码"]);
    expect(rows[1]?.slice(4, 16)).toEqual([...roster.map(() => null), "5101\uFFFD,甲"]);
    expect(rows[2]?.slice(15)).toEqual(["多", null, "余"]);
    expect([15, 16, 17].map((k) => fillOf(sheets[1], 2, k))).toEqual([orange, undefined, orange]);
    expect(fillOf(sheets[1], 1, 15)).toBe(orange);
  });

  it("show numbers as numbers up to 15 digits, longer ones, dates and booleans as text", async () => {
    const { sheets } = await write([rejectedRow(9, [
      4.3e17, 12.5, 999_999_999_999_999, true, "510104198001011234",
      { kind: "date", wallMs: Date.UTC(2021, 2, 1) },
      { kind: "date", wallMs: Date.UTC(2021, 2, 1, 13, 24) },
    ], { sheet: "一", cell: "E9" })], {}, {
      format: "xlsx", headers: [{ sheet: "一", columns: roster }],
    });
    expect(sheets[1]?.rows[0]?.[0]).toBe("工作表");
    expect(sheets[1]?.rows[1]?.slice(5, 12)).toEqual([
      "430000000000000000", 12.5, 999_999_999_999_999, "TRUE", "510104198001011234", "2021-03-01",
      "2021-03-01 13:24:00",
    ]);
  });

  it("of sheets with one header share a table, of another header have their own", async () => {
    const at = (sheet: string, row: number) => rejectedRow(row, ["x"], { sheet, cell: `E${row}` });
    const { sheets, csv } = await write([at("一", 2), at("二", 3), at("三", 4)], {}, {
      format: "xlsx",
      headers: [{ sheet: "一", columns: roster }, { sheet: "二", columns: [...roster, "备注"] },
        { sheet: "三", columns: [...roster] }],
    });
    expect(sheets.slice(1).map((s) => s.rows.map((r) => [r[0], r[1]]))).toEqual([
      [["工作表", "行号"], ["一", 2], ["三", 4]], [["工作表", "行号"], ["二", 3]],
    ]);
    expect(sheets[2]?.name).toBe("退回行2");
    expect(parseCsv(csv).map((record) => record[0])).toEqual(
      ["工作表", "一", "", "工作表", "二", "", "工作表", "三"]);
  });

  it("go on in further sheets where one is full", async () => {
    const { sheets, json } = await write(
      Array.from({ length: 25 }, (_, i) => rejectedRow(i + 2, [`T${i}`])), { rowsASheet: 10 });
    expect(sheets.map((s) => [s.name, s.rows.length])).toEqual(
      [["说明", sheets[0]?.rows.length], ["退回行", 11], ["退回行2", 11], ["退回行3", 6]]);
    expect(sheets.slice(1).flatMap((s) => s.rows.slice(1).map((r) => r[0])))
      .toEqual(json.trimEnd().split("\n").map((line) => (JSON.parse(line) as { row: number }).row));
  });

  it("beyond what a workbook can hold stand in the CSV, and the cover says how many", async () => {
    const { sheets, csv } = await write(
      Array.from({ length: 40 }, (_, i) => rejectedRow(i + 2, [`T${i}`])), { rowsASheet: 2 });
    expect(sheets).toHaveLength(17);
    expect(sheets[0]?.rows.flat()).toContain("40（另有 8 行放不进本工作簿，见同名 CSV 文件。）");
    expect(parseCsv(csv)).toHaveLength(41);
  });

  it("of objects with more keys than a sheet has columns stand whole in the CSV", async () => {
    const keys = Array.from({ length: 17_000 }, (_, k) => `k${k}`);
    const { sheets, csv } = await write([rejectedRow(1, keys)], {}, {
      format: "json", headers: [{ sheet: "", columns: keys }],
    });
    expect(sheets[1]?.rows.map((row) => row.length)).toEqual([16_384, 16_384]);
    expect(parseCsv(csv).map((record) => record.length)).toEqual([17_004, 17_004]);
  });

  it("read the same in another program's reader", async () => {
    const { workbook, sheets } = await write(
      [rejectedRow(2, ["甲", 1.5, "=1", "a\nb", "12"]), rejectedRow(3, ["_x0041_", -7])]);
    const book = spreadsheet.read(workbook, { cellStyles: true });
    expect(book.SheetNames).toEqual(["说明", "退回行"]);
    const other = spreadsheet.utils.sheet_to_json<unknown[]>(
      book.Sheets["退回行"] ?? {}, { header: 1, defval: null });
    const padded = other.map((row) => Array.from({ length: 15 }, (_, k) => row[k] ?? null));
    expect(padded).toEqual(sheets[1]?.rows.map((row) =>
      Array.from({ length: 15 }, (_, k) => row[k] ?? null)));
    expect(book.Sheets["退回行"]?.["!autofilter"]?.ref).toBe("A1:O3");
  });

  it("are the same bytes every time, for the owner alone", async () => {
    const rows = Array.from({ length: 700 }, (_, i) => rejectedRow(i + 2, [`T${i}`, "甲\n乙", i]));
    const [one, two] = [await write(rows), await write(rows)];
    expect(one.workbook.equals(two.workbook)).toBe(true);
    expect(one.csv).toBe(two.csv);
    const { slipXlsx, slipCsv, slipJson } = one.rejects;
    expect([slipXlsx, slipCsv, slipJson].map((path) => statSync(path).mode & 0o777))
      .toEqual([0o600, 0o600, 0o600]);
  });
});

describe("the cover", () => {
  it("names the file and how it is sent again, and its numbers add up", async () => {
    const { sheets } = await write(
      [rejectedRow(27, ["x"])], {}, { columnRemarks: ["added column: 备注"] });
    const cover = sheets[0]?.rows ?? [];
    const facts = new Map(cover.map((row) => [row[0], row[1]]));
    expect(facts.get("文件")).toBe("教师名册.csv");
    expect(facts.get("系统")).toBe("能力提升工程管理系统（registry）");
    expect(facts.get("导出")).toBe("教师名册");
    expect(facts.get("SHA-256")).toBe("ab".repeat(32));
    expect(facts.get("送达日期")).toBe("2021-03-01");
    expect(facts.get("处理日期")).toBe("2021-03-02");
    expect(facts.get("核对")).toBe("读入 8 = 接受 4 + 退回 1 + 重复 3");
    expect(facts.get("列的提示")).toBe("多出的列“备注”，未使用");
    expect(cover).toContainEqual([null, "“学校标识码”不是 10 位数字", 1]);
    expect(cover.flat().join("\n")).toContain("重新导出完整的文件再报送");
  });

  it("tells the sender of a delta export to send the repaired rows alone", async () => {
    const practice = contractOf("practice", "tasks");
    const { sheets } = await write([rejectedRow(2, ["x"], { reasons: ["unknown.ability_code"] })], {
      contract: practice, system: "practice",
    }, { headers: [{ sheet: "", columns: practice.fields.map((f) => f.header) }] });
    const text = sheets[0]?.rows.flat().join("\n");
    expect(text).toContain("已接受的行不必再报");
    expect(text).not.toContain("重新导出完整的文件再报送");
  });
});

describe("text that is none of a spreadsheet's business", () => {
  const corpus = [
    "=1+1", "=HYPERLINK(\"http://x.example\",\"点\")", "=cmd|'/c calc'!A0", "+1", "-1", "-",
    "@SUM(A1)",
    "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "'=1", "http://x.example", "mailto:a@b.example",
    "_x003D_1", "a_x000D_b", "</t></is></c><c><f>1</f></c>", "<![CDATA[=1]]>", "&#61;1",
    "\u0000=1", "\u0008x", "\ud800", "x\udfff", "\ufffe", " leading and trailing ",
    "a,b;c\td", "\"quoted\"", "😀",
    "510104198001011234", "0012", "1e5", "TRUE", "2021-03-01",
  ];

  const shownAs: Readonly<Record<string, string>> = {
    "\u0000=1": "␀=1", "\u0008x": "␈x", "\ud800": "\ufffd", "x\udfff": "x\ufffd", "\ufffe": "\ufffd",
  };

  it("stays text in cells and headers: no formula, no link, nothing shared", async () => {
    const headers = [...roster, ...corpus.map((text) => `${text}列`)];
    const { workbook, sheets } = await write(
      corpus.map((text, i) => rejectedRow(i + 2, [text, text, text, text, text])),
      { fileName: "=1+1.csv" }, { headers: [{ sheet: "", columns: headers }] });
    const parts = partsOf(workbook);
    for (const [name, xml] of parts) {
      if (!name.startsWith("xl/worksheets/")) continue;
      expect(xml.replace(/<t [^>]*>[^<]*<\/t>/g, "")).not.toMatch(/<f[ >/]|hyperlink|CDATA/);
      const types = new Set([...xml.matchAll(/ t="(\w+)"/g)].map((m) => m[1]));
      expect([...types]).toEqual(["inlineStr"]);
    }
    expect([...parts.keys()].filter((name) => /sharedStrings|externalLink|vba/i.test(name))).toEqual([]);
    for (const sheet of sheets) {
      for (const value of sheet.rows.flat()) {
        expect(value === null || typeof value === "string" || typeof value === "number").toBe(true);
      }
      for (const cell of sheet.cells?.values() ?? []) {
        expect(cell.formula).toBeUndefined();
        expect(cell.hyperlink).toBeUndefined();
      }
    }
    const shown = sheets[1]?.rows.slice(1).map((row) => row[4]);
    expect(shown).toEqual(corpus.map((text) => shownAs[text] ?? text));
  });

  it("gets an apostrophe in the CSV where a spreadsheet would compute it", async () => {
    const { csv } = await write(corpus.map((text, i) => rejectedRow(i + 2, [text])));
    const cells = parseCsv(csv).slice(1).map((record) => record[4] ?? "");
    expect(cells).toHaveLength(corpus.length);
    expect(cells.filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([]);
    expect(cells.filter((cell) => cell.startsWith("'"))).toHaveLength(15);
    expect(csv.startsWith("\uFEFF行号,")).toBe(true);
  });

  it("keeps an apostrophe for the editor of such a cell, and text format for all of them", async () => {
    const { workbook } = await write(
      [rejectedRow(2, ["=1", "12"], { column: 1, reasons: ["invalid.x"] })]);
    const styles = partsOf(workbook).get("xl/styles.xml") ?? "";
    const formats = [...styles.slice(styles.indexOf("<cellXfs")).matchAll(/<xf [^>]*>/g)];
    const sheet = partsOf(workbook).get("xl/worksheets/sheet2.xml") ?? "";
    const styleOf = (cell: string) =>
      formats[Number(new RegExp(`r="${cell}" s="(\\d+)"`).exec(sheet)?.[1])]?.[0];
    expect(styleOf("E2")).toMatch(/numFmtId="49".*quotePrefix="1"/);
    expect(styleOf("F2")).toMatch(/numFmtId="49"/);
    expect(styleOf("F2")).not.toMatch(/quotePrefix/);
  });

  it("is cut with a mark where it is longer than a cell, never through a character", async () => {
    // The mark would begin in the middle of the pair.
    const half = "x".repeat(cellCharacters - cutMark.length - 1);
    const { sheets, csv } = await write([
      rejectedRow(2, ["x".repeat(40_000), "x".repeat(32_767), `${half}😀${"y".repeat(99)}`]),
    ]);
    const [long, whole, pair] = (sheets[1]?.rows[1]?.slice(4, 7) ?? []) as string[];
    expect(long).toHaveLength(32_767);
    expect(long?.endsWith(cutMark)).toBe(true);
    expect(whole).toBe("x".repeat(32_767));
    expect(pair).toBe(`${half}${cutMark}`);
    expect(parseCsv(csv)[1]?.slice(4, 7)).toEqual([long, whole, pair]);
  });
});

it("says the same in workbook, CSV and JSON, whatever the cells hold", async () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }),
    fc.constantFrom("=1", "-", "+86", "@", "\r\n", "\"", ",", "_x0041_", "]]>", "\ud83d"));
  const cell: fc.Arbitrary<RawCell> = fc.oneof(
    { weight: 4, arbitrary: text },
    fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
  const row = fc.record({
    cells: fc.array(cell, { maxLength: 14 }), row: fc.integer({ min: 1, max: 9_999_999 }),
    reasons: fc.uniqueArray(fc.constantFrom(
      "missing.teacher_no", "invalid.school_code", "unknown.post", "invalid.structure",
    ), { minLength: 1 }),
  });
  await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
    const { sheets, csv, json } = await write(rows.map(({ cells, row: number, reasons }) =>
      rejectedRow(number, cells, { reasons, column: null })));
    const records = parseCsv(csv);
    const shown = sheets[1]?.rows ?? [];
    const asCsv = (value: unknown): string => {
      const plain = value === null || value === undefined ? "" : String(value);
      return typeof value === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(plain) ? `'${plain}` : plain;
    };
    expect(records.length).toBe(rows.length + 1);
    for (const [i, record] of records.entries()) {
      expect(record).toEqual(record.map((_, k) => asCsv(shown[i]?.[k])));
    }
    expect(json.trimEnd().split("\n").map((line) => JSON.parse(line) as object)).toEqual(
      rows.map(({ row: number, reasons }) =>
        ({ sheet: "", row: number, cell: "学校标识码", reasons })));
    expect(shown.slice(1).map((r) => r[0])).toEqual(rows.map((r) => r.row));
  }), { numRuns: 80, seed: 20210301 });
});
