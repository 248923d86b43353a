import { expect } from "vitest";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { compareObjects } from "./compare-objects.ts";

/** Two homes have the same objects below the prefixes, to the byte but for seconds that a step took. */
export async function expectSameObjects(
  a: ObjectStore, b: ObjectStore, prefixes: readonly string[],
): Promise<void> {
  expect((await compareObjects(a, b, prefixes)).differences).toEqual([]);
}
