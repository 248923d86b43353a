import { EMPTY, teacherNoToKeep, type Parsed } from "./parse-field.ts";
import { isTeacherNo } from "./parse-identity.ts";
import type { IdPart, RowPlan } from "./row-plan.ts";
import type { RecordIdentity } from "./verdict.ts";

/** The person of a row in every writing that the row allows. */
export interface Person {
  readonly teacherNo: string | null;
  readonly idToken: string | null;
  readonly platform: string | null;
  readonly accountToken: string | null;
  /** teacher_no, else token, else `platform|account token`; null where the row names nobody. */
  readonly key: string | null;
  /** A valid number of either kind; true where the contract asks for none. */
  readonly isKnown: boolean;
}

export function buildPerson(plan: RowPlan, parsed: readonly Parsed[]): Person {
  if (plan.accounts) return buildAccountPerson(plan, plan.accounts, parsed);
  const teacherNo = textAt(parsed, plan.teacherNo);
  const idToken = plan.idNumber < 0 ? null : parsed[plan.idNumber]?.token ?? null;
  const isPersonKind = plan.persons.length > 0;
  return {
    teacherNo, idToken, platform: null, accountToken: null,
    key: plan.isPersonInId ? teacherNo ?? (isPersonKind ? idToken : null) : null,
    isKnown: !isPersonKind || teacherNo !== null || idToken !== null,
  };
}

/** lrs: accounts of the registry are teacher numbers, all others are known by their tokens. */
function buildAccountPerson(
  plan: RowPlan, accounts: NonNullable<RowPlan["accounts"]>, parsed: readonly Parsed[],
): Person {
  const platform = textAt(parsed, accounts.platform);
  const account = textAt(parsed, accounts.account);
  if (account === null) return accountPerson(null, platform, null, null);
  if (platform === accounts.homePage && isTeacherNo(account)) {
    const teacherNo = teacherNoToKeep(account, plan.tokens);
    return accountPerson(teacherNo, null, null, teacherNo);
  }
  const accountToken = plan.tokens.token("account", account);
  return accountPerson(null, platform, accountToken, `${platform ?? ""}|${accountToken}`);
}

/** Named one by one: spreads cost more than all the rest where every row has an account of its own. */
function accountPerson(
  teacherNo: string | null, platform: string | null, accountToken: string | null,
  key: string | null,
): Person {
  return { teacherNo, idToken: null, platform, accountToken, key, isKnown: true };
}

/** Undefined where a part of the record id cannot be read. */
export function buildIdentity(
  plan: RowPlan, parsed: readonly Parsed[], person: Person,
): RecordIdentity | undefined {
  let recordId = "";
  let idRest = "";
  let isFirst = true;
  let isFirstRest = true;
  for (const part of plan.id) {
    const text = part.isPerson ? person.key : partText(plan, part, parsed[part.index] ?? EMPTY);
    if (text === null) return undefined;
    recordId = isFirst ? text : `${recordId}|${text}`;
    isFirst = false;
    if (part.isPerson) continue;
    idRest = isFirstRest ? text : `${idRest}|${text}`;
    isFirstRest = false;
  }
  return {
    recordId, idRest, personKey: person.key,
    teacherNo: person.teacherNo, personToken: person.idToken,
  };
}

/** A part of the record id that is no person; null where it cannot be read. */
export function partText(plan: RowPlan, part: IdPart, { value }: Parsed): string | null {
  if (value === null) return part.isRequired ? null : "";
  return part.token ? plan.tokens.token(part.token, String(value)) : String(value);
}

function textAt(parsed: readonly Parsed[], index: number): string | null {
  const value = index < 0 ? null : parsed[index]?.value ?? null;
  return typeof value === "string" ? value : null;
}
