import type { DraftFile, Row, Table } from "../exports/table.ts";
import { encodeFile } from "../formats/write-table.ts";
import type { Cell } from "../formats/cell.ts";
import {
  countScopes, prepareTable, type PreparedFile, type PreparedTable,
} from "./prepared-file.ts";

/** One kind of dirt of a whole file; `apply` returns the files that land instead. */
export interface FileDirt {
  readonly name: string;
  readonly meaning: string;
  readonly outcome: "accepted" | "refused" | "repeated" | "ignored" | "held";
  readonly reasons?: readonly string[];
  /** `system/export` it can befall. */
  readonly on: readonly string[];
  apply(file: DraftFile): readonly PreparedFile[];
}

/** A file as it is meant to be. */
export function prepareFile(file: DraftFile): PreparedFile {
  return {
    ...file, tables: file.tables.map((t) => prepareTable(file.format, t)), bytes: encodeFile(file),
    refusal: null, scopes: countScopes(file), remarks: [],
  };
}

const deltas = ["practice/tasks", "credit/credits", "yunjiao/sessions", "survey/evaluations"];
const smallBooks = [
  "registry/plan_filings", "registry/spot_checks", "registry/programmes", "registry/schools",
];
const anyTable = [
  "practice/tasks", "yunjiao/sessions", "survey/evaluations", "vendor-b/courses", "ntms/trainings",
  "registry/spot_checks", "registry/plan_filings", "registry/school_points", "registry/schools",
];

function remarked(file: PreparedFile, dirt: FileDirt): PreparedFile {
  return {
    ...file, remarks: [{ kind: dirt.name, outcome: dirt.outcome, reasons: dirt.reasons ?? [] }],
  };
}

function refused(file: DraftFile, dirt: FileDirt, bytes: Buffer): PreparedFile {
  return remarked({
    ...file, tables: [], bytes, refusal: dirt.reasons![0]!, scopes: new Map(), remarks: [],
  }, dirt);
}

const renamed = (file: DraftFile, mark: string): DraftFile =>
  ({ ...file, fileName: file.fileName.replace(/(\.[a-z]+)$/, `${mark}$1`) });

const inFormat = (file: DraftFile, format: DraftFile["format"], dirt: FileDirt): PreparedFile[] =>
  [remarked({ ...prepareFile(file), bytes: encodeFile({ ...file, format }) }, dirt)];

/** Bytes with the columns in another order, renamed or more of them; what the rows mean stays. */
function withColumns(
  file: DraftFile, dirt: FileDirt, header: (h: readonly string[]) => string[],
  cells: (c: readonly Cell[], row: Row) => Cell[],
): PreparedFile {
  const tables = file.tables.map((t): Table => ({
    ...t, header: header(t.header),
    rows: t.rows.map((r): Row => ({
      cells: r.kind === "repeated_header" ? header(t.header) : cells(r.cells, r), effect: null,
      ...(r.raw ? { raw: r.raw } : {}),
    })),
  }));
  return remarked(
    { ...prepareFile(file), bytes: encodeFile({ format: file.format, tables }) }, dirt
  );
}

/** Optional columns that exporters like to rename, by preference: 年度 is required beside 选定日期. */
const optionalColumns = ["学段", "选定日期", "年度", "任教学科", "样本", "环境", "课堂类型", "课程完成率", "培训获得学分", "抽检"];

function renameOptional(header: readonly string[]): string[] {
  const found = optionalColumns.find((name) => header.includes(name));
  return header.map((h) => (h === found ? `${h}（新）` : h));
}

