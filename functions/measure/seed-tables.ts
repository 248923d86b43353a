import { normaliseText } from "../shared/normalise-text.ts";
import type { Column, ColumnType } from "../shared/relations.ts";
import type { Seed } from "../shared/seeds.ts";
import type { SmallTable } from "../shared/sql-engine.ts";

type Cell = string | number | boolean | null;
type SeedRow = Readonly<Record<string, string>>;
interface SeedColumn extends Column { readonly of: (row: SeedRow) => Cell }
interface SeedTable {
  /** Name of the seed's file without its ending; the table is `seed_<name>`. */
  readonly seed: string;
  readonly columns: readonly SeedColumn[];
}

const text = (name: string, meaning: string, from = name): SeedColumn =>
  ({ name, type: "VARCHAR", meaning, of: (row) => row[from] || null });
const column = (name: string, type: ColumnType, meaning: string, of: SeedColumn["of"]) =>
  ({ name, type, meaning, of });
/** Written by a source: compared with cells, so normalised as they are (rows.md, *Cells*). */
const sourceText = (name: string, meaning: string): SeedColumn =>
  ({ name, type: "VARCHAR", meaning, of: (row) => normaliseText(row[name] ?? "") || null });
const whole = (name: string, meaning: string, from = name): SeedColumn =>
  column(name, "BIGINT", meaning, (row) =>
    (/^-?\d+$/.test(row[from] ?? "") ? Number(row[from]) : null));
const flag = (name: string, from: string, meaning: string): SeedColumn =>
  column(name, "BOOLEAN", meaning, (row) => row[from] === "true");
const dayForm = /^\d{4}-\d{2}-\d{2}$/;
const day = (name: string, meaning: string, from = name): SeedColumn =>
  column(name, "DATE", meaning, (row) => (dayForm.test(row[from] ?? "") ? row[from]! : null));

/** The seeds that SQL reads, with the types it sees. */
export const seedTables: readonly SeedTable[] = [
  { seed: "divisions", columns: [
    text("county_code", "6 digits"),
    text("county_name", ""),
    // the seed writes cities with 6 digits (510100)
    column("city_code", "VARCHAR", "4 digits", (row) => row.city_code?.slice(0, 4) || null),
    text("city_name", ""),
    flag("is_deep_poverty", "deep_poverty", "one of the 45 deep-poverty counties"),
    flag("is_poverty", "poverty", "one of the 88 poverty counties"),
    flag("is_ethnic", "ethnic", "one of the 51 ethnic counties"),
    flag("is_three_prefectures", "three_prefectures", "one of the 48 of the three prefectures"),
  ] },
  { seed: "parameters", columns: [
    text("area_code", "51, 4-digit city or 6-digit county code"),
    text("parameter", ""),
    day("valid_from", "first day on which the value is in force"),
    text("value", "as written"),
    whole("value_number", "value where it is a whole number", "value"),
    day("value_on", "value where it is a day", "value"),
  ] },
  { seed: "programmes", columns: [
    text("programme_code", ""),
    sourceText("title", "项目名称"),
    whole("phases", "number of phases"),
    whole("seats_per_phase", "NULL where the plan names none"),
    whole("online_hours", "学时"),
    whole("practice_hours", "学时"),
  ] },
  { seed: "figures", columns: [
    text("figure_code", ""), text("unit", ""), text("name_zh", ""), text("name_en", ""),
  ] },
  { seed: "states", columns: [
    text("state_code", ""), text("name_zh", ""), text("name_en", ""),
  ] },
  { seed: "system_priority", columns: [
    text("system", ""), whole("priority", "1 = best"),
  ] },
  { seed: "training_crosswalk", columns: [
    text("source_system", ""),
    sourceText("source_training_id", "the source's own id"),
    text("training_id", "id common to the systems"),
  ] },
  { seed: "ability_points", columns: [
    text("ability_code", ""),
    text("dimension_code", ""),
    text("dimension_name", ""),
    text("ability_name", ""),
    text("environment_code", ""),
  ] },
];

/** Names of the seeds' files that a run depends on. */
export const measuredSeedNames: readonly string[] = seedTables.map((t) => `${t.seed}.csv`);

/** `seed_<name>` tables of the seeds (by file name), and dim_date. */
export function buildSeedTables(seeds: ReadonlyMap<string, Seed>): readonly SmallTable[] {
  return [...seedTables.map((table) => buildSeedTable(table, seeds)), buildDimDate()];
}

function buildSeedTable(table: SeedTable, seeds: ReadonlyMap<string, Seed>): SmallTable {
  const rows = seeds.get(`${table.seed}.csv`)?.rows ?? [];
  return {
    name: `seed_${table.seed}`,
    columns: table.columns.map(({ name, type, meaning }) => ({ name, type, meaning })),
    rows: rows.map((row) => table.columns.map((c) => c.of(row))),
  };
}

const dayMs = 86_400_000;

/** Days 2019-01-01 … 2026-12-31: a year before the first programme day, four after the last. */
function buildDimDate(): SmallTable {
  const rows: (string | boolean)[][] = [];
  const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  for (let ms = Date.UTC(2019, 0, 1); ms <= Date.UTC(2026, 11, 31); ms += dayMs) {
    const weekday = new Date(ms).getUTCDay();
    rows.push([iso(ms), iso(ms - ((weekday + 6) % 7) * dayMs), weekday === 0]);
  }
  return {
    name: "dim_date",
    columns: [
      { name: "day_on", type: "DATE", meaning: "calendar day" },
      { name: "week_start_on", type: "DATE", meaning: "Monday of its week" },
      { name: "is_sunday", type: "BOOLEAN", meaning: "" },
    ],
    rows,
  };
}
