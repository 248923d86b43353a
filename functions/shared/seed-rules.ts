import type { Seed } from "./seeds.ts";

export type SeedRow = Readonly<Record<string, string>>;
/** What is accepted, where the value is not; undefined where it is. */
export type CellRule = (value: string, context: SeedContext) => string | undefined;

/** What cells refer to. */
export interface SeedContext {
  readonly counties: ReadonlySet<string>;
  /** 51, 4-digit cities, 6-digit counties. */
  readonly areas: ReadonlySet<string>;
  /** Systems with a priority: those that give credit. */
  readonly creditSystems: ReadonlySet<string>;
}
export interface SeedRule {
  readonly columns: Readonly<Record<string, CellRule>>;
  /** Sets of columns each of which is unique. */
  readonly unique: readonly (readonly string[])[];
}

const filled: CellRule = (v) => (v === "" ? "not empty" : undefined);
const anything: CellRule = () => undefined;
const code: CellRule = (v) => (/^[A-Za-z][\w-]*$/.test(v) ? undefined : "letters, digits, _ and -");
const whole: CellRule = (v) => (/^\d{1,15}$/.test(v) ? undefined : "a whole number");
const wholeOrEmpty: CellRule = (v, context) => (v === "" ? undefined : whole(v, context));
const decimal: CellRule = (v) => (/^\d+(\.\d+)?$/.test(v) ? undefined : "a number");
const trueOrFalse: CellRule = (v) => (v === "true" || v === "false" ? undefined : "true or false");
const oneOf = (...values: readonly string[]): CellRule => (v) =>
  values.includes(v) ? undefined : values.join(", ");
const email: CellRule = (v) =>
  (/^[^\s@]+@[^\s@]+$/.test(v) ? undefined : "an address as office@example.cn");
const sixDigits: CellRule = (v) => (/^\d{6}$/.test(v) ? undefined : "6 digits");
const county: CellRule = (v, { counties }) =>
  counties.has(v) ? undefined : "a county code of divisions.csv";
const area: CellRule = (v, { areas }) =>
  areas.has(v) ? undefined : "51, a 4-digit city or 6-digit county code of divisions.csv";
const areaOrEmpty: CellRule = (v, context) => (v === "" ? undefined : area(v, context));
const creditSystem: CellRule = (v, { creditSystems }) =>
  creditSystems.has(v) ? undefined : "a system of system_priority.csv";

/** A day that exists, as `2021-12-20`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 2021-02-30 for March.
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text;
}
const day: CellRule = (v) => (isDay(v) ? undefined : "a day as 2021-12-20");

/** Rules of each seed by file name. Columns that are not named here are remarks. */
export const seedRules: Readonly<Record<string, SeedRule>> = {
  "divisions.csv": {
    columns: {
      county_code: sixDigits, county_name: filled, city_name: filled,
      city_code: (v) => (/^\d{4}00$/.test(v) ? undefined : "6 digits that end in 00"),
      deep_poverty: trueOrFalse, poverty: trueOrFalse, ethnic: trueOrFalse,
      three_prefectures: trueOrFalse,
    },
    unique: [["county_code"]],
  },
  "division_aliases.csv": {
    columns: { alias_code: sixDigits, alias_name: filled, code: county, name: filled },
    unique: [["alias_code", "alias_name"]],
  },
  "county_tile_grid.csv": {
    columns: { county_code: county, county_name: filled, col: whole, row: whole },
    unique: [["county_code"], ["col", "row"]],
  },
  "county_weights.csv": {
    columns: { county_code: county, pop_2010: whole, area_km2: decimal },
    unique: [["county_code"]],
  },
  "parameters.csv": {
    columns: { area_code: area, parameter: filled, valid_from: day, value: filled },
    unique: [["area_code", "parameter", "valid_from"]],
  },
  "programmes.csv": {
    columns: {
      programme_code: code, title: filled, phases: whole, seats_per_phase: wholeOrEmpty,
      online_hours: wholeOrEmpty, practice_hours: wholeOrEmpty,
    },
    // two titles share one code: their seats are the same (annex 4)
    unique: [["title"]],
  },
  "figures.csv": {
    columns: { figure_code: code, unit: filled, name_zh: filled, name_en: filled },
    unique: [["figure_code"]],
  },
  "figure_definitions.csv": {
    columns: {
      figure_code: code, levels: filled, n_zh: filled, n_en: filled, formula: filled,
      source: filled,
    },
    unique: [["figure_code"]],
  },
  "states.csv": {
    columns: { state_code: code, name_zh: filled, name_en: filled },
    unique: [["state_code"]],
  },
  "system_priority.csv": {
    columns: { system: code, priority: whole },
    unique: [["system"], ["priority"]],
  },
  "training_crosswalk.csv": {
    columns: { source_system: creditSystem, source_training_id: filled, training_id: filled },
    unique: [["source_system", "source_training_id"]],
  },
  "ability_points.csv": {
    columns: {
      ability_code: code, dimension_name: filled, ability_name: filled, environment_code: code,
      dimension_code:
        oneOf("learner_analysis", "teaching_design", "learning_guidance", "assessment"),
    },
    unique: [["ability_code"]],
  },
  "alert_rules.csv": {
    columns: {
      rule_code: code, name_zh: filled, name_en: filled, remind_working_days: wholeOrEmpty,
      escalate_city_working_days: wholeOrEmpty, escalate_province_working_days: wholeOrEmpty,
      reopen_days: wholeOrEmpty,
    },
    unique: [["rule_code"]],
  },
  "cloud_prices.csv": {
    columns: {
      service: code, item: code, region: code, unit: oneOf("GB", "TB", "GB-second", "thousand", "million"),
      price: decimal,
      currency: code, source: filled, seen_on: day,
    },
    unique: [["service", "item", "region"]],
  },
  "holidays.csv": {
    columns: { day_on: day, kind: oneOf("holiday", "workday") },
    unique: [["day_on"]],
  },
  "recipients.csv": {
    columns: { recipient_id: code, role: code, area_code: areaOrEmpty, system: anything, email },
    unique: [["recipient_id"]],
  },
};

/** Codes that the cells of other seeds refer to. */
export function buildSeedContext(seeds: ReadonlyMap<string, Seed>): SeedContext {
  const divisions = seeds.get("divisions.csv")?.rows ?? [];
  const counties = new Set(divisions.map((row) => row.county_code ?? ""));
  const cities = divisions.map((row) => (row.city_code ?? "").slice(0, 4));
  const provinces = divisions.map((row) => (row.county_code ?? "").slice(0, 2));
  const systems = seeds.get("system_priority.csv")?.rows ?? [];
  return {
    counties,
    areas: new Set([...counties, ...cities, ...provinces]),
    creditSystems: new Set(systems.map((row) => row.system ?? "")),
  };
}
