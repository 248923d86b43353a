import { readShippedSeed } from "../../shared/seeds.ts";
import { ContractError } from "../../shared/errors.ts";

export interface County {
  readonly code: string;
  readonly name: string;
  /** Four digits. */
  readonly cityCode: string;
  readonly cityName: string;
  readonly isDeepPoverty: boolean;
  readonly isPoverty: boolean;
  readonly nTeachers: number;
}

/** Teachers of the province in nursery, primary, secondary and vocational schools. */
const provinceTeachers = 826_000;
const fewestTeachers = 12;

/** The real counties with their number of teachers: share of the population of 2010 × scale. */
export function buildCounties(scale: number): readonly County[] {
  const population = new Map(
    readShippedSeed("county_weights.csv").rows.map(
      (r) => [r["county_code"]!, Number(r["pop_2010"])]
    ),
  );
  const total = [...population.values()].reduce((sum, n) => sum + n, 0);
  return readShippedSeed("divisions.csv").rows.map((row) => {
    const code = row["county_code"]!;
    const n = population.get(code);
    if (n === undefined) {
      throw new ContractError(
        `seeds/county_weights.csv: missing county: ${code}; see divisions.csv`
      );
    }
    return {
      code,
      name: row["county_name"]!,
      cityCode: row["city_code"]!.slice(0, 4),
      cityName: row["city_name"]!,
      isDeepPoverty: row["deep_poverty"] === "true",
      isPoverty: row["poverty"] === "true",
      nTeachers: Math.max(fewestTeachers, Math.round((n / total) * scale * provinceTeachers)),
    };
  });
}
