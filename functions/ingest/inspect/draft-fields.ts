import type { ContractField, FieldKind } from "../contracts/contract.ts";
import type { Roles } from "./choose-roles.ts";
import type { ColumnProfile } from "./inspection.ts";

/** Fields of a first contract in the order of the columns, each header once. */
export function draftFields(
  columns: readonly ColumnProfile[], roles: Roles,
): readonly ContractField[] {
  const names = new Set<string>();
  const headers = new Set<string>();
  return columns.flatMap((column): ContractField[] => {
    if (headers.has(column.header)) return [];
    headers.add(column.header);
    if (/^(?:序号|行号|no\.?|#)$/i.test(column.header)) {
      return [{ header: column.header, field: "-", kind: "ignored" }];
    }
    const field = fieldName(column, roles, names);
    names.add(field);
    return [{ header: column.header, field, ...describe(column, roles) }];
  });
}

function describe(column: ColumnProfile, roles: Roles): Omit<ContractField, "header" | "field"> {
  const personal = column.isPersonal ? { personal: true as const } : {};
  switch (column) {
    case roles.teacherNo:
      return {
        kind: "person", required: "yes", in_record_id: true, person_as: "teacher_no", ...personal,
      };
    case roles.idNumber:
      return {
        kind: "person", required: "yes", in_record_id: roles.teacherNo ? undefined : true,
        personal: true, person_as: "id_number",
      };
    case roles.training:
      return {
        kind: column.kind === "identifier" ? "identifier" : "text", required: "yes",
        in_record_id: true,
      };
    case roles.credit: return { kind: column.kind as FieldKind, required: "when_passed" };
    case roles.event: return { kind: "event", required: "when_passed" };
    case roles.passed:
      return { ...listOrKind(column), required: "yes" };
    case roles.category: return { ...listOrKind(column), required: "yes" };
    default: return { ...listOrKind(column), ...personal };
  }
}

function listOrKind(column: ColumnProfile): Omit<ContractField, "header" | "field"> {
  // A second number of a person, or a mail address, is not judged: it is not kept either.
  if (column.isPersonal || column.kind === "id_number") return { kind: "text" };
  if (column.kind !== "list") return { kind: column.kind as FieldKind };
  return { kind: "list", values: codesOf(column.listValues) };
}

const known: readonly (readonly [RegExp, string])[] = [
  [/^(?:不合格|未通过|不通过|未结业)$/, "failed"], [/^(?:合格|通过|已结业|结业)$/, "passed"],
  [/^(?:未完成|进行中|学习中)$/, "unfinished"], [/^(?:已完成|完成)$/, "completed"],
  [/^有效$/, "valid"], [/^(?:无效|作废|撤销)$/, "revoked"],
  [/^(?:未开始|待评|待审|未复核)$/, "open"],
  [/实践|线下|校本|面授/, "practice"], [/线上|网络|在线|直播/, "online"],
];

/** A code for each value as exported, known words by their meaning, all different. */
function codesOf(values: readonly string[]): Readonly<Record<string, string>> {
  const used = new Set<string>();
  return Object.fromEntries(values.map((value, i) => {
    const bare = value.replace(/^\d+-/, "");
    const meaning = known.find(([form]) => form.test(bare))?.[1];
    const word = meaning ?? latinName(bare) ?? `value_${i + 1}`;
    let code = word;
    for (let n = 2; used.has(code); n++) code = `${word}_${n}`;
    used.add(code);
    return [value, code];
  }));
}

const usual: readonly (readonly [RegExp, string])[] = [
  [/姓名/, "name"], [/手机|电话|联系/, "phone"], [/邮箱/, "email"], [/账号|帐号/, "account"],
  [/学校(?:标识码|代码)/, "school_code"], [/学校|单位/, "school_name"],
  [/区划代码/, "area"], [/县/, "county_name"], [/市/, "city_name"],
  [/(?:课程|课堂|培训|项目|讲座)名称/, "training_name"], [/年度/, "training_year"],
  [/开始/, "begin_at"], [/结束/, "end_at"], [/分钟|时长/, "watched_minutes"],
  [/进度/, "progress_percent"], [/备注/, "note"],
];

function fieldName(
  column: ColumnProfile, roles: Roles, taken: ReadonlySet<string>,
): string {
  const role = roleName(column, roles);
  if (role !== undefined) return role;
  const word = usual.find(([form]) => form.test(column.header))?.[1]
    ?? latinName(column.header) ?? "column";
  let name = word;
  for (let n = 2; taken.has(name) || reserved.has(name); n++) name = `${word}_${n}`;
  return name;
}

function roleName(column: ColumnProfile, roles: Roles): string | undefined {
  switch (column) {
    case roles.teacherNo: return "teacher_no";
    case roles.idNumber: return "id_number";
    case roles.training: return "training";
    case roles.credit: return column.kind === "minutes" ? "minutes" : "credit";
    case roles.event: return "event_on";
    case roles.passed: return "is_passed";
    case roles.category: return "category";
    default: return undefined;
  }
}
/** Names of the roles: another column must not take one before its own comes. */
const reserved = new Set([
  "teacher_no", "id_number", "training", "credit", "minutes", "event_on", "is_passed", "category",
]);

/** `trainBeginDate` → `train_begin_date`; undefined where nothing Latin is left. */
function latinName(text: string): string | undefined {
  const name = text.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase()
    .replace(/[^a-z\d]+/g, "_").replace(/^[_\d]+|_+$/g, "");
  return name === "" ? undefined : name.slice(0, 40);
}
