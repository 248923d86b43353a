import type { LedgerRow } from "../shared/ledger.ts";
import { buildExportHistory } from "./snapshots.ts";

/**
 * The accepted file of which this one is a repetition: same system and SHA-256, in a delta export
 * at any time, in a full export only in its newest accepted snapshot (rows.md, *Files*). `ledger` as
 * `listCurrentFiles` gives it: a file on hold is no accepted one.
 */
export function findRepeated(
  file: { readonly system: string; readonly sha256: string },
  ledger: readonly LedgerRow[],
  isFullExport: (system: string, exportName: string) => boolean,
): LedgerRow | undefined {
  const same = ledger.filter((row) => row.system === file.system && row.sha256 === file.sha256 &&
    (row.status === "accepted" || row.status === "partly"));
  return same.find((row) => {
    if (row.export === null) return false;
    if (!isFullExport(row.system, row.export)) return true;
    const ofExport = ledger.filter((r) => r.system === row.system && r.export === row.export);
    return buildExportHistory(ofExport).newest?.files.includes(row) === true;
  });
}
