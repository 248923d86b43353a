import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { listSeedNames, parseSeed, readShippedSeed } from "./seeds.ts";
import type { Seed } from "./seeds.ts";

/** One seed in force in a home: `HOME/seeds/<name>` where there is one, else the shipped one. */
export async function readHomeSeed(store: ObjectStore, name: string): Promise<Seed> {
  const object = await store.get(homeKeys.seed(name));
  if (!object) return readShippedSeed(name);
  return parseSeed(name, Buffer.from(object.body).toString("utf8"));
}

/**
 * All seeds in force in a home, by file name; a file in `HOME/seeds/` that the product does not
 * ship is there too, for checkSeeds to refuse.
 */
export async function readHomeSeeds(store: ObjectStore): Promise<ReadonlyMap<string, Seed>> {
  const prefix = homeKeys.seed("");
  const own = (await store.list(prefix)).map(({ key }) => key.slice(prefix.length));
  const names = [...new Set([...listSeedNames(), ...own])].sort();
  const seeds = new Map<string, Seed>();
  for (const name of names) {
    seeds.set(name, own.includes(name) ? await readHomeSeed(store, name) : readShippedSeed(name));
  }
  return seeds;
}
