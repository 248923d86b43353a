import { isDay } from "./seed-rules.ts";
import { readShippedSeed } from "./seeds.ts";
import type { Seed } from "./seeds.ts";

const file = "parameters.csv";

interface ParameterRow {
  readonly line: number;
  readonly area: string;
  readonly parameter: string;
  readonly validFrom: string;
  readonly value: string;
}

/** Values that must not be in the wrong order on any day. */
const ordered: readonly (readonly [string, string])[] = [
  ["programme_first_day", "programme_last_day"], ["gate_20_due_on", "gate_60_due_on"],
  ["gate_60_due_on", "gate_100_due_on"], ["ntms_mixed_online_parts", "ntms_mixed_total_parts"],
  ["model_schools_low", "model_schools_high"],
];
const weightsTotal = 100;

/**
 * Faults of the parameters as a whole: unknown ones, values that are none, weights that do not add
 * up, days in the wrong order, parameters without a value; with line and value.
 */
export function findParameterFaults(seeds: ReadonlyMap<string, Seed>): readonly string[] {
  const seed = seeds.get(file);
  if (!seed) return [];
  const shipped = readShippedSeed(file).rows;
  const units = new Map(shipped.map((r) => [r.parameter ?? "", r.unit ?? ""]));
  const gates = listGates(seeds.get("figures.csv"));
  for (const gate of gates.keys()) units.set(`${gate}_due_on`, "day");
  const rows = seed.rows.map((r, i): ParameterRow => ({
    line: i + 2, area: r.area_code ?? "", parameter: r.parameter ?? "",
    validFrom: r.valid_from ?? "", value: r.value ?? "",
  }));
  const faults = rows.flatMap((row) => findValueFault(row, units));
  const province = rows.find((row) => row.area.length === 2)?.area ?? "51";
  const missing = findMissing(rows, units, province, gates);
  // What is no value cannot be added or compared.
  if (faults.length > 0 || missing.length > 0) return [...faults, ...missing];
  const weights = [...units].filter(([, unit]) => unit === "weight").map(([name]) => name);
  return [
    ...findWeightFaults(rows, weights, new Map(shipped.map((r) => [r.parameter ?? "", r.value ?? ""]))),
    ...ordered.flatMap((pair) => findOrderFaults(rows, pair)),
  ];
}

/** Gate → line of figures.csv. */
function listGates(figures: Seed | undefined): ReadonlyMap<string, number> {
  return new Map((figures?.rows ?? []).flatMap((row, i): (readonly [string, number])[] =>
    (/^gate_\d+$/.test(row.figure_code ?? "") ? [[row.figure_code ?? "", i + 2]] : [])));
}

function findValueFault(
  { line, parameter, value }: ParameterRow, units: ReadonlyMap<string, string>,
): readonly string[] {
  const unit = units.get(parameter);
  if (unit === undefined) {
    return [`seeds/${file} line ${line}: unknown parameter: ${parameter}; ` +
      `accepted: ${[...units.keys()].sort().join(", ")}`];
  }
  const wanted = wantedValue(parameter, unit, value);
  return wanted === undefined ? []
    : [`seeds/${file} line ${line}: invalid value of ${parameter}: ${value}; accepted: ${wanted}`];
}

/** What is accepted, where the value is not. */
function wantedValue(parameter: string, unit: string, value: string): string | undefined {
  if (unit === "day") return isDay(value) ? undefined : "a day as 2021-12-20";
  if (!/^\d{1,15}$/.test(value)) return `a whole number of ${unit}`;
  if (unit === "percent" && Number(value) > 100) return "0 to 100 percent";
  // a line needs two points
  if (parameter === "pace_window_days" && Number(value) < 2) return "at least 2 days";
  if (parameter === "ntms_mixed_total_parts" && Number(value) < 1) return "at least 1 part";
  return undefined;
}

