import { readingName } from "./current-files.ts";
import { findTakenFile } from "./find-taken-file.ts";
import { homeKeys } from "./home.ts";
import type { LedgerRow } from "./ledger.ts";
import type { ObjectStore } from "./object-store.ts";

/** One rejected row, as `dudao slip --json` prints it (figures.md, *Command-line shapes*). */
export interface SlipRow {
  readonly sheet: string;
  readonly row: number;
  readonly cell: string;
  readonly reasons: readonly string[];
}

/**
 * Rejected rows of one file in order, none where all were taken; `file` as `findTakenFile` has it.
 * Throws UsageError for a file that no closed night took.
 */
export async function readSlipRows(store: ObjectStore, file: string): Promise<readonly SlipRow[]> {
  return readSlipOf(store, await findTakenFile(store, file));
}

export async function readSlipOf(
  store: ObjectStore, row: Pick<LedgerRow, "system" | "landing_day" | "file_name" | "decision">,
): Promise<readonly SlipRow[]> {
  const key = homeKeys.slip(row.system, row.landing_day, readingName(row), "json");
  const found = await store.get(key);
  if (!found) return [];
  return Buffer.from(found.body).toString("utf8").split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SlipRow);
}
