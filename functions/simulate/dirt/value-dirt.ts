import { excelSerial, formatDay } from "../calendar.ts";
import { csvLine } from "../formats/csv.ts";
import { fullWidth, type RowDirt } from "./person-dirt.ts";
import { accepted, rejected, type EditResult, type RowEdit } from "./row-edit.ts";

const endColumns = {
  "practice/tasks": "提交时间", "ntms/trainings": "培训结束日期", "vendor-b/courses": "学习结束时间",
  "yunjiao/sessions": "签到时间", "vendor-a/courses": "最近学习时间",
};
const creditColumns = {
  "practice/tasks": "实践学时", "ntms/trainings": "培训获得学时", "vendor-a/courses": "认定学时",
  "vendor-b/courses": "学时",
};

function passedSeconds(edit: RowEdit): number | null {
  const p = edit.training;
  return p && p.isPassed && p.creditSeconds > 0 ? p.creditSeconds : null;
}

function rewriteDay(
  edit: RowEdit, column: string, write: (day: number) => string | number
): EditResult | null {
  const p = edit.training;
  if (!p || !p.isPassed || p.endsOn === null) return null;
  edit.set(column, write(p.endsOn));
  return accepted;
}

const split = (day: number): [string, number, number] => {
  const [y, m, d] = formatDay(day).split("-");
  return [y!, Number(m), Number(d)];
};

