import { Buffer } from "node:buffer";
import {
  biff, buildXls, cellHead, le32, le64, record, rk, sharedStringTable,
} from "../ingest/readers/build-biff.ts";
import { buildZip, workbookParts } from "../ingest/readers/build-zip.ts";
import { identityNumber } from "./identity-number.ts";

type Cell = string | number;

const courseHeader = [
  "项目名称", "班级", "姓名", "账号", "身份证号", "市", "区县", "学校", "课程编号", "课程名称",
  "课程进度(%)", "观看时长(分钟)", "认定学时", "是否合格", "最近学习时间",
];

function courseRow(i: number): Cell[] {
  const person = i % 50_000;
  const isBad = i % 100 === 57;
  return [
    "2021年全员培训项目", `${1 + (person % 40)}班`, "王建国", `u${person}`,
    isBad ? "0000**********1234" : identityNumber(person), "成都市", "锦江区",
    `第${person % 900}实验小学`, `C${100 + Math.floor(i / 50_000)}`, "信息化教学设计与实践",
    i % 101, 30 + (i % 200), 1.5 + (i % 8), "是", `2021.0${1 + (i % 9)}.1${i % 10} 13:2${i % 10}`,
  ];
}

const backEndHeader = [
  "项目名称", "姓名", "手机号", "身份证", "单位", "课程编号", "课程名称", "学时", "已学时长（分）",
  "课程完成率", "完成状态", "学习开始时间", "学习结束时间",
];

function backEndRow(i: number): Cell[] {
  const person = i % 25_000;
  return [
    "2021年全员培训项目", "王建国", `1380000${String(person).padStart(5, "0")}`,
    i % 100 === 57 ? "0000**********1234" : identityNumber(person), `第${person % 900}实验小学`,
    `C${100 + Math.floor(i / 25_000)}`, "信息化教学设计与实践", 1.5 + (i % 8), 30 + (i % 200),
    `${i % 101}%`, "已完成", 44_300 + (i % 60), `2021-0${1 + (i % 9)}-1${i % 10} 13:2${i % 10}:05`,
  ];
}

/** Numbers strings in order of their first use, as writers of workbooks do. */
class StringTable {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  list(): string[] {
    return [...this.#numbers.keys()];
  }
}

/** Course rows of vendor-a as XLSX with shared strings, one title row, one sheet; 1 % bad. */
export function makeXlsx(nRows: number): Buffer {
  const strings = new StringTable();
  const letters = courseHeader.map((_, i) => String.fromCharCode(65 + i));
  const chunks: Buffer[] = [Buffer.from('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    + '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    + `<dimension ref="A1:O${nRows + 2}"/><sheetData>`)];
  let text = "";
  const put = (row: number, cells: readonly Cell[]) => {
    text += `<row r="${row}" spans="1:15">`;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as Cell;
      text += typeof cell === "number"
        ? `<c r="${letters[i]}${row}"><v>${cell}</v></c>`
        : `<c r="${letters[i]}${row}" s="1" t="s"><v>${strings.numberOf(cell)}</v></c>`;
    }
    text += "</row>";
    if (text.length < 1 << 20) return;
    chunks.push(Buffer.from(text));
    text = "";
  };
  put(1, ["锦江区学习情况"]);
  put(2, courseHeader);
  for (let i = 0; i < nRows; i++) put(i + 3, courseRow(i));
  chunks.push(Buffer.from(`${text}</sheetData></worksheet>`));
  const list = strings.list();
  const shared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    + '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    + ` count="${nRows * 12}" uniqueCount="${list.length}">`
    + `${list.map((one) => `<si><t>${one}</t></si>`).join("")}</sst>`;
  const styles = '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="49"/></cellXfs>'
    + "</styleSheet>";
  const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const parts = workbookParts(
    [{ name: "锦江区", xml: "" }],
    [
      { name: "xl/worksheets/sheet1.xml", content: Buffer.concat(chunks) },
      { name: "xl/sharedStrings.xml", content: shared },
      { name: "xl/styles.xml", content: styles },
      {
        name: "[Content_Types].xml",
        content: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
          + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
          + 'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
          + `<Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/>`
          + `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/>`
          + `<Override PartName="/xl/sharedStrings.xml" ContentType="${types}.sharedStrings+xml"/>`
          + `<Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
      },
    ],
  );
  return buildZip(parts);
}

/** Rows of vendor-b as BIFF8, half of them in each of two sheets; 1 % bad. */
export function makeXls(nRows: number): Buffer {
  const strings = new StringTable();
  const sheetOf = (from: number, to: number): Buffer[] => {
    const records: Buffer[] = [];
    const put = (row: number, cells: readonly Cell[]) => {
      cells.forEach((cell, column) => {
        if (typeof cell === "string") {
          const index = le32(strings.numberOf(cell));
          records.push(record(biff.labelSst, [...cellHead(row, column), ...index]));
        } else if (Number.isInteger(cell)) {
          records.push(record(biff.rk, [...cellHead(row, column), ...rk(cell)]));
        } else records.push(record(biff.number, [...cellHead(row, column), ...le64(cell)]));
      });
    };
    put(0, backEndHeader);
    for (let i = from; i < to; i++) put(i - from + 1, backEndRow(i));
    return [Buffer.concat(records)];
  };
  const half = Math.ceil(nRows / 2);
  const sheets = [
    { name: "一", records: sheetOf(0, half) }, { name: "二", records: sheetOf(half, nRows) },
  ];
  return buildXls({ version: 8, sheets, globals: [sharedStringTable(strings.list())] });
}