export const fileDirt: readonly FileDirt[] = [
  {
    name: "utf8_instead_of_gb18030", meaning: "a GB18030 export that is UTF-8 one night",
    outcome: "accepted",
    on: ["practice/tasks", "registry/teachers", "registry/school_points"],
    apply(file) { return inFormat(file, "csv utf-8", this); },
  },
  {
    name: "gb18030_instead_of_utf8", meaning: "a UTF-8 export that is GB18030 one night",
    outcome: "accepted",
    on: ["yunjiao/sessions", "survey/evaluations", "registry/accounts"],
    apply(file) { return inFormat(file, "csv gb18030", this); },
  },
  {
    name: "bom_missing", meaning: "UTF-8 without its usual byte order mark", outcome: "accepted",
    on: ["yunjiao/sessions"],
    apply(file) { return inFormat(file, "csv utf-8", this); },
  },
  {
    name: "bom_added", meaning: "UTF-8 with an unusual byte order mark", outcome: "accepted",
    on: ["survey/evaluations", "practice/tasks", "registry/accounts"],
    apply(file) { return inFormat(file, "csv utf-8-bom", this); },
  },
  {
    name: "format_other_than_name", meaning: "a binary workbook that is named .xlsx",
    outcome: "accepted",
    on: ["registry/model_schools", "registry/local_points", "registry/contacts"],
    apply(file) { return inFormat(file, "xls", this); },
  },
  {
    name: "title_rows", meaning: "titles and a blank line above the header", outcome: "accepted",
    on: ["practice/tasks", "registry/school_points", "yunjiao/sessions"],
    apply(file) { return titled(file, this, [["信息技术应用能力提升工程2.0登记表"], [""]]); },
  },
  {
    name: "header_after_notes", meaning: "the header only after a page of notes",
    outcome: "accepted",
    on: ["registry/schools", "registry/plan_filings", "practice/tasks"],
    apply(file) {
      return titled(file, this, Array.from({ length: 16 }, (_, i) => [`填报说明第${i + 1}条：请按实填写`]));
    },
  },
  {
    name: "sheet_without_header", meaning: "an empty sheet and a sheet of notes beside the data",
    outcome: "accepted",
    on: ["vendor-a/courses", "registry/schools", "registry/programmes"],
    apply(file) {
      const notes: PreparedTable = {
        sheet: "填表说明", titles: [], header: ["填表说明"], rows: [], firstRow: 1, skippedBefore: 2,
      };
      const empty: Table = { sheet: "Sheet9", titles: [], header: [], rows: [] };
      const text: Table = { ...notes, rows: [{ cells: ["本表由系统自动导出"], effect: null }] };
      const clean = prepareFile(file);
      const bytes = encodeFile({ format: file.format, tables: [...file.tables, text, empty] });
      return [remarked({ ...clean, tables: [...clean.tables, notes], bytes }, this)];
    },
  },
  {
    name: "reordered_columns", meaning: "the same columns in another order", outcome: "accepted",
    on: anyTable,
    apply(file) {
      const turn = <T>(list: readonly T[], width: number): T[] =>
        [...list.slice(2, width), ...list.slice(0, 2), ...list.slice(width)];
      return [withColumns(file, this, (h) => turn(h, h.length), (c, row) =>
        row.outcome === "skipped" ? [...c] : turn(c, file.tables[0]!.header.length))];
    },
  },
  {
    name: "renamed_optional_column",
    meaning: "an optional column under a new name: missing and added", outcome: "accepted",
    on: [
      "registry/schools", "registry/plan_filings", "registry/school_points", "practice/tasks",
      "yunjiao/sessions", "vendor-b/courses", "ntms/trainings",
    ],
    apply(file) { return [withColumns(file, this, renameOptional, (c) => [...c])]; },
  },
  {
    name: "added_column", meaning: "a column that nobody announced", outcome: "accepted",
    on: anyTable,
    apply(file) {
      const width = file.tables[0]!.header.length;
      return [withColumns(file, this, (h) => [...h, "备注"], (c, row) =>
        row.outcome === "skipped" || c.length > width ? [...c] : [...c, "无"])];
    },
  },
  {
    name: "missing_required_column", meaning: "a required column is not there", outcome: "refused",
    reasons: ["header_missing"],
    on: ["registry/spot_checks", "registry/plan_filings", "registry/school_points"],
    apply(file) {
      const cut = <T>(list: readonly T[]): T[] => [list[0]!, ...list.slice(3)];
      const tables = file.tables.map((t): Table => ({
        ...t, header: cut(t.header),
        rows: t.rows.map((r) => ({ cells: cut(r.cells), effect: null })),
      }));
      return [refused(file, this, encodeFile({ format: file.format, tables }))];
    },
  },
  {
    name: "truncated_workbook", meaning: "a workbook whose second half was lost on the way",
    outcome: "refused",
    reasons: ["unreadable"], on: smallBooks,
    apply(file) {
      const bytes = encodeFile(file);
      return [refused(file, this, bytes.subarray(0, Math.floor(bytes.length * 0.55)))];
    },
  },
  {
    name: "empty_file", meaning: "a second file of no bytes", outcome: "refused",
    reasons: ["empty"], on: deltas,
    apply(file) {
      return [prepareFile(file), refused(renamed(file, "_补"), this, Buffer.alloc(0))];
    },
  },
  {
    name: "unclosed_quote", meaning: "a second copy in which a quote is never closed",
    outcome: "refused",
    reasons: ["unclosed_quote"], on: ["practice/tasks", "survey/evaluations"],
    apply(file) {
      const table = file.tables[0]!;
      // In the last row: a quote in any later cell would close it.
      const last = table.rows.length - 1;
      const rows = table.rows.map(
        (r, i): Row => (i === last ? { cells: r.cells, effect: null, raw: openQuote(file, r) } : r)
      );
      const bytes = encodeFile({ format: file.format, tables: [{ ...table, rows }] });
      return [prepareFile(file), refused(renamed(file, "_修改"), this, bytes)];
    },
  },
  {
    name: "delivered_twice", meaning: "the same bytes under a second name", outcome: "repeated",
    on: deltas,
    apply(file) {
      const first = prepareFile(file);
      // By code points "(1)." comes before ".": the copy is the one that is read.
      return [prepareFile(renamed(file, "(1)")), remarked(first, this)];
    },
  },
  {
    name: "still_being_written", meaning: "half a file under a temporary name: not looked at",
    outcome: "ignored",
    on: [...deltas, "registry/teachers"],
    apply(file) {
      const whole = prepareFile(file);
      const part: PreparedFile = {
        ...whole, fileName: `${file.fileName}.part`, tables: [], scopes: new Map(),
        bytes: whole.bytes.subarray(0, Math.floor(whole.bytes.length / 2)),
      };
      return [whole, remarked(part, this)];
    },
  },
  {
    name: "no_contract_fits", meaning: "a notice among the exports", outcome: "refused",
    reasons: ["unknown_export"],
    on: ["registry/contacts"],
    apply(file) {
      const notice: DraftFile = {
        ...file, fileName: `关于报送数据的通知${file.fileName.replace(/\D/g, "")}.xlsx`,
        tables: [
          {
            sheet: "通知", titles: [], header: ["文号", "标题"],
            rows: [{ cells: ["川教函〔2021〕5号", "关于报送培训数据的通知"], effect: null }],
          },
        ],
      };
      return [prepareFile(file), refused(notice, this, encodeFile(notice))];
    },
  },
];

function titled(file: DraftFile, dirt: FileDirt, titles: readonly string[][]): PreparedFile[] {
  const tables = file.tables.map((t) => ({ ...t, titles: [...t.titles, ...titles] }));
  return [remarked(prepareFile({ ...file, tables }), dirt)];
}

function openQuote(file: DraftFile, row: Row): Buffer {
  // A cell that is quoted itself, through other dirt, would close the quote.
  const cells = row.cells.map((cell) => String(cell ?? "").replaceAll('"', ""));
  const table: Table = { sheet: "", titles: [], header: cells, rows: [] };
  const line = encodeFile({
    format: file.format === "csv gb18030" ? file.format : "csv utf-8", tables: [table],
  });
  return Buffer.concat([Buffer.from(`"`), line.subarray(0, line.length - 2)]);
}
