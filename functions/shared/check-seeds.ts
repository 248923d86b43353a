import { requireNoFaults } from "./errors.ts";
import { normaliseText } from "./normalise-text.ts";
import { findParameterFaults } from "./parameter-rules.ts";
import { buildSeedContext, seedRules } from "./seed-rules.ts";
import type { SeedContext } from "./seed-rules.ts";
import { listSeedNames } from "./seeds.ts";
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
  faults.push(...findParameterFaults(seeds));
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
      // Texts of sources are compared as cells are: full-width letters are the same letters.
      const key = columns.map((c) => normaliseText(row[c] ?? "")).join(",");
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
