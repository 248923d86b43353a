import { NotPublishedError } from "../shared/errors.ts";
import type { PlannedFile } from "../shared/night-plan.ts";
import { countQuarantine } from "./quarantine.ts";
import type { TakenFile } from "./worker-messages.ts";

/**
 * Proof that no row of a file was lost before the night is written: the reader's rows equal a count
 * made without it, every one is skipped, read or a header, every row read is accepted, rejected or
 * duplicate, and staging and quarantine hold what was counted. What is written: `proveNight`.
 * Throws NotPublishedError naming the file and all numbers that disagree.
 */
export async function assertBalanced(
  entry: { readonly planned: PlannedFile; readonly taken: TakenFile | undefined },
  rowsStaged: number,
): Promise<void> {
  const { planned, taken } = entry;
  if (!taken) return;
  const quarantined = taken.rejects ? await countQuarantine(taken.rejects.quarantine) : 0;
  const judged = taken.rowsAccepted + taken.rowsRejected + taken.rowsDuplicate;
  const told = taken.rowsSkipped + taken.rowsRead + taken.rowsAside;
  const reasons = Object.values(taken.reasons).reduce((sum, rows) => sum + rows, 0);
  const pairs = [
    ["rows delivered", taken.rowsDelivered, "rows counted in the bytes", taken.rowsCounted],
    ["rows delivered", taken.rowsDelivered, "skipped + read + headers and empty end", told],
    ["rows read", taken.rowsRead, "accepted + rejected + duplicate", judged],
    ["rows accepted", taken.rowsAccepted, "rows in staging", rowsStaged],
    ["rows rejected", taken.rowsRejected, "rows in quarantine", quarantined],
    ["rows rejected", taken.rowsRejected, "rows by reason", reasons],
  ] as const;
  const faults = pairs.filter(([, left, , right]) => left !== right)
    .map(([a, left, b, right]) => `${a} ${left} but ${b} ${right}`);
  if (faults.length === 0) return;
  throw new NotPublishedError(
    `${planned.key}: unbalanced: ${faults.join("; ")}; the night stays open`,
  );
}
