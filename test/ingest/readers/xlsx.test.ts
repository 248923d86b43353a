import { readXlsx, writeXlsx } from "hucre";
import { describe, expect, test } from "vitest";
import { buildZip, workbookParts } from "./build-zip.ts";
import type { ZipPart } from "./build-zip.ts";
import { headerWith, readBytesAsExport, requireRead } from "./reading.ts";

const sheetOf = (rows: string) =>
  `<worksheet><dimension ref="A1"/><sheetData>${rows}</sheetData></worksheet>`;
const inline = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;

async function readSheet(rows: string, more: readonly ZipPart[] = [], properties = "") {
  const parts = workbookParts([{ name: "表", xml: sheetOf(rows) }], more, properties);
  return (await requireRead(buildZip(parts))).sheets[0]!;
}

const STYLES = `<styleSheet>
  <numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>
    <numFmt numFmtId="171" formatCode="000000"/>
    <numFmt numFmtId="172" formatCode="[Red]0.00;[Blue]-0.00"/></numFmts>
  <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
  <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="170"/>
    <xf numFmtId="171"/><xf numFmtId="172"/></cellXfs></styleSheet>`;

const dated = (wall: string) => ({ kind: "date", wallMs: Date.parse(`${wall}Z`) });

describe("cells", () => {
  test("every kind of cell of a written workbook comes as hucre reads it", async () => {
    const bytes = await writeXlsx({
      sheets: [
        {
          name: "名册 & 册",
          rows: [
            ["学校名册"],
            ["编号", "姓名", "日期", "学时", "是"],
            ["001", " 王小明 ", new Date(Date.UTC(2021, 7, 19, 13, 24, 5)), 1.5, true],
            [],
            ["000000198001010010", "𠮷<&>\"'\n行", new Date(Date.UTC(2021, 0, 1)), 4.3e17, false],
            [null, "", null, -0.25, null],
          ],
        },
        { name: "空表", rows: [] },
      ],
    });
    const read = await requireRead(bytes);
    expect(read.sheets.map((sheet) => sheet.name)).toEqual(["名册 & 册", "空表"]);
    const judged = await readXlsx(bytes);
    const expected = judged.sheets[0]!.rows.map((row) =>
      row.map((cell) =>
        cell instanceof Date ? { kind: "date", wallMs: cell.getTime() } : cell === "" ? null : cell,
      ),
    );
    const width = Math.max(...expected.map((row) => row.length));
    const padded = read.sheets[0]!.cells.map((row) =>
      Array.from({ length: width }, (_, column) => row[column] ?? null),
    );
    expect(padded).toEqual(
      expected.map((row) => Array.from({ length: width }, (_, column) => row[column] ?? null)),
    );
    expect(read.sheets[1]!.rows).toEqual([]);
  });

  test("dates are known by built-in, East Asian and custom formats", async () => {
    const cells = [1, 2, 3, 4, 5].map((style) => `<c s="${style}"><v>44427.55833333333</v></c>`);
    const sheet = await readSheet(`<row>${cells.join("")}</row>`, [
      { name: "xl/styles.xml", content: STYLES },
    ]);
    const date = dated("2021-08-19T13:24:00");
    expect(sheet.cells).toEqual([[date, date, date, 44427.55833333333, 44427.55833333333]]);
  });

  test("the 1904 date system is resolved in date cells and told", async () => {
    const styles = { name: "xl/styles.xml", content: STYLES };
    const sheet = await readSheet(
      '<row><c s="1"><v>42965</v></c></row>',
      [styles],
      '<workbookPr date1904="1"/>',
    );
    expect(sheet.cells).toEqual([[dated("2021-08-19T00:00:00")]]);
    expect(sheet.is1904).toBe(true);
  });

  test("serials around the leap day that never was keep Excel's calendar", async () => {
    const cells = [1, 59, 61].map((serial) => `<c s="1"><v>${serial}</v></c>`).join("");
    const sheet = await readSheet(`<row>${cells}</row>`, [
      { name: "xl/styles.xml", content: STYLES },
    ]);
    expect(sheet.cells).toEqual([
      [dated("1900-01-01T00:00"), dated("1900-02-28T00:00"), dated("1900-03-01T00:00")],
    ]);
  });

  test("error cells are text and their row is not lost", async () => {
    const sheet = await readSheet('<row><c t="e"><v>#N/A</v></c><c t="e"><v>#REF!</v></c></row>');
    expect(sheet.cells).toEqual([["#N/A", "#REF!"]]);
  });

  test("formula cells count by their cached value", async () => {
    const sheet = await readSheet(
      `<row><c><f>1+1</f><v>2</v></c><c t="str"><f>A1&amp;"x"</f><v>2x</v></c>
       <c><f>HYPERLINK("http://x")</f></c><c t="b"><f>TRUE()</f><v>1</v></c></row>`,
    );
    expect(sheet.cells).toEqual([[2, "2x", null, true]]);
  });

  test("runs are joined, phonetic text is left out, escapes are resolved", async () => {
    const strings = `<sst><si><r><t>成</t></r><r><t xml:space="preserve"> 都</t></r>
      <rPh sb="0" eb="1"><t>cheng</t></rPh></si><si><t>a_x000D_b</t></si></sst>`;
    const sheet = await readSheet('<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>', [
      { name: "xl/sharedStrings.xml", content: strings },
    ]);
    expect(sheet.cells).toEqual([["成 都", "a\rb"]]);
  });

  test("an 18-digit number cell comes as the ruined number that it is", async () => {
    const sheet = await readSheet("<row><c><v>5.3010219600101E+17</v></c></row>");
    expect(sheet.cells).toEqual([[530102196001010000]]);
  });
});

