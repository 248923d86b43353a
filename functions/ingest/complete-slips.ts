import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readLedger } from "../shared/read-ledger.ts";
import { readParquet } from "../shared/read-parquet.ts";
import { writeNightSlips } from "./slip-night.ts";
import type { UnmatchedPlace } from "./slip-unmatched.ts";

/** A row of `int_unmatched`. */
export type UnmatchedRow = UnmatchedPlace & { readonly known_on: string };

/**
 * Completes the return slips of some nights; `rows` as of the newest of them, null where it was
 * not measured.
 */
export async function completeSlips({ store, scratch, days, rows }: {
  readonly store: ObjectStore; readonly scratch: string;
  readonly days: readonly string[]; readonly rows: readonly UnmatchedRow[] | null;
}): Promise<void> {
  for (const knownOn of new Set(days)) {
    await writeNightSlips({
      store, scratch, knownOn, files: await readLedger(store, { date: knownOn }),
      unmatched: rows && rows.filter((row) => row.known_on === knownOn),
    });
  }
}

/** Undefined rows of a run that an earlier version stored are as good as not measured. */
export async function readUnmatched(
  store: ObjectStore, runId: string, scratch: string,
): Promise<readonly UnmatchedRow[] | null> {
  const key = homeKeys.run(runId, "int_unmatched.parquet");
  if ((await store.list(key)).length === 0) return null;
  const rows = await readParquet(await store.fetchToFile(key, scratch));
  return rows as readonly object[] as readonly UnmatchedRow[];
}
