import { fileKeyOf } from "./decisions.ts";
import type { LedgerRow } from "./ledger.ts";

/**
 * Ledger rows in the order in which the files were received, each as the newest decision about it
 * left it: a released or newly read file stands in its first place with the counts of the new
 * reading, a file on hold is held from the beginning. What is in force follows from these rows.
 */
export function listCurrentFiles(ledger: readonly LedgerRow[]): readonly LedgerRow[] {
  const decided = new Map<string, LedgerRow>();
  for (const row of ledger) if (row.decision && isInForce(row)) decided.set(fileKeyOf(row), row);
  if (decided.size === 0) return ledger.filter((row) => !row.decision);
  return ledger.filter((row) => !row.decision).map((row) => {
    const newest = row.status === "repeated" ? undefined : decided.get(fileKeyOf(row));
    return newest ? { ...newest, known_on: row.known_on } : row;
  });
}

/** A new reading that was refused or shrank too far changes nothing: the old one stands. */
function isInForce({ status, decision }: LedgerRow): boolean {
  return decision?.kind === "hold" || status === "accepted" || status === "partly";
}

export function isAccepted(row: LedgerRow): boolean {
  return row.status === "accepted" || row.status === "partly";
}

/** File name under which quarantine and slip of a ledger row lie: one a reading. */
export function readingName(row: Pick<LedgerRow, "file_name" | "decision">): string {
  const reading = row.decision?.reading;
  return reading === undefined ? row.file_name : `${row.file_name}@${reading}`;
}
