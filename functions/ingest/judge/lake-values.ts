import type { Person } from "./identity.ts";
import { EMPTY, type Parsed } from "./parse-field.ts";
import type { ColumnPlan, RowPlan } from "./row-plan.ts";
import type { LakeValue } from "./verdict.ts";

export type FieldColumnPlan = Extract<ColumnPlan, { readonly index: number }>;

/** Payload of a lake row in the order of its relation's columns. */
export function buildLakeValues(
  plan: RowPlan, columns: readonly ColumnPlan[], parsed: readonly Parsed[], person: Person,
  isPassed: boolean,
): readonly LakeValue[] {
  const values: LakeValue[] = [];
  for (const column of columns) values.push(lakeValue(plan, column, parsed, person, isPassed));
  return values;
}

function lakeValue(
  plan: RowPlan, column: ColumnPlan, parsed: readonly Parsed[], person: Person, isPassed: boolean,
): LakeValue {
  switch (column.kind) {
    case "constant": return column.value;
    case "passed": return isPassed;
    case "person_teacher_no": return person.teacherNo;
    case "person_token": return person.idToken;
    case "person_platform": return person.platform;
    case "person_account_token": return person.accountToken;
    default: return fieldValue(plan, column, parsed[column.index] ?? EMPTY);
  }
}

/** Of a column that one field decides. */
export function fieldValue(
  plan: RowPlan, column: FieldColumnPlan, { value, atMs }: Parsed,
): LakeValue {
  if (column.kind === "time") return atMs;
  if (column.kind === "present") return value !== null;
  if (value === null || column.kind === "field") return value;
  if (column.kind === "map") return column.map.get(String(value)) ?? null;
  return column.kind === "token"
    ? plan.tokens.token("account", String(value))
    : String(value).toLowerCase();
}
