import type { RawCell } from "../raw.ts";
import { addContent, type ContentDigest } from "./content-digest.ts";
import { buildIdentity, buildPerson, type Person } from "./identity.ts";
import { buildLakeValues } from "./lake-values.ts";
import {
  EMPTY, isRuined, parsedOf, parseUnit, RUINED, INVALID, teacherNoToKeep, UNKNOWN, type Parsed,
} from "./parse-field.ts";
import { isTeacherNo } from "./parse-identity.ts";
import { compactText, isEmptyText } from "./normalise-cell.ts";
import type { AreaPlan, ConditionPlan, FieldPlan, RowPlan } from "./row-plan.ts";
import type { AcceptedRow, RejectedRow } from "./verdict.ts";

/** A fault or warning while a row is judged. */
interface Found {
  readonly reason: string;
  readonly field: FieldPlan;
}

const noWarnings: readonly string[] = [];

/** Judges a row that is a record; `texts` are its normalised cells, '' where empty. */
export function judgeCells(
  plan: RowPlan, cells: readonly RawCell[], texts: readonly string[],
): AcceptedRow | RejectedRow {
  parseFields(plan, cells, texts);
  return judgeParsed(plan, cells, texts, digestOf(plan));
}

/**
 * The same of a row whose cells lie parsed in `plan.parsed`; `digest` is that of its content.
 */
export function judgeParsed(
  plan: RowPlan, cells: readonly RawCell[], texts: readonly string[], digest: ContentDigest,
): AcceptedRow | RejectedRow {
  const { parsed } = plan;
  const isPassed = hasPassed(plan, parsed);
  const person = buildPerson(plan, parsed);
  const faults: Found[] = [];
  const warnings: Found[] = [];
  for (const field of plan.fields) {
    const { value, isChanged } = parsed[field.index] as Parsed;
    const isPlain = value !== null && !isChanged && field !== plan.areaField;
    if (isPlain) {
      // Read as it stands: nothing to say of nearly every cell.
    } else if (field.kind === "person") {
      judgePerson(plan, field, parsed, person.isKnown, faults, warnings);
    } else {
      judgeField(plan, field, parsed, texts, isPassed, faults, warnings);
    }
    if (plan.period?.at === field.index) judgePeriod(plan, field, parsed, faults, warnings);
  }
  return faults.length > 0
    ? reject(plan, parsed, person, faults)
    : accept(plan, cells, parsed, person, isPassed, warnings, digest);
}

function accept(
  plan: RowPlan, cells: readonly RawCell[], parsed: readonly Parsed[], person: Person,
  isPassed: boolean, warnings: readonly Found[], digest: ContentDigest,
): AcceptedRow {
  const identity = buildIdentity(plan, parsed, person);
  if (!identity) throw new Error(`${plan.contract.export}: record id of an accepted row: missing`);
  const voiding = plan.voiding;
  const isVoiding = voiding !== null && voiding.column >= 0
    && isMet(voiding.when, parsed) && cells[voiding.column] === voiding.objectType;
  return {
    kind: "accepted",
    relation: isVoiding ? voiding.relation : plan.contract.relation,
    values: buildLakeValues(
      plan, isVoiding ? voiding.columns : plan.columns, parsed, person, isPassed,
    ),
    recordId: identity.recordId,
    personKey: identity.personKey,
    idRest: identity.idRest,
    teacherNo: identity.teacherNo,
    personToken: identity.personToken,
    recordVersion: plan.version < 0 ? 0 : Number(parsed[plan.version]?.value ?? 0),
    contentHash: plan.tokens.contentHash(digest),
    scope: plan.scope < 0 ? "" : String(parsed[plan.scope]?.value ?? ""),
    warnings: warnings.length === 0 ? noWarnings : warnings.map((w) => w.reason),
  };
}

function reject(
  plan: RowPlan, parsed: readonly Parsed[], person: Person, faults: readonly Found[],
): RejectedRow {
  const { field } = faults[0] as Found;
  const scope = plan.scope < 0 ? "" : parsed[plan.scope]?.value;
  return {
    kind: "rejected",
    reasons: faults.map((f) => f.reason),
    columnIndex: field.column < 0 ? undefined : field.column,
    header: field.field.header,
    identity: buildIdentity(plan, parsed, person),
    scope: typeof scope === "string" ? scope : undefined,
  };
}

function parseFields(
  plan: RowPlan, cells: readonly RawCell[], texts: readonly string[],
): void {
  const { parsed } = plan;
  for (const field of plan.fields) {
    parsed[field.index] = field.column < 0
      ? EMPTY
      : field.parse(cells[field.column], texts[field.column] ?? "");
  }
  for (const field of plan.lateFields) {
    if (field.column < 0) continue;
    parsed[field.index] =
      parseLate(plan, field, cells[field.column], texts[field.column] ?? "", parsed);
  }
  if (plan.area) resolveArea(plan, plan.area, parsed, texts);
}

