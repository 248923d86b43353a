import { envelope, relations } from "../../shared/relations.ts";
import type { ColumnSource, Condition, Contract, ContractField } from "./contract.ts";

/**
 * Faults of a contract that a schema cannot see: names that point nowhere, columns the relation
 * does not have, personal values on their way into a public relation.
 */
export function findContractFaults(file: string, contract: Contract): readonly string[] {
  const faults: string[] = [];
  const kept = contract.fields.filter((f) => f.kind !== "ignored");
  const names = kept.map((f) => f.field);
  const fault = (key: string, what: string, value: string, accepts: string) => {
    faults.push(`${file}: ${key}: ${what}: ${value}; accepted: ${accepts}`);
  };
  const requireField = (key: string, name: string | undefined) => {
    if (name !== undefined && !names.includes(name)) {
      fault(key, "unknown field", name, names.join(", "));
    }
  };

  const expected = `${contract.system}/${contract.export}.json`;
  if (file !== expected) fault("system, export", "invalid place", file, expected);
  findRepeats(contract.fields.map((f) => f.header))
    .forEach((h) => fault("fields", "duplicate header", h, "each header once"));
  findRepeats(names).forEach((n) => fault("fields", "duplicate field", n, "each field once"));
  if (!kept.some((f) => f.in_record_id)) {
    fault("fields", "missing record id", "none", "at least one field with in_record_id");
  }

  contract.fields.forEach((field, i) => {
    const key = `fields.${i} (${field.header})`;
    requireField(`${key}.id_type_field`, field.id_type_field);
    requireField(`${key}.level_field`, field.level_field);
    for (const message of fieldFaults(field)) faults.push(`${file}: ${key}: ${message}`);
  });

  requireField("scope_field", contract.scope_field);
  requireField("version_field", contract.version_field);
  for (const key of ["code", "county", "city"] as const) {
    requireField(`area.${key}`, contract.area?.[key]);
  }
  requireField("period.begin", contract.period?.begin);
  requireField("period.end", contract.period?.end);
  requireField("accounts.platform", contract.accounts?.platform);
  requireField("accounts.account", contract.accounts?.account);

  const conditions = typeof contract.passed === "string" ? [] : contract.passed;
  conditions.forEach((c, i) => requireCondition(`passed.${i}`, c));
  if (contract.voiding) requireCondition("voiding.when", contract.voiding.when);
  if (contract.passed === "never" && kept.some((f) => f.required === "when_passed")) {
    fault("passed", "missing rule", "never", "a rule, for some fields are required when passed");
  }

  requireColumns("columns", contract.relation, contract.columns);
  if (contract.voiding) {
    requireColumns("voiding.columns", contract.voiding.relation, contract.voiding.columns);
  }
  return faults;

  function requireCondition(key: string, condition: Condition): void {
    requireField(`${key}.field`, condition.field);
    const field = kept.find((f) => f.field === condition.field);
    if (!field) return;
    for (const value of [...condition.is ?? [], ...condition.is_not ?? []]) {
      const codes = conditionValues(field);
      if (codes && !codes.includes(value)) {
        fault(key, "unknown value", String(value), codes.join(", "));
      }
    }
  }

  function requireColumns(
    key: string, relationName: string, columns: Readonly<Record<string, ColumnSource>>,
  ): void {
    const relation = relations.find((r) => r.name === relationName);
    if (!relation) {
      fault("relation", "unknown relation", relationName, relations.map((r) => r.name).join(", "));
      return;
    }
    const payload = relation.columns.slice(envelope.length).map((c) => c.name);
    for (const [column, source] of Object.entries(columns)) {
      const place = `${key}.${column}`;
      if (!payload.includes(column)) fault(key, "unknown column", column, payload.join(", "));
      const name = sourceField(source);
      requireField(place, name);
      if (!("from" in source)) continue;
      const field = kept.find((f) => f.field === name);
      if (field?.personal && !relation.isPrivate) {
        fault(place, "personal field in a public relation", field.field, "token or present");
      }
      const codes = field?.kind === "list" ? Object.values(field.values ?? {}) : undefined;
      if (source.map && codes) {
        for (const code of codes.filter((c) => !(c in (source.map ?? {})))) {
          fault(`${place}.map`, "missing code", code, "every code of the list");
        }
      }
    }
  }
}

function fieldFaults(field: ContractField): readonly string[] {
  const faults: string[] = [];
  if ((field.kind === "list") !== (field.values !== undefined)) {
    faults.push(`values: missing or surplus: ${field.kind}; accepted: values with kind list only`);
  }
  if ((field.kind === "person") !== (field.person_as !== undefined)) {
    faults.push(`person_as: missing or surplus: ${field.kind}; accepted: with kind person only`);
  }
  if ((field.kind === "area_or_school") !== (field.level_field !== undefined)) {
    faults.push(
      `level_field: missing or surplus: ${field.kind}; accepted: with kind area_or_school only`,
    );
  }
  if ((field.kind === "ignored") !== (field.field === "-")) {
    faults.push(`field: invalid: ${field.field}; accepted: - for kind ignored, a name otherwise`);
  }
  return faults;
}

function conditionValues(field: ContractField): readonly (string | boolean)[] | undefined {
  if (field.kind === "list") return Object.values(field.values ?? {});
  if (field.kind === "yes_no" || field.kind === "boolean") return [true, false];
  return undefined;
}

function sourceField(source: ColumnSource): string | undefined {
  if ("from" in source) return source.from;
  if ("token" in source) return source.token;
  if ("present" in source) return source.present;
  if ("time_of" in source) return source.time_of;
  return undefined;
}

function findRepeats(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((n, i) => names.indexOf(n) !== i))];
}