describe("rows", () => {
  test("cells count where they stand, never by the declared range", async () => {
    const sheet = await readSheet(
      `<row r="2"><c r="C2"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c></row>
       <row r="8"><c r="A8"><v></v></c></row><row r="9"><c r="A9" s="1"/></row>`,
    );
    expect(sheet.rows).toEqual([
      { row: 1, cells: [] },
      { row: 2, cells: [null, null, 1] },
      { row: 3, cells: [] },
      { row: 4, cells: [] },
      { row: 5, cells: [2] },
    ]);
  });

  test("rows and cells without a reference follow one another", async () => {
    const sheet = await readSheet(`<row>${inline("甲")}${inline("乙")}</row><row/><row>
      <c r="B3"><v>1</v></c><c><v>2</v></c></row>`);
    expect(sheet.cells).toEqual([["甲", "乙"], [], [null, 1, 2]]);
  });

  test("prefixed tags, comments, CDATA and rows given in two parts are read", async () => {
    const xml = `<?xml version="1.0"?><x:worksheet><x:sheetData><!-- <x:row r="99"><x:v>9</x:v> -->
      <x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t><![CDATA[<row r="50">]]></x:t></x:is></x:c>
      </x:row><x:row r="1"><x:c r="C1"><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
    const parts = workbookParts([{ name: "表", xml }]);
    const [sheet] = (await requireRead(buildZip(parts))).sheets;
    expect(sheet!.cells).toEqual([['<row r="50">', null, 3]]);
  });

  test("rows that stand out of order are put in order, parts of one row joined", async () => {
    const sheet = await readSheet(
      `<row r="4"><c r="A4"><v>4</v></c></row><row r="1"><c r="B1"><v>1</v></c></row>
       <row r="4"><c r="C4"><v>5</v></c></row><row><c><v>6</v></c></row>`,
    );
    expect(sheet.cells).toEqual([[null, 1], [], [], [4, null, 5], [6]]);
  });

  test("hidden sheets are read too", async () => {
    const xml = sheetOf("<row><c><v>1</v></c></row>");
    const parts = workbookParts([
      { name: "一", xml },
      { name: "二", xml, attributes: 'state="hidden"' },
    ]);
    const read = await requireRead(buildZip(parts));
    expect(read.sheets.map((sheet) => [sheet.name, sheet.cells])).toEqual([
      ["一", [[1]]],
      ["二", [[1]]],
    ]);
  });

  test("a sheet larger than may be held is streamed, comes whole and balances", async () => {
    const rows = Array.from({ length: 6_000 }, (_, index) => {
      const text = `${index}${"成都市武侯区".repeat(160)}`;
      return `<row r="${index + 1}"><c t="str"><v>${text}</v></c><c/></row>`;
    });
    const parts = workbookParts([{ name: "表", xml: sheetOf(rows.join("")) }]);
    const options = { ...headerWith("编号"), maxHeldBytes: 1024 ** 2 };
    const sheet = (await requireRead(buildZip(parts), options)).sheets[0]!;
    expect(sheet.rows).toHaveLength(6_000);
    const isWhole = ({ row, cells }: (typeof sheet.rows)[number]) =>
      cells[0] === `${row - 1}${"成都市武侯区".repeat(160)}`;
    expect(sheet.rows.every(isWhole)).toBe(true);
  });

  test("lower-case names and a strict namespace are no reason to lose rows", async () => {
    const strict = workbookParts([{ name: "表", xml: sheetOf("<row><c><v>1</v></c></row>") }]).map(
      (part) => ({
        ...part,
        name: part.name.toLowerCase(),
        content: String(part.content).replaceAll(
          "schemas.openxmlformats.org/officeDocument/2006",
          "purl.oclc.org/ooxml/officeDocument",
        ),
      }),
    );
    expect((await requireRead(buildZip(strict))).sheets[0]!.cells).toEqual([[1]]);
  });
});

describe("refusals", () => {
  const good = () => workbookParts([{ name: "表", xml: sheetOf("<row><c><v>1</v></c></row>") }]);
  const lastSays = (says: ZipPart["says"]) => {
    const parts = good();
    return [...parts.slice(0, -1), { ...parts.at(-1)!, says }];
  };

  test.each([
    ["a truncated archive", buildZip(good()).subarray(0, 400), "truncated archive"],
    ["two entries of one name", buildZip([...good(), good().at(-1)!]), "two entries"],
    ["a wrong checksum", buildZip(lastSays({ crc: 1 })), "checksum differs"],
    ["an entry longer than declared", buildZip(lastSays({ sizeBytes: 10 })), "declared size"],
    ["an entry shorter than declared", buildZip(lastSays({ sizeBytes: 999 })), "shorter"],
    ["an encrypted entry", buildZip(lastSays({ flags: 1 })), "encrypted"],
    ["an archive that is no workbook", buildZip([{ name: "a.txt", content: "x" }]), "no workbook"],
    ["a binary one", buildZip([{ name: "xl/workbook.bin", content: "x" }]), "XLSB workbook"],
    ["OpenDocument", buildZip([{ name: "content.xml", content: "x" }]), "OpenDocument file"],
    ["a workbook without sheets", buildZip(workbookParts([])), "without sheets"],
    [
      "sheet XML that ends inside",
      buildZip(workbookParts([{ name: "表", xml: "<worksheet><sheetData><row><c><v>1" }])),
      "XML ends inside",
    ],
    [
      "missing shared strings",
      buildZip(workbookParts([{ name: "表", xml: sheetOf('<row><c t="s"><v>0</v></c></row>') }])),
      "shared string",
    ],
  ])("%s is unreadable", async (_, bytes, detail) => {
    const outcome = await readBytesAsExport(bytes).catch((error: Error) => error);
    const text = outcome instanceof Error ? outcome.message : JSON.stringify(outcome);
    expect(text).toContain("unreadable");
    expect(text).toContain(detail);
  });

  test("entries that inflate beyond the limit together are too large", async () => {
    const bomb = { name: "xl/media/zero", content: Buffer.alloc(4 * 1024 ** 2) };
    const options = { ...headerWith("编号"), maxEntryBytes: 1024 ** 2 };
    expect(await readBytesAsExport(buildZip([...good(), bomb]), options)).toMatchObject({
      refused: "too_large",
    });
  });
});
