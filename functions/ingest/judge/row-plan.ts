import { envelope, requireRelation } from "../../shared/relations.ts";
import type {
  ColumnSource, Condition, Contract, ContractField, FieldKind,
} from "../contracts/contract.ts";
import {
  buildFieldParser, buildIdParser, buildIdReader, EMPTY, type Parsed, type ParseContext,
  type ParseField, type ParseId,
} from "./parse-field.ts";
import type { TableHeader } from "./table-header.ts";
import type { Tokens, TokenKind } from "./tokens.ts";

/** A contract made ready for the rows of one table: names resolved to positions. */
export interface RowPlan {
  readonly contract: Contract;
  readonly context: ParseContext;
  readonly tokens: Tokens;
  readonly fields: readonly FieldPlan[];
  /** What the cells of the row in hand mean, by field; one buffer for all rows. */
  readonly parsed: Parsed[];
  readonly parseId: ParseId;
  /** Remembers nothing. */
  readonly readId: ParseId;
  /** Fields whose meaning hangs on another field, judged after the others. */
  readonly lateFields: readonly FieldPlan[];
  readonly persons: readonly FieldPlan[];
  readonly passed: readonly ConditionPlan[] | boolean;
  readonly area: AreaPlan | null;
  /** The field whose names can witness or replace it. */
  readonly areaField: FieldPlan | null;
  readonly period: PeriodPlan | null;
  readonly voiding: {
    readonly when: ConditionPlan; readonly column: number; readonly objectType: string;
    readonly relation: string; readonly columns: readonly ColumnPlan[];
  } | null;
  readonly accounts: {
    readonly platform: number; readonly account: number; readonly homePage: string;
  } | null;
  readonly columns: readonly ColumnPlan[];
  readonly scope: number;
  readonly version: number;
  /** Fields of the record id in order; the person once, at the place of its first field. */
  readonly id: readonly IdPart[];
  /** A person is part of the record id. */
  readonly isPersonInId: boolean;
  /** Where the teacher's number stands: field of kind teacher_no or person; -1 none. */
  readonly teacherNo: number;
  /** Where the identity number stands; -1 none. */
  readonly idNumber: number;
}

export interface FieldPlan {
  readonly index: number;
  readonly field: ContractField;
  readonly kind: FieldKind;
  /** -1 where the table has no such column. */
  readonly column: number;
  readonly parse: ParseField;
  readonly isRequired: boolean;
  readonly isRequiredWhenPassed: boolean;
  /** An unreadable value rejects although the field is optional. */
  readonly isDeciding: boolean;
  /** Of identity numbers and units: the field that says how to read them; -1 none. */
  readonly guide: number;
}
export interface ConditionPlan {
  readonly index: number;
  readonly is: ReadonlySet<unknown> | null;
  readonly isNot: ReadonlySet<unknown> | null;
}
export interface AreaPlan {
  readonly code: number;
  /** Columns of the table; -1 none. */
  readonly codeColumn: number;
  readonly countyColumn: number;
  readonly cityColumn: number;
}
export interface PeriodPlan {
  readonly begin: number;
  readonly end: number;
  /** Position at which the fault is reported: the later of the two. */
  readonly at: number;
  readonly isByDay: boolean;
  readonly rejects: boolean;
}
export interface IdPart {
  readonly index: number;
  readonly isPerson: boolean;
  readonly isRequired: boolean;
  /** The value is personal enough that the lake has its token only. */
  readonly token: TokenKind | null;
}
/** Source of one payload column, with the field's position. */
export type ColumnPlan =
  | { readonly kind: "constant"; readonly value: string | null }
  | { readonly kind: "field" | "lower_case" | "time" | "present" | "token"; readonly index: number }
  | {
    readonly kind: "map"; readonly index: number;
    readonly map: ReadonlyMap<string, string | boolean>;
  }
  | {
    readonly kind: "passed" | "person_teacher_no" | "person_token" | "person_platform"
      | "person_account_token";
  };

