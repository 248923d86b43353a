import type { LedgerRow } from "../shared/ledger.ts";
import { maskNumbers } from "../shared/mask-numbers.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { listClosedDays, readLedger } from "../shared/read-ledger.ts";
import type { Row } from "./arrow-file.ts";

/** Nights on the run page beside the first one, the base. */
const shownNights = 35;

/** The ledger of the base night and of the last 35 closed nights up to a day, in night order. */
export async function readShownLedger(
  store: ObjectStore, asOf: string,
): Promise<readonly LedgerRow[]> {
  const days = (await listClosedDays(store)).filter((day) => day <= asOf);
  const shown = new Set([...days.slice(0, 1), ...days.slice(-shownNights)]);
  const nights = await Promise.all([...shown].map((date) => readLedger(store, { date })));
  return nights.flat();
}

/** The table `files`: one row a file and night, sorted by system, export, night, name. */
export function buildFileRows(ledger: readonly LedgerRow[]): readonly Row[] {
  const rows = ledger.map((file): Row => ({
    system: file.system, export: file.export, known_on: file.known_on,
    landing_day: file.landing_day, file_name: maskNumbers(file.file_name), status: file.status,
    reason: file.reason, reason_zh: file.reason_zh, rows_skipped: file.rows_skipped,
    rows_read: file.rows_read, rows_accepted: file.rows_accepted,
    rows_rejected: file.rows_rejected, rows_duplicate: file.rows_duplicate,
    rows_unchanged: file.rows_unchanged, reasons: JSON.stringify(file.reasons),
    seconds: file.seconds, bytes: file.bytes,
  }));
  return sortRows(rows, ["system", "export", "known_on", "landing_day", "file_name"]);
}

/** The table `steps`: what a run brought along, and `ingest` summed from the ledger elsewhere. */
export function buildStepRows(
  ledger: readonly LedgerRow[], known: readonly Row[],
): readonly Row[] {
  const sums = new Map<string, { seconds: number; bytes: number }>();
  const measured = new Set(known.filter((row) => row["step"] === "ingest")
    .map((row) => row["known_on"]));
  for (const file of ledger) {
    if (measured.has(file.known_on)) continue;
    const sum = sums.get(file.known_on) ?? { seconds: 0, bytes: 0 };
    sums.set(file.known_on, {
      seconds: sum.seconds + file.seconds, bytes: sum.bytes + file.bytes,
    });
  }
  const ingest = [...sums].map(([night, sum]): Row => ({
    known_on: night, step: "ingest", seconds: Math.round(sum.seconds * 1000) / 1000,
    bytes: sum.bytes,
  }));
  return sortRows([...known, ...ingest], ["known_on", "step"]);
}

/** Rows in the order of the given columns, by code points; empty cells first. */
export function sortRows<T extends object>(
  rows: readonly T[], columns: readonly (keyof T & string)[],
): readonly T[] {
  const textOf = (row: T, column: keyof T): string => String(row[column] ?? "");
  return rows.toSorted((a, b) => {
    for (const column of columns) {
      const x = textOf(a, column);
      const y = textOf(b, column);
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  });
}
