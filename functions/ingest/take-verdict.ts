import { cellAddress } from "./judge/cell-address.ts";
import type { JudgeFileRequest } from "./judge/file-verdict.ts";
import type { RejectedRow, Verdict } from "./judge/verdict.ts";
import type { Format, RawRow } from "./raw.ts";
import type { RowTally } from "./row-tally.ts";

/** Counts a verdict under what it is (rows.md, *Rows that are no records*). */
export function takeVerdict(tally: RowTally, verdict: Verdict): void {
  if (verdict.kind !== "skipped") tally.addRecord(verdict);
  else if (verdict.why === "empty") tally.addEmpty();
  else tally.addSkipped();
}

/** Hands a rejected row on with the address of its faulty cell. */
export function passRejected(
  { onRejected }: Pick<JudgeFileRequest, "onRejected">, format: Format, verdict: RejectedRow,
  raw: RawRow, sheet: string, place: number,
): void {
  const cell = cellAddress(format, verdict, raw.row);
  // Named one by one: a spread costs more than all the rest where a million rows are rejected.
  const { kind, reasons, columnIndex, header, identity, scope } = verdict;
  onRejected({ kind, reasons, columnIndex, header, identity, scope, cell, raw }, raw.row, sheet,
    place);
}
