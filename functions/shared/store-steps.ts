import { homeKeys } from "./home.ts";
import type { LedgerRow } from "./ledger.ts";
import type { ObjectStore } from "./object-store.ts";

/** What the steps before publication took, for the run page (`runs/<run id>/steps.json`). */
export async function storeSteps({ store, day, runId, files, seconds }: {
  readonly store: ObjectStore; readonly day: string; readonly runId: string;
  /** Ledger rows of the night. */
  readonly files: readonly LedgerRow[]; readonly seconds: Readonly<Record<string, number>>;
}): Promise<void> {
  const bytes = files.reduce((sum, f) => sum + f.bytes, 0);
  await store.put(homeKeys.run(runId, "steps.json"), JSON.stringify(
    Object.entries(seconds).map(([step, s]) => ({
      known_on: day, step, seconds: s, bytes: step === "ingest" ? bytes : null,
    }))));
}
