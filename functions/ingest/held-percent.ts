import { ContractError } from "../shared/errors.ts";
import type { Seed } from "../shared/seeds.ts";

/** Province's `held_percent` of parameters.csv in force on a day: newest valid_from up to it. */
export function readHeldPercent(seeds: ReadonlyMap<string, Seed>, day: string): number {
  const rows = (seeds.get("parameters.csv")?.rows ?? []).filter((row) =>
    row["area_code"] === "51" && row["parameter"] === "held_percent" &&
    (row["valid_from"] ?? "") <= day);
  const newest = rows.reduce<(typeof rows)[number] | undefined>((best, row) =>
    (best === undefined || (row["valid_from"] ?? "") > (best["valid_from"] ?? "") ? row : best),
  undefined);
  const percent = Number(newest?.["value"]);
  if (!Number.isInteger(percent) || percent < 0 || percent > 100) {
    throw new ContractError(
      `seeds/parameters.csv: invalid held_percent on ${day}: ${newest?.["value"]}; accepted: 0-100`,
    );
  }
  return percent;
}
