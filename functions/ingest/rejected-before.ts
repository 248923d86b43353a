import { readingName } from "../shared/current-files.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { RejectedBefore } from "./settle-request.ts";

/**
 * Rows of an earlier file that its reading rejected, from its return slip: under today's contracts
 * they may be good, but the file counts with the rows that it had. `file`: its number tonight.
 */
export async function readRejectedBefore(
  store: ObjectStore, row: LedgerRow, file: number,
): Promise<readonly RejectedBefore[]> {
  if (!row.rows_rejected) return [];
  const key = homeKeys.slip(row.system, row.landing_day, readingName(row), "json");
  const found = await store.get(key);
  return Buffer.from(found?.body ?? []).toString("utf8").split("\n").filter((line) => line !== "")
    .map((line) => {
      const { sheet, row: place } = JSON.parse(line) as { sheet: string; row: number };
      return { file, sheet, row: place };
    });
}
