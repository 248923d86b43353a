import { utils, write } from "@e965/xlsx";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { readBytesAsExport, requireRead } from "./reading.ts";

const NAMESPACES =
  'xmlns="urn:schemas-microsoft-com:office:spreadsheet" ' +
  'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"';

function spreadsheetMl(table: string, { head = "", declaration = '<?xml version="1.0"?>' } = {}) {
  return `${declaration}<?mso-application progid="Excel.Sheet"?><Workbook ${NAMESPACES}>${head}
    <Worksheet ss:Name="国内&amp;培训"><Table ss:ExpandedRowCount="1">${table}</Table></Worksheet>
    </Workbook>`;
}

const data = (type: string, value: string) => `<Data ss:Type="${type}">${value}</Data>`;
const cell = (value: string) => `<Cell>${data("String", value)}</Cell>`;

async function readTable(table: string, options?: Parameters<typeof spreadsheetMl>[1]) {
  return (await requireRead(spreadsheetMl(table, options))).sheets[0]!;
}

describe("SpreadsheetML 2003", () => {
  test("a written workbook comes back, its hidden sheet too", async () => {
    const rows = [["题"], [], ["编号", "学时"], ["001", 1.5], ["000000198001010010", -2]];
    const book = utils.book_new();
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows), "培训");
    utils.book_append_sheet(book, utils.aoa_to_sheet([[true]]), "隐藏");
    const read = await requireRead(write(book, { type: "buffer", bookType: "xlml" }));
    expect(read.format).toBe("spreadsheetml");
    expect(read.sheets.map((sheet) => [sheet.name, sheet.cells])).toEqual([
      ["培训", rows],
      ["隐藏", [[true]]],
    ]);
  });

  test("indexes, spans and merged cells put cells where they stand", async () => {
    const sheet = await readTable(
      `<Row><Cell ss:MergeAcross="2">${data("String", "题")}</Cell>${cell("尾")}</Row>
       <Row ss:Index="4"><Cell ss:Index="3">${data("Number", "7")}</Cell>${cell("八")}</Row>
       <Row ss:Span="2"/><Row>${cell("九")}</Row><Row><Cell ss:StyleID="a"/></Row>`,
    );
    expect(sheet.rows.filter((row) => row.cells.length > 0)).toEqual([
      { row: 1, cells: ["题", null, null, "尾"] },
      { row: 4, cells: [null, null, 7, "八"] },
      { row: 8, cells: ["九"] },
    ]);
    expect(sheet.rows).toHaveLength(8);
  });

  test("dates, booleans, errors and formulas are read by type and style", async () => {
    const head = `<Styles><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style>
      <Style ss:ID="n"><NumberFormat ss:Format="0.00"/></Style></Styles>`;
    const sheet = await readTable(
      `<Row><Cell>${data("DateTime", "2021-08-19T13:24:05.000")}</Cell>
        <Cell ss:StyleID="d">${data("Number", "44427")}</Cell>
        <Cell ss:StyleID="n">${data("Number", "44427")}</Cell>
        <Cell>${data("Boolean", "0")}</Cell><Cell>${data("Error", "#N/A")}</Cell>
        <Cell ss:Formula="=1+1">${data("Number", "2")}</Cell>
        <Cell>${data("Number", "4.3E+17")}</Cell></Row>`,
      { head },
    );
    expect(sheet.cells).toEqual([
      [
        { kind: "date", wallMs: Date.UTC(2021, 7, 19, 13, 24, 5) },
        { kind: "date", wallMs: Date.UTC(2021, 7, 19) },
        44427,
        false,
        "#N/A",
        2,
        4.3e17,
      ],
    ]);
  });

  test("the 1904 date system is told", async () => {
    const head = `<ExcelWorkbook><Date1904/></ExcelWorkbook>`;
    expect((await readTable(`<Row>${cell("a")}</Row>`, { head })).is1904).toBe(true);
  });

  test("comments of cells, rich text, entities and CDATA do not mislead", async () => {
    const sheet = await readTable(
      `<Row><Cell><Data ss:Type="String"><B>粗</B><Font>体&#20013; &lt;&amp;</Font></Data>
        <Comment><ss:Data>批注</ss:Data></Comment></Cell></Row>
       <!-- <Row>${cell("隐")}</Row> --><Row><Cell><Data ss:Type="String"><![CDATA[<Row>]]></Data>
       </Cell></Row><Row><Cell><Comment><ss:Data>只有批注</ss:Data></Comment></Cell></Row>`,
    );
    expect(sheet.cells).toEqual([["粗体中 <&"], ["<Row>"]]);
  });

  test.each([
    ["GBK as declared", "gbk", "gb2312"],
    ["UTF-16 with its mark", "utf-16le", "utf-16"],
    ["UTF-8 with its mark", "utf-8", "utf-8"],
  ])("%s is decoded", async (_, encoding, declared) => {
    const declaration = `<?xml version="1.0" encoding="${declared}"?>`;
    const xml = spreadsheetMl(`<Row>${cell("简阳市")}</Row>`, { declaration });
    const bytes = iconv.encode(xml, encoding, { addBOM: encoding !== "gbk" });
    const [sheet] = (await requireRead(bytes)).sheets;
    expect([sheet!.name, sheet!.cells]).toEqual(["国内&培训", [["简阳市"]]]);
  });

  test("a sheet of several chunks comes whole and balances", async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => `<Row>${cell(`教师${index}`)}</Row>`);
    const sheet = await readTable(rows.join(""));
    expect(sheet.rows).toHaveLength(30_000);
    expect(sheet.cells[29_999]).toEqual(["教师29999"]);
  });

  test("a truncated workbook is unreadable", async () => {
    const xml = spreadsheetMl(`<Row>${cell("a")}</Row>`);
    expect(await readBytesAsExport(xml.slice(0, -40))).toMatchObject({ refused: "unreadable" });
  });
});

describe("HTML saved as a workbook", () => {
  const page = `<!DOCTYPE html><html><head><style>td{color:red}</style></head><body>
    <!-- <table><tr><td>隐</td></tr></table> --><table border=1>
    <tr><th colspan="2">学分<br>导出</th><td>右</td></tr>
    <tr><td rowspan=2>编号</td><td>000000198001010010</td></tr>
    <tr><td>&nbsp;a&lt;b&#20013;</td></tr><tr><td></td><td>&nbsp;</td></tr></table>
    <table><tr><td>二</td></tr></table></body></html>`;
  const tables = [
    [
      ["学分\n导出", null, "右"],
      ["编号", "000000198001010010"],
      [null, "a<b中"],
    ],
    [["二"]],
  ];

  test.each(["utf-8", "gb18030"])("tables in %s come as sheets of text", async (encoding) => {
    const read = await requireRead(iconv.encode(page, encoding));
    expect(read).toMatchObject({ format: "html", encoding });
    expect(read.sheets.map((sheet) => sheet.cells)).toEqual(tables);
  });

  test("a page without a table is unreadable", async () => {
    expect(await readBytesAsExport("<html><body>登录超时</body></html>")).toEqual({
      refused: "unreadable",
      detail: "HTML page without a table",
    });
  });
});