export function buildRowPlan(
  contract: Contract, header: TableHeader, tokens: Tokens, context: ParseContext,
): RowPlan {
  const at = (name: string | undefined) =>
    (name === undefined ? -1 : contract.fields.findIndex((f) => f.field === name));
  const columnAt = (name: string | undefined) => header.columnOf[at(name)] ?? -1;
  const conditions = typeof contract.passed === "string" ? [] : contract.passed;
  const deciding = new Set(conditions.map((c) => c.field));
  const all = contract.fields.map((field, index): FieldPlan => ({
    index, field, kind: field.kind,
    column: header.columnOf[index] ?? -1,
    parse: isLate(field) || field.kind === "ignored" || field.kind === "person"
      ? parseNothing
      : buildFieldParser(field, context),
    isRequired: field.required === "yes" && field.kind !== "person",
    isRequiredWhenPassed: field.required === "when_passed",
    isDeciding: deciding.has(field.field) || field.unreadable === "rejects",
    guide: at(field.id_type_field ?? field.level_field),
  }));
  const fields = all.filter((f) => f.kind !== "ignored");
  const period = contract.period;
  const condition = (c: Condition): ConditionPlan => ({
    index: at(c.field),
    is: c.is ? new Set<unknown>(c.is) : null,
    isNot: c.is_not ? new Set<unknown>(c.is_not) : null,
  });
  const id = planId(contract);
  const teacherNo = contract.fields.findIndex(
    (f) => f.kind === "teacher_no" || f.person_as === "teacher_no");
  return {
    contract, context, tokens, fields,
    parsed: contract.fields.map(() => EMPTY),
    parseId: buildIdParser(tokens),
    readId: buildIdReader(tokens),
    lateFields: fields.filter((f) => isLate(f.field) || f.kind === "person"),
    persons: fields.filter((f) => f.kind === "person"),
    passed: typeof contract.passed === "string"
      ? contract.passed === "always"
      : conditions.map(condition),
    area: contract.area
      ? {
        code: at(contract.area.code),
        codeColumn: columnAt(contract.area.code),
        countyColumn: columnAt(contract.area.county),
        cityColumn: columnAt(contract.area.city),
      }
      : null,
    areaField: all.find((f) => f.field.field === contract.area?.code) ?? null,
    period: period
      ? {
        begin: at(period.begin), end: at(period.end),
        at: Math.max(at(period.begin), at(period.end)),
        isByDay: contract.fields[at(period.begin)]?.kind === "day",
        rejects: period.fault === "rejects",
      }
      : null,
    voiding: contract.voiding
      ? {
        when: condition(contract.voiding.when),
        column: header.objectTypeColumn,
        objectType: contract.voiding.object_type,
        relation: contract.voiding.relation,
        columns: planColumns(contract.voiding.relation, contract.voiding.columns, at),
      }
      : null,
    accounts: contract.accounts
      ? {
        platform: at(contract.accounts.platform), account: at(contract.accounts.account),
        homePage: contract.accounts.registry_home_page,
      }
      : null,
    columns: planColumns(contract.relation, contract.columns, at),
    scope: at(contract.scope_field),
    version: at(contract.version_field),
    id,
    isPersonInId: id.some((part) => part.isPerson),
    teacherNo,
    idNumber: contract.fields.findIndex(
      (f) => f.kind === "id_number" || f.person_as === "id_number"),
  };
}

const parseNothing: ParseField = () => EMPTY;

function isLate(field: ContractField): boolean {
  return field.kind === "id_number" || field.kind === "area_or_school";
}

function planColumns(
  relation: string, columns: Readonly<Record<string, ColumnSource>>,
  at: (name: string | undefined) => number,
): readonly ColumnPlan[] {
  return requireRelation(relation).columns.slice(envelope.length)
    .map((column) => planColumn(columns[column.name], at));
}

function planColumn(
  source: ColumnSource | undefined, at: (name: string | undefined) => number,
): ColumnPlan {
  if (!source) return { kind: "constant", value: null };
  if ("value" in source) return { kind: "constant", value: source.value };
  if ("passed" in source) return { kind: "passed" };
  if ("person" in source) return { kind: `person_${source.person}` };
  if ("token" in source) return { kind: "token", index: at(source.token) };
  if ("present" in source) return { kind: "present", index: at(source.present) };
  if ("time_of" in source) return { kind: "time", index: at(source.time_of) };
  const index = at(source.from);
  if (source.map) return { kind: "map", index, map: new Map(Object.entries(source.map)) };
  return { kind: source.lower_case ? "lower_case" : "field", index };
}

function planId(contract: Contract): readonly IdPart[] {
  const tokened = new Set(
    Object.values(contract.columns).flatMap((s) => ("token" in s ? [s.token] : [])));
  const firstPerson = contract.fields.findIndex((f) => f.kind === "person");
  return contract.fields.flatMap((field, index): IdPart[] => {
    const isPersonKind = field.kind === "person";
    if (isPersonKind ? index !== firstPerson : !field.in_record_id) return [];
    if (isPersonKind && !contract.fields.some((f) => f.kind === "person" && f.in_record_id)) {
      return [];
    }
    return [{
      index,
      isPerson: isPersonKind || field.kind === "teacher_no",
      isRequired: field.required === "yes",
      token: tokened.has(field.field) ? "account" : null,
    }];
  });
}
