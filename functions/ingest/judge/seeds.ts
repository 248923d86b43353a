import { ContractError, requireNoFaults } from "../../shared/errors.ts";
import type { Seed } from "../../shared/seeds.ts";
import { Areas } from "./areas.ts";
import { isDigits } from "./parse-identity.ts";

/** What the judge knows besides the row itself. */
export interface JudgeSeeds {
  readonly areas: Areas;
  /** The ability points of the plan, A1 … C7. */
  readonly abilityCodes: ReadonlySet<string>;
}

/** Names of the seeds that `buildJudgeSeeds` reads. */
export const judgeSeedNames = [
  "divisions.csv", "division_aliases.csv", "ability_points.csv",
] as const;

/** Builds the judge's lists; throws ContractError listing every broken line of the seeds. */
export function buildJudgeSeeds(seeds: readonly Seed[]): JudgeSeeds {
  const faults: string[] = [];
  const counties = rowsOf(seeds, "divisions.csv").map((row, i) => {
    const place = `divisions.csv line ${i + 2}`;
    const code = requireDigits(row["county_code"], 6, `${place}: county_code`, faults);
    const city = requireDigits(row["city_code"], 6, `${place}: city_code`, faults);
    return {
      code, name: row["county_name"] ?? "", cityCode: city.slice(0, 4),
      cityName: row["city_name"] ?? "",
    };
  });
  const known = new Set(counties.map((c) => c.code));
  const aliases = rowsOf(seeds, "division_aliases.csv").map((row, i) => {
    const place = `division_aliases.csv line ${i + 2}`;
    const code = row["code"] ?? "";
    if (!known.has(code)) {
      faults.push(`${place}: code: unknown: ${code}; accepted: a county code of divisions.csv`);
    }
    const aliasCode = requireDigits(row["alias_code"], 6, `${place}: alias_code`, faults);
    return { aliasCode, aliasName: row["alias_name"] ?? "", code };
  });
  const abilityCodes = new Set(
    rowsOf(seeds, "ability_points.csv").map((row) => row["ability_code"] ?? ""),
  );
  requireNoFaults("seeds", faults);
  return { areas: new Areas(counties, aliases), abilityCodes };
}

function rowsOf(seeds: readonly Seed[], name: string): Seed["rows"] {
  const seed = seeds.find((s) => s.name === name);
  if (!seed) throw new ContractError(`seeds: missing: ${name}; see sql/seeds`);
  return seed.rows;
}

function requireDigits(
  value: string | undefined, length: number, key: string, faults: string[],
): string {
  const text = value ?? "";
  if (!isDigits(text, length)) {
    faults.push(`${key}: invalid: ${text || "empty"}; accepted: ${length} digits`);
  }
  return text;
}
