import type { Contract, ContractField } from "../../../functions/ingest/contracts/contract.ts";
import {
  countyByNames, isNothing, isWitness, normalise, readId, readKind, readUnit, type Reading,
} from "./second-kinds.ts";

export type SecondVerdict =
  | { readonly kind: "skipped" }
  | { readonly kind: "rejected"; readonly reasons: readonly string[] }
  | {
    readonly kind: "accepted"; readonly warnings: readonly string[]; readonly isPassed: boolean;
    /** By field; the lake has parts of them. */
    readonly readings: ReadonlyMap<string, Reading>;
    /** Parts that say which record it is and what stands in it. */
    readonly id: string; readonly content: string;
  };

/** A cell of a text, or a value of a JSON object. */
export type Cell = string | number | boolean | null;

/** One row of a table whose header names every field of the contract in order. */
export function judgeAgain(
  contract: Contract, row: readonly Cell[], landingDay: string,
): SecondVerdict {
  const cells = row.map((cell) => {
    const text = normalise(typeof cell === "number" ? plainNumber(cell) : String(cell ?? ""));
    return isNothing(text) ? "" : text;
  });
  if (isNoRecord(contract, cells)) return { kind: "skipped" };
  if (cells.slice(contract.fields.length).some((cell) => cell !== "")) {
    return { kind: "rejected", reasons: ["invalid.structure"] };
  }
  const ruined = new Set(contract.fields.filter((field, i) =>
    field.kind !== "text" && typeof row[i] === "number" && row[i] >= 1e15).map((f) => f.field));
  const readings = readAll(contract, cells, ruined, landingDay);
  const isPassed = hasPassed(contract, readings);
  const { reasons, warnings } = listFaults(contract, cells, readings, isPassed);
  if (reasons.length > 0) return { kind: "rejected", reasons };
  return {
    kind: "accepted", warnings, isPassed, readings,
    id: idOf(contract, readings),
    content: JSON.stringify(contract.fields.filter((f) => f.kind !== "ignored").map((f) => {
      const { value = null, time } = readings.get(f.field) ?? { value: null };
      return [value, time];
    })),
  };
}

function plainNumber(value: number): string {
  return value.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 20 });
}