/** Every parameter needs a value of the province; a city that asks other hours its own mix. */
function findMissing(
  rows: readonly ParameterRow[], units: ReadonlyMap<string, string>, province: string,
  gates: ReadonlyMap<string, number>,
): readonly string[] {
  const of = (area: string, parameter: string): readonly ParameterRow[] =>
    rows.filter((row) => row.area === area && row.parameter === parameter);
  const firstDay = of(province, "programme_first_day").map((row) => row.value).sort()[0] ?? "";
  const faults = [...units.keys()].flatMap((parameter) => {
    const own = of(province, parameter);
    const earliest = own.toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1))[0];
    if (!earliest) {
      const gate = gates.get(parameter.replace(/_due_on$/, ""));
      return [`${gate === undefined ? `seeds/${file}` : `seeds/figures.csv line ${gate}`}: ` +
        `missing parameter: ${parameter}; accepted: a row of area ${province} in seeds/${file} ` +
        "that is in force from the first day"];
    }
    return earliest.validFrom <= firstDay || firstDay === "" ? []
      : [`seeds/${file} line ${earliest.line}: invalid valid_from of ${parameter}: ` +
        `${earliest.validFrom}; accepted: a first value in force by ${firstDay}`];
  });
  const changing = new Set(rows
    .filter((row) => row.area !== province && /^required_\w+_seconds$/.test(row.parameter))
    .map((row) => row.area));
  const mixes = [...units.keys()].filter((p) => /^mix_\w+_seconds$/.test(p));
  return [
    ...faults,
    ...[...changing].flatMap((area) => mixes.filter((mix) => of(area, mix).length === 0)
      .map((mix) => `seeds/${file}: missing parameter: ${mix} of area ${area}; ` +
        "an area that sets its own hours sets its own mix")),
  ];
}

/** The row in force: of the nearest area that has one, the latest. */
function findInForce(
  rows: readonly ParameterRow[], area: string, parameter: string, day: string,
): ParameterRow | undefined {
  for (let length = area.length; length >= 2; length -= 2) {
    const own = rows
      .filter((r) => r.area === area.slice(0, length) && r.parameter === parameter && r.validFrom <= day)
      .sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
    if (own.length > 0) return own.at(-1);
  }
  return undefined;
}

/** Areas and days on which one of the parameters changes, with the rows that change it. */
function listChanges(
  rows: readonly ParameterRow[], parameters: readonly string[],
): readonly { area: string; day: string; changed: readonly ParameterRow[] }[] {
  const changes = new Map<string, { area: string; day: string; changed: ParameterRow[] }>();
  for (const row of rows.filter((r) => parameters.includes(r.parameter))) {
    const key = `${row.area} ${row.validFrom}`;
    const known = changes.get(key) ?? { area: row.area, day: row.validFrom, changed: [] };
    known.changed.push(row);
    changes.set(key, known);
  }
  return [...changes.values()];
}

function findWeightFaults(
  rows: readonly ParameterRow[], weights: readonly string[], usual: ReadonlyMap<string, string>,
): readonly string[] {
  return listChanges(rows, weights).flatMap(({ area, day, changed }) => {
    const total = weights.reduce((sum, weight) =>
      sum + Number(findInForce(rows, area, weight, day)?.value ?? 0), 0);
    if (total === weightsTotal) return [];
    const blamed = changed.find((r) => r.value !== usual.get(r.parameter)) ?? changed[0]!;
    return [`seeds/${file} line ${blamed.line}: contradictory ${blamed.parameter}: ` +
      `${blamed.value}; accepted: weights that add up to ${weightsTotal}, those of area ${area} ` +
      `from ${day} on make ${total}`];
  });
}

function findOrderFaults(
  rows: readonly ParameterRow[], [low, high]: readonly [string, string],
): readonly string[] {
  return listChanges(rows, [low, high]).flatMap(({ area, day, changed }) => {
    const [a, b] = [findInForce(rows, area, low, day), findInForce(rows, area, high, day)];
    if (!a || !b || compare(a.value, b.value) <= 0) return [];
    const blamed = changed.at(-1)!;
    return [`seeds/${file} line ${blamed.line}: contradictory ${blamed.parameter}: ` +
      `${blamed.value}; accepted: ${low} not above ${high}, which are ${a.value} and ${b.value} ` +
      `in area ${area} from ${day} on`];
  });
}

/** Days as text, numbers as numbers. */
function compare(a: string, b: string): number {
  if (isDay(a) || isDay(b)) return a === b ? 0 : a < b ? -1 : 1;
  return Number(a) - Number(b);
}
