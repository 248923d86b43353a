import type { Person } from "./identity.ts";
import type { Parsed } from "./parse-field.ts";
import type { ColumnPlan, RowPlan } from "./row-plan.ts";
import type { LakeValue } from "./verdict.ts";

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
  plan: RowPlan, { source, index }: ColumnPlan, parsed: readonly Parsed[], person: Person,
  isPassed: boolean,
): LakeValue {
  if ("from" in source) {
    const value = parsed[index]?.value ?? null;
    if (value === null) return null;
    if (source.map) return source.map[String(value)] ?? null;
    return source.lower_case ? String(value).toLowerCase() : value;
  }
  if ("value" in source) return source.value === "" ? null : source.value;
  if ("passed" in source) return isPassed;
  if ("time_of" in source) return parsed[index]?.atMs ?? null;
  if ("present" in source) return (parsed[index]?.value ?? null) !== null;
  if ("token" in source) {
    const value = parsed[index]?.value ?? null;
    return value === null ? null : plan.tokens.token("account", String(value));
  }
  switch (source.person) {
    case "teacher_no": return person.teacherNo;
    case "token": return person.idToken;
    case "platform": return person.platform;
    case "account_token": return person.accountToken;
  }
}
