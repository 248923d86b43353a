import { requireNoFaults } from "./errors.ts";
import { buildSeedContext, isDay, seedRules } from "./seed-rules.ts";
import type { SeedContext } from "./seed-rules.ts";
import { listSeedNames, readShippedSeed } from "./seeds.ts";
import type { Seed } from "./seeds.ts";

/**
 * Judges the seeds in force (by file name) as a whole. Throws one ContractError with every fault:
 * `seeds/<file> line <n>: <what is wrong>: <value>; accepted: <what>`.
 */
export function checkSeeds(seeds: ReadonlyMap<string, Seed>): void {
  const context = buildSeedContext(seeds);
  const faults: string[] = [];
  for (const [name, seed] of seeds) {
    if (!listSeedNames().includes(name)) {
      faults.push(`seeds/${name}: unknown seed; accepted: ${listSeedNames().join(", ")}`);
      continue;
    }
    faults.push(...cellFaults(name, seed, context), ...duplicateFaults(name, seed));
  }
  faults.push(...divisionFaults(seeds.get("divisions.csv")));
  faults.push(...parameterFaults(seeds));
  requireNoFaults("seeds", faults);
}

/** Line of a row in its file; the header is line 1. */
const lineOf = (name: string, index: number): string => `seeds/${name} line ${index + 2}`;

function cellFaults(name: string, seed: Seed, context: SeedContext): readonly string[] {
  const rules = Object.entries(seedRules[name]?.columns ?? {});
  const missing = rules.filter(([column]) => !seed.columns.includes(column));
  if (missing.length > 0) {
    return missing.map(([column]) =>
      `seeds/${name} line 1: missing column: ${column}; found: ${seed.columns.join(",")}`);
  }
  return seed.rows.flatMap((row, i) => rules.flatMap(([column, rule]) => {
    const value = row[column] ?? "";
    const acceptedValues = rule(value, context);
    return acceptedValues === undefined ? []
      : [`${lineOf(name, i)}: invalid ${column}: ${value}; accepted: ${acceptedValues}`];
  }));
}

function duplicateFaults(name: string, seed: Seed): readonly string[] {
  return (seedRules[name]?.unique ?? []).flatMap((columns) => {
    const first = new Map<string, number>();
    return seed.rows.flatMap((row, i) => {
      const key = columns.map((c) => row[c] ?? "").join(",");
      const before = first.get(key);
      if (before === undefined) {
        first.set(key, i);
        return [];
      }
      return [`${lineOf(name, i)}: duplicate ${columns.join(", ")}: ${key}; ` +
        `it stands in line ${before + 2}`];
    });
  });
}

/** A city has one name. */
function divisionFaults(divisions: Seed | undefined): readonly string[] {
  const names = new Map<string, string>();
  return (divisions?.rows ?? []).flatMap((row, i) => {
    const known = names.get(row.city_code ?? "") ?? row.city_name ?? "";
    names.set(row.city_code ?? "", known);
    return known === row.city_name ? []
      : [`${lineOf("divisions.csv", i)}: contradictory city_name: ${row.city_name}; ` +
        `city ${row.city_code} is ${known} above`];
  });
}

const file = "parameters.csv";

function parameterFaults(seeds: ReadonlyMap<string, Seed>): readonly string[] {
  const rows = seeds.get(file)?.rows;
  if (!rows) return [];
  const units = new Map(readShippedSeed(file).rows.map((r) => [r.parameter ?? "", r.unit ?? ""]));
  const figures = seeds.get("figures.csv")?.rows ?? [];
  const gates = figures.map((r) => r.figure_code ?? "").filter((c) => /^gate_\d+$/.test(c));
  for (const gate of gates) units.set(`${gate}_due_on`, "day");
  const faults = rows.flatMap((row, i) => {
    const { parameter = "", value = "" } = row;
    const unit = units.get(parameter);
    if (unit === undefined) {
      return [`${lineOf(file, i)}: unknown parameter: ${parameter}; ` +
        `accepted: ${[...units.keys()].sort().join(", ")}`];
    }
    const wanted = wantedValue(parameter, unit, value);
    return wanted === undefined ? []
      : [`${lineOf(file, i)}: invalid value of ${parameter}: ${value}; accepted: ${wanted}`];
  });
  return [...faults, ...missingFaults(rows, [...units.keys()])];
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

type Rows = Seed["rows"];

/** Every parameter needs a value of the province; a city that asks other hours its own mix. */
function missingFaults(rows: Rows, known: readonly string[]): readonly string[] {
  const has = (area: string, parameter: string): boolean =>
    rows.some((r) => r.area_code === area && r.parameter === parameter);
  const province = rows.map((r) => r.area_code ?? "").find((a) => a.length === 2) ?? "51";
  const changing = new Set(rows
    .filter((r) => r.area_code !== province && /^required_\w+_seconds$/.test(r.parameter ?? ""))
    .map((r) => r.area_code ?? ""));
  const mixes = known.filter((p) => /^mix_\w+_seconds$/.test(p));
  return [
    ...known.filter((p) => !has(province, p)).map((p) =>
      `seeds/${file}: missing parameter: ${p}; ` +
      `accepted: a row of area ${province} that is in force from the first day`),
    ...[...changing].flatMap((area) => mixes.filter((m) => !has(area, m)).map((m) =>
      `seeds/${file}: missing parameter: ${m} of area ${area}; ` +
      "an area that sets its own hours sets its own mix")),
  ];
}