function isNoRecord(contract: Contract, cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  const titles = contract.fields.map((f) => normalise(f.header).replaceAll(" ", ""));
  const same = cells.filter((c, i) => c !== "" && c.replaceAll(" ", "") === titles[i]);
  return filled.length === 0 || same.length * 100 >= filled.length * 80
    || (filled.length === 1 && titles.length >= 4)
    || /^(合计|总计|小计)($|[:(\d])/u.test(filled[0] ?? "");
}

function readAll(
  contract: Contract, cells: readonly string[], ruined: ReadonlySet<string>, landingDay: string,
): Map<string, Reading> {
  const readings = new Map<string, Reading>();
  const faulty: Reading = { value: null, fault: "ruined" };
  const cellOf = (name: string | undefined) =>
    cells[contract.fields.findIndex((f) => f.field === name)] ?? "";
  const isLate = (f: ContractField) =>
    f.kind === "id_number" || f.person_as === "id_number" || f.kind === "area_or_school";
  for (const field of contract.fields.filter((f) => f.kind !== "ignored" && !isLate(f))) {
    const text = cellOf(field.field);
    readings.set(field.field, ruined.has(field.field) ? faulty
      : text === "" ? { value: null } : readKind(field, text, landingDay));
  }
  for (const field of contract.fields.filter(isLate)) {
    const guide = readings.get(field.id_type_field ?? field.level_field ?? "")?.value ?? null;
    const text = cellOf(field.field);
    readings.set(field.field, ruined.has(field.field) ? faulty : text === "" ? { value: null }
      : field.kind === "area_or_school" ? readUnit(text, guide)
        : readId(text, guide === null ? null : String(guide)));
  }
  const { area } = contract;
  const county = cellOf(area?.county);
  const code = readings.get(area?.code ?? "");
  if (area && code?.value === null && !code.fault && county !== "") {
    const found = countyByNames(county, cellOf(area.city));
    readings.set(area.code, found === undefined
      ? { value: null, fault: "unknown" } : { value: found });
  }
  return readings;
}

function hasPassed(contract: Contract, readings: ReadonlyMap<string, Reading>): boolean {
  if (typeof contract.passed === "string") return contract.passed === "always";
  return contract.passed.every(({ field, is, is_not: isNot }) => {
    const value = readings.get(field)?.value ?? null;
    return (is?.includes(value as string) ?? true) && !(isNot?.includes(value as string) ?? false);
  });
}

function listFaults(
  contract: Contract, cells: readonly string[], readings: ReadonlyMap<string, Reading>,
  isPassed: boolean,
): { readonly reasons: readonly string[]; readonly warnings: readonly string[] } {
  const reasons: string[] = [];
  const warnings: string[] = [];
  const persons = contract.fields.filter((f) => f.kind === "person");
  const isPersonKnown = persons.some((f) => readings.get(f.field)?.value !== null);
  const deciding = typeof contract.passed === "string" ? [] : contract.passed.map((c) => c.field);
  contract.fields.forEach((field, i) => {
    const { value = null, fault, isChanged } = readings.get(field.field) ?? { value: null };
    if (field.kind === "ignored") return;
    if (field.kind === "person") {
      if (fault) (isPersonKnown ? warnings : reasons).push(`${fault}.${field.field}`);
      const isAllEmpty = persons.every((f) => !readings.get(f.field)?.fault) && !isPersonKnown;
      if (isAllEmpty && field === persons[0]) reasons.push("missing.person");
      return;
    }
    const isNeeded = field.required === "yes" || (field.required === "when_passed" && isPassed);
    const rejects = isNeeded || deciding.includes(field.field) || field.unreadable === "rejects";
    if (fault) (rejects ? reasons : warnings).push(`${fault}.${field.field}`);
    else if (isChanged) warnings.push(`invalid.${field.field}`);
    else if (value === null && isNeeded) {
      const isBesideFault = field.kind === "area_or_school" && (cells[i] ?? "") !== "";
      if (!isBesideFault) reasons.push(`missing.${field.field}`);
    }
    const { area, period } = contract;
    const cellOf = (name: string | undefined) =>
      cells[contract.fields.findIndex((f) => f.field === name)] ?? "";
    if (area?.code === field.field && value !== null && (cells[i] ?? "") !== ""
      && !isWitness(String(value), cellOf(area.county), cellOf(area.city))) {
      warnings.push(`contradictory.${field.field}`);
    }
    if (period?.end === field.field
      && isAfter(readings.get(period.begin), readings.get(period.end))) {
      (period.fault === "rejects" ? reasons : warnings).push("contradictory.period");
    }
  });
  return { reasons, warnings };
}

function isAfter(begin: Reading | undefined, end: Reading | undefined): boolean {
  if (begin === undefined || end === undefined) return false;
  if (begin.value === null || end.value === null) return false;
  if (typeof begin.value === "string") return begin.value > String(end.value);
  const wall = new Date(Number(begin.value)).toISOString();
  const from = end.time === undefined ? wall.slice(0, 10) : wall.slice(0, 19);
  return from > (end.time === undefined ? String(end.value) : `${end.value}T${end.time}`);
}

function idOf(contract: Contract, readings: ReadonlyMap<string, Reading>): string {
  const value = (name: string | undefined) => readings.get(name ?? "")?.value ?? null;
  const persons = contract.fields.filter((f) => f.kind === "person" && f.in_record_id);
  const number = contract.fields.find((f) => f.person_as === "teacher_no")?.field;
  const card = contract.fields.find((f) => f.person_as === "id_number")?.field;
  const person = persons.length === 0 ? []
    : [value(number) === null ? ["card", value(card)] : ["number", value(number)]];
  const rest = contract.fields.filter((f) => f.in_record_id && f.kind !== "person")
    .map((f) => value(f.field));
  return JSON.stringify([...person, ...rest]);
}
