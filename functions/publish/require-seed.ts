import { ContractError } from "../shared/errors.ts";
import type { Seed } from "../shared/seeds.ts";

/** A seed by its file name; throws ContractError when the home and the product lack it. */
export function requireSeed(seeds: ReadonlyMap<string, Seed>, name: string): Seed {
  const seed = seeds.get(name);
  if (!seed) throw new ContractError(`seeds: missing: ${name}`);
  return seed;
}
