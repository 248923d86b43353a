import type { NightReport } from "../nightly.ts";
import { formatCount } from "../shared/number-format.ts";

/** Sums of the three numbers that add up, over the files that were read. */
export function sumRows(files: NightReport["files"]): {
  readonly read: number; readonly accepted: number; readonly rejected: number; readonly duplicate: number;
} {
  // A file put on hold was read and counted by the night that took it.
  const read = files.filter((f) => f.decision?.kind !== "hold");
  const sum = (pick: (f: NightReport["files"][number]) => number | null): number =>
    read.reduce((total, f) => total + (pick(f) ?? 0), 0);
  return {
    read: sum((f) => f.rows_read), accepted: sum((f) => f.rows_accepted),
    rejected: sum((f) => f.rows_rejected), duplicate: sum((f) => f.rows_duplicate),
  };
}

/** One line a night: files by status, the three numbers, seconds from beginning to end. */
export function formatNight(report: NightReport): string {
  const rows = sumRows(report.files);
  const statuses = ["refused", "held", "repeated"]
    .map((status) => [status, report.files.filter((f) => f.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `, ${count} ${status}`).join("");
  const decided = [["release", "released"], ["reingest", "read again"], ["hold", "put on hold"]]
    .map(([kind, word]) =>
      [word, report.files.filter((f) => f.decision?.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `, ${count} ${word}`).join("");
  return `${report.day}: ${report.files.length} files${statuses}${decided}; rows read ${formatCount(rows.read)} = `
    + `accepted ${formatCount(rows.accepted)} + rejected ${formatCount(rows.rejected)} + `
    + `duplicate ${formatCount(rows.duplicate)}; ${report.elapsedSeconds.toFixed(1)} s`;
}