/** Dirt in days, hours and whole rows. */
export const valueDirt: readonly RowDirt[] = [
  {
    name: "date_slashes", meaning: "2021/3/1", on: endColumns,
    apply: (edit, column) => rewriteDay(edit, column, (day) => split(day).join("/")),
  },
  {
    name: "date_dots_and_time", meaning: "2021.08.19 13:24", on: endColumns,
    apply: (edit, column) => rewriteDay(
      edit, column, (day) => `${formatDay(day).replaceAll("-", ".")} 13:24`
    ),
  },
  {
    name: "date_compact", meaning: "20210301", on: endColumns,
    apply: (edit, column) => rewriteDay(edit, column, (day) => formatDay(day).replaceAll("-", "")),
  },
  {
    name: "date_chinese", meaning: "2021年3月1日", on: endColumns,
    apply: (edit, column) => rewriteDay(edit, column, (day) => {
      const [y, m, d] = split(day);
      return `${y}年${m}月${d}日`;
    }),
  },
  {
    name: "date_serial", meaning: "a spreadsheet's day number", on: endColumns,
    apply: (edit, column) => rewriteDay(edit, column, (day) =>
      edit.has("培训机构名称") || edit.has("课程编号") ? excelSerial(day) : String(excelSerial(day))),
  },
  {
    name: "date_with_zone", meaning: "ISO 8601 in another zone: the next day in Shanghai",
    on: endColumns,
    apply: (edit, column) => rewriteDay(edit, column, (day) => `${formatDay(day - 1)}T20:15:00Z`),
  },
  {
    name: "date_unreadable", meaning: "a day that no calendar has",
    on: { "registry/teachers": "变动日期" },
    apply: (edit, column) => {
      edit.set(column, "2021-02-30");
      return rejected("invalid.changed_on", true);
    },
  },
  {
    name: "date_in_future", meaning: "finished later than the file arrived", on: endColumns,
    apply: (edit, column) => {
      if (!edit.training?.isPassed) return null;
      edit.set(column, formatDay(edit.day + edit.random.between(20, 400)));
      return rejected("invalid.event_on", true);
    },
  },
  {
    name: "date_before_programme", meaning: "learning before 2020: kept, gives no credit",
    on: { "practice/tasks": "提交时间", "yunjiao/sessions": "签到时间" },
    apply: (edit, column) => {
      if (!edit.training?.isPassed) return null;
      edit.set(column, "2019-05-06");
      return { outcome: "accepted", effect: edit.changed({ endsOn: -1 }) };
    },
  },
  {
    name: "end_before_begin", meaning: "a training that ends before it begins",
    on: { "ntms/trainings": "培训结束日期", "credit/credits": "trainBeginDate" },
    apply: (edit, column) => {
      const p = edit.training;
      if (!p?.isPassed || p.endsOn === null) return null;
      if (column === "trainBeginDate") {
        edit.set(column, formatDay(p.endsOn + 3));
        return { outcome: "warning", reasons: ["contradictory.period"] };
      }
      const begin = Date.parse(`${edit.text("培训开始日期")}T00:00:00Z`) / 86_400_000;
      edit.set(column, formatDay(begin - 2));
      return rejected("contradictory.period", true);
    },
  },
  {
    name: "hours_full_width", meaning: "１．５", on: creditColumns,
    apply: (edit, column) => {
      if (passedSeconds(edit) === null) return null;
      edit.set(column, fullWidth(edit.text(column)));
      return accepted;
    },
  },
  {
    name: "hours_as_clock_hours", meaning: "1小时 instead of 学时", on: creditColumns,
    apply: (edit, column) => {
      const seconds = passedSeconds(edit);
      if (seconds === null || seconds % 36 !== 0) return null;
      edit.set(column, `${seconds / 3600}小时`);
      return accepted;
    },
  },
  {
    name: "hours_as_minutes", meaning: "90分钟 instead of 学时", on: creditColumns,
    apply: (edit, column) => {
      const seconds = passedSeconds(edit);
      if (seconds === null || seconds % 60 !== 0) return null;
      edit.set(column, `${seconds / 60}分钟`);
      return accepted;
    },
  },
  {
    name: "hours_negative", meaning: "-3", on: creditColumns,
    apply: (edit, column) => spoilCredit(edit, column, "-3", "invalid.credit"),
  },
  {
    name: "hours_out_of_bounds", meaning: "9,999 hours in one row", on: creditColumns,
    apply: (edit, column) => spoilCredit(edit, column, "9999", "invalid.credit"),
  },
  {
    name: "hours_empty", meaning: "passed, but no hours", on: creditColumns,
    apply: (edit, column) => spoilCredit(edit, column, "", "missing.credit"),
  },
  {
    name: "hours_dash", meaning: "— for nothing", on: creditColumns,
    apply: (edit, column) => spoilCredit(edit, column, "—", "missing.credit"),
  },
  {
    name: "duration_with_months", meaning: "a watching time in months cannot be seconds",
    on: { "lrs/statements": "result.duration" },
    apply: (edit, column) => {
      if (!edit.training) return null;
      edit.set(column, "P1M");
      return rejected("invalid.duration", true);
    },
  },
  {
    name: "formula_cell", meaning: "a formula, taken at its last value",
    on: { "vendor-a/courses": "学校", "registry/plan_filings": "备案编号" },
    apply: (edit, column) => {
      const value = edit.text(column);
      edit.set(
        column, { kind: "formula", formula: `HYPERLINK("https://va.example/s","${value}")`, value }
      );
      return accepted;
    },
  },
  {
    name: "broken_byte", meaning: "one broken byte in a UTF-8 file",
    on: { "yunjiao/sessions": "", "survey/evaluations": "" },
    apply: (edit) => {
      const bytes = Buffer.from(csvLine(edit.cells), "utf8");
      const at = bytes.findIndex((b) => b >= 0xe0);
      if (at < 0) return null;
      bytes[at + 1] = 0xff;
      return { outcome: "rejected", reasons: ["invalid.encoding"], idReadable: false, raw: bytes };
    },
  },
  {
    name: "surplus_fields", meaning: "a comma typed inside an unquoted cell",
    on: { "practice/tasks": "" },
    apply: (edit) => {
      edit.cells.push("备注", "见附件");
      return rejected("invalid.structure", false);
    },
  },
  {
    name: "broken_json_line", meaning: "a statement cut in the middle of its line",
    on: { "lrs/statements": "" },
    apply: (edit) => {
      const raw = Buffer.from(
        `{"id":"${edit.text("id")}","timestamp":"${edit.text("timestamp")}","actor":{"acc`
      );
      return { outcome: "rejected", reasons: ["invalid.structure"], idReadable: false, raw };
    },
  },
];

function spoilCredit(
  edit: RowEdit, column: string, text: string, reason: string
): EditResult | null {
  if (passedSeconds(edit) === null) return null;
  edit.set(column, text);
  return rejected(reason, true);
}
