import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";

/** Text of a contract, named `<system>/<export>.json`. */
export interface ContractText {
  readonly name: string;
  readonly text: string;
  /** Where it lies, for whoever reads about its faults. */
  readonly origin?: "home";
}

/** Contracts of a home's own, by name: systems the product does not ship, or ships otherwise. */
export async function readHomeContracts(store: ObjectStore): Promise<readonly ContractText[]> {
  const contracts: ContractText[] = [];
  for (const { key } of await store.list(homeKeys.contractPrefix)) {
    if (!key.endsWith(".json")) continue;
    const object = await store.get(key);
    if (!object) continue;
    const name = key.slice(homeKeys.contractPrefix.length);
    contracts.push({ name, text: Buffer.from(object.body).toString("utf8"), origin: "home" });
  }
  return contracts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All contracts in force: a home's own replaces the shipped one of the same name. */
export function mergeContracts(
  shipped: readonly ContractText[], own: readonly ContractText[],
): readonly ContractText[] {
  const names = new Set(own.map(({ name }) => name));
  return [...shipped.filter(({ name }) => !names.has(name)), ...own]
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
