import { accepted, rejected, type EditResult, type RowEdit } from "./row-edit.ts";

/**
 * One kind of dirt in a single cell or row; `apply` returns null where the row does not lend
 * itself.
 */
export interface RowDirt {
  readonly name: string;
  readonly meaning: string;
  /** `system/export` → column (or '' where no single column is meant). */
  readonly on: Readonly<Record<string, string>>;
  apply(edit: RowEdit, column: string): EditResult | null;
}

const idColumns = {
  "vendor-a/courses": "身份证号", "vendor-b/courses": "身份证", "credit/credits": "idCard",
  "practice/tasks": "身份证号", "ntms/trainings": "教师身份证号", "yunjiao/sessions": "身份证号",
};
const schoolCodeColumns = { "registry/teachers": "学校标识码", "yunjiao/sessions": "听课学校标识码" };
/** Exports whose person may also be given by the teacher number. */
const namesTwice = (edit: RowEdit): boolean => edit.has("教师编号");

/** An unreadable identity number: a warning where the teacher number stands beside it. */
function spoilId(edit: RowEdit, word: "ruined" | "invalid"): EditResult {
  const reason = `${word}.id_number`;
  if (namesTwice(edit)) {
    return { outcome: "warning", reasons: [reason], effect: edit.changed({ byIdNumber: false }) };
  }
  return rejected(reason, false);
}

/** Text as typed in full width. */
export const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (ch) => String.fromCharCode(ch.charCodeAt(0) + 0xfee0));

/** Dirt in who is meant: identity numbers, teacher numbers, school codes. */
export const personDirt: readonly RowDirt[] = [
  {
    name: "full_width_characters", meaning: "digits and letters typed in full width", on: idColumns,
    apply: (edit, column) => { edit.set(column, fullWidth(edit.text(column))); return accepted; },
  },
  {
    name: "surrounding_spaces", meaning: "trailing, non-breaking and ideographic spaces",
    on: idColumns,
    apply: (edit, column) => {
      edit.set(column, `\u3000${edit.text(column)} \u00a0`);
      return accepted;
    },
  },
  {
    name: "invisible_characters", meaning: "zero-width and direction marks inside a number",
    on: idColumns,
    apply: (edit, column) => {
      const text = edit.text(column);
      edit.set(column, `\u200b${text.slice(0, 6)}\u202c${text.slice(6)}\ufeff`);
      return accepted;
    },
  },
  {
    name: "nul_byte", meaning: "a NUL byte inside a cell of a text file",
    on: { "practice/tasks": "教师编号", "yunjiao/sessions": "教师编号" },
    apply: (edit, column) => { edit.set(column, `${edit.text(column)}\0`); return accepted; },
  },
  {
    name: "equals_quoted", meaning: "a number wrapped as a formula text: =\"…\"",
    on: { "practice/tasks": "身份证号", "yunjiao/sessions": "身份证号" },
    apply: (edit, column) => { edit.set(column, `="${edit.text(column)}"`); return accepted; },
  },
  {
    name: "id_lower_case_x", meaning: "check digit written as a small x", on: idColumns,
    apply: (edit, column) => {
      if (!edit.text(column).endsWith("X")) return null;
      edit.set(column, edit.text(column).toLowerCase());
      return accepted;
    },
  },
  {
    name: "id_leading_apostrophe", meaning: "a spreadsheet's text mark exported as a character",
    on: idColumns,
    apply: (edit, column) => { edit.set(column, `'${edit.text(column)}`); return accepted; },
  },
  {
    name: "id_masked", meaning: "identity number masked with asterisks", on: idColumns,
    apply: (edit, column) => {
      edit.set(column, `${edit.text(column).slice(0, 4)}**********${edit.text(column).slice(-4)}`);
      return spoilId(edit, "ruined");
    },
  },
  {
    name: "id_turned_into_float", meaning: "identity number as 4.3E+17: the last digits are lost",
    on: idColumns,
    apply: (edit, column) => {
      const isSheet = column === "教师身份证号" || edit.has("课程编号");
      edit.set(column, isSheet && edit.random.chance(0.5) ? 430_000_000_000_000_000 : "4.3E+17");
      return spoilId(edit, "ruined");
    },
  },
  {
    name: "id_fifteen_digits", meaning: "identity number in its old form of 15 digits",
    on: idColumns,
    apply: (edit, column) => {
      const id = edit.text(column);
      if (!/^\d{6}19/.test(id)) return null;
      edit.set(column, id.slice(0, 6) + id.slice(8, 17));
      return accepted;
    },
  },
  {
    name: "id_wrong_check_digit", meaning: "a typing error that the check digit shows",
    on: idColumns,
    apply: (edit, column) => {
      const id = edit.text(column);
      edit.set(column, id.slice(0, 17) + (id.endsWith("7") ? "8" : "7"));
      return spoilId(edit, "invalid");
    },
  },
  {
    name: "id_wrong_on_roll",
    meaning: "the roll itself has a wrong identity number: kept, without it",
    on: { "registry/teachers": "身份证号" },
    apply: (edit, column) => {
      const id = edit.text(column);
      edit.set(column, id.slice(0, 17) + (id.endsWith("7") ? "8" : "7"));
      return {
        outcome: "warning", reasons: ["invalid.id_number"],
        effect: edit.changed({ hasToken: false }),
      };
    },
  },
  {
    name: "teacher_number_missing", meaning: "only the identity number names the person",
    on: { "practice/tasks": "教师编号", "yunjiao/sessions": "教师编号" },
    apply: (edit, column) => {
      edit.set(column, "无");
      return { outcome: "accepted", effect: edit.changed({ byTeacherNo: false }) };
    },
  },
  {
    name: "school_code_lost_zero", meaning: "a school code that lost its leading zero",
    on: schoolCodeColumns,
    apply: (edit, column) => {
      if (!edit.text(column).startsWith("0")) return null;
      edit.set(column, edit.text(column).slice(1));
      return rejected("invalid.school_code", column === "学校标识码");
    },
  },
];