/** Of a field whose meaning hangs on another one, once that one is parsed. */
export function parseLate(
  plan: RowPlan, field: FieldPlan, cell: RawCell | undefined, text: string,
  parsed: readonly Parsed[], parseId = plan.parseId,
): Parsed {
  if (text === "") return EMPTY;
  if (isRuined(cell)) return RUINED;
  const guide = field.guide < 0 ? null : parsed[field.guide]?.value ?? null;
  if (field.kind === "area_or_school") return parseUnit(text, guide, plan.context.seeds);
  if (field.kind === "person" && field.field.person_as === "teacher_no") {
    const compact = compactText(text);
    if (isEmptyText(compact)) return EMPTY;
    return isTeacherNo(compact)
      ? parsedOf(teacherNoToKeep(compact, plan.tokens), null) : INVALID;
  }
  return parseId(text, typeof guide === "string" && !guide.includes("身份证"));
}

/** With no code the names stand in for it. */
export function resolveArea(
  plan: RowPlan, area: AreaPlan, parsed: Parsed[], texts: readonly string[],
): void {
  const code = parsed[area.code] as Parsed;
  if (code.value !== null || code.fault !== null) return;
  const county = textAt(texts, area.countyColumn);
  if (county === "") return;
  const found = plan.context.seeds.areas
    .findCountyByName(county, textAt(texts, area.cityColumn));
  parsed[area.code] = found === undefined ? UNKNOWN : parsedOf(found, null);
}

function textAt(texts: readonly string[], column: number): string {
  return column < 0 ? "" : texts[column] ?? "";
}

function judgeField(
  plan: RowPlan, field: FieldPlan, parsed: readonly Parsed[], texts: readonly string[],
  isPassed: boolean, faults: Found[], warnings: Found[],
): void {
  const { value, fault, isChanged } = parsed[field.index] as Parsed;
  const isNeeded = field.isRequired || (field.isRequiredWhenPassed && isPassed);
  if (fault !== null) {
    const found = { reason: `${fault}.${field.field.field}`, field };
    (isNeeded || field.isDeciding ? faults : warnings).push(found);
  } else if (value === null) {
    // A unit beside an unreadable level is neither missing nor readable.
    const isWritten = field.kind === "area_or_school" && textAt(texts, field.column) !== "";
    if (isNeeded && !isWritten) faults.push({ reason: `missing.${field.field.field}`, field });
  } else if (isChanged) {
    warnings.push({ reason: `invalid.${field.field.field}`, field });
  }
  if (plan.area && field === plan.areaField && typeof value === "string") {
    const county = textAt(texts, plan.area.countyColumn);
    const city = textAt(texts, plan.area.cityColumn);
    const isCoded = textAt(texts, plan.area.codeColumn) !== "";
    if (isCoded && !plan.context.seeds.areas.isWitness(value, county, city)) {
      warnings.push({ reason: `contradictory.${field.field.field}`, field });
    }
  }
}

/** Each writing of the person at its own place; `missing.person` at the first. */
function judgePerson(
  plan: RowPlan, field: FieldPlan, parsed: readonly Parsed[], isKnown: boolean,
  faults: Found[], warnings: Found[],
): void {
  const { fault } = parsed[field.index] as Parsed;
  if (fault !== null) {
    (isKnown ? warnings : faults).push({ reason: `${fault}.${field.field.field}`, field });
  } else if (!isKnown && field === plan.persons[0]) {
    const isAllEmpty = plan.persons.every((p) => parsed[p.index]?.fault === null);
    if (isAllEmpty) faults.push({ reason: "missing.person", field: firstColumn(plan.persons) });
  }
}

function firstColumn(persons: readonly FieldPlan[]): FieldPlan {
  return persons.find((p) => p.column >= 0) ?? persons[0] as FieldPlan;
}

function judgePeriod(
  plan: RowPlan, field: FieldPlan, parsed: readonly Parsed[],
  faults: Found[], warnings: Found[],
): void {
  const period = plan.period as NonNullable<RowPlan["period"]>;
  const begin = parsed[period.begin] as Parsed;
  const end = parsed[period.end] as Parsed;
  if (begin.value === null || end.value === null) return;
  if (!isAfter(begin, end)) return;
  (period.rejects ? faults : warnings).push({ reason: "contradictory.period", field });
}

/** By day; by instant where both cells say one. */
export function isAfter(begin: Parsed, end: Parsed): boolean {
  if (typeof begin.value === "string") return begin.value > String(end.value);
  const day = new Date(Number(begin.value)).toISOString().slice(0, 10);
  if (day !== end.value || end.atMs === null) return day > String(end.value);
  return Number(begin.value) > end.atMs;
}

function hasPassed(plan: RowPlan, parsed: readonly Parsed[]): boolean {
  if (typeof plan.passed === "boolean") return plan.passed;
  return plan.passed.every((condition) => isMet(condition, parsed));
}

function isMet(condition: ConditionPlan, parsed: readonly Parsed[]): boolean {
  const value = parsed[condition.index]?.value ?? null;
  if (condition.is && !condition.is.has(value)) return false;
  return !condition.isNot?.has(value);
}

const rowDigest: ContentDigest = new Int32Array(4);

/** Of the parsed values of all fields but the ignored ones. */
function digestOf(plan: RowPlan): ContentDigest {
  rowDigest.fill(0);
  for (const field of plan.fields) {
    const { value, atMs } = plan.parsed[field.index] as Parsed;
    if (value !== null) addContent(rowDigest, 0, field.index, value, atMs);
  }
  return rowDigest;
}
