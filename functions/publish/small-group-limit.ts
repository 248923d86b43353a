import { ContractError } from "../shared/errors.ts";
import type { Seed } from "../shared/seeds.ts";
import type { SmallGroupLimit } from "./small-groups.ts";

/**
 * The parameter `small_group_teachers` as of a day: the row of the nearest area, of its rows the
 * latest `valid_from` (figures.md, *Parameters*). Throws ContractError when the province has none.
 */
export function readSmallGroupLimit(parameters: Seed, asOf: string): SmallGroupLimit {
  const newest = new Map<string, { from: string; value: number }>();
  for (const row of parameters.rows) {
    const from = row["valid_from"] ?? "";
    const area = row["area_code"] ?? "";
    if (row["parameter"] !== "small_group_teachers" || from > asOf) continue;
    const value = Number(row["value"]);
    if (!Number.isInteger(value) || value < 1) {
      throw new ContractError(
        `seeds/${parameters.name}: invalid small_group_teachers: ${row["value"]}; ` +
        "accepted: 1, 2, …",
      );
    }
    if (from >= (newest.get(area)?.from ?? "")) newest.set(area, { from, value });
  }
  return (areaCode) => {
    for (const length of [6, 4, 2]) {
      const found = newest.get(areaCode.slice(0, length));
      if (found) return found.value;
    }
    throw new ContractError(
      `seeds/${parameters.name}: missing small_group_teachers for ${areaCode} on ${asOf}`,
    );
  };
}
