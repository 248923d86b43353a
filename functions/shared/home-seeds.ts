import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { listSeedNames, parseSeed, readShippedSeed } from "./seeds.ts";
import type { Seed } from "./seeds.ts";

/**
 * The seeds in force in a home, by file name: a file in `HOME/seeds/` replaces the shipped one
 * of the same name; one that the product does not ship is there too, for checkSeeds to refuse.
 */
export async function readHomeSeeds(store: ObjectStore): Promise<ReadonlyMap<string, Seed>> {
  const seeds = new Map(listSeedNames().map((name) => [name, readShippedSeed(name)]));
  const prefix = homeKeys.seed("");
  for (const { key } of await store.list(prefix)) {
    const name = key.slice(prefix.length);
    const object = await store.get(key);
    if (object) seeds.set(name, parseSeed(name, Buffer.from(object.body).toString("utf8")));
  }
  return seeds;
}
