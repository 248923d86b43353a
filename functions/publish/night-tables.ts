import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { Row } from "./arrow-file.ts";

/** Nights on the run page beside the first one, the base. */
const shownNights = 35;

/** The ledger of the base night and of the last 35 nights up to a day, in night order. */
export async function readShownLedger(
  store: ObjectStore, asOf: string,
): Promise<readonly LedgerRow[]> {
  const nights = (await store.list(homeKeys.ledgerPrefix))
    .map(({ key }) => key)
    .filter((key) => key.endsWith(".ndjson") && key <= homeKeys.ledger(asOf));
  const shown = new Set([...nights.slice(0, 1), ...nights.slice(-shownNights)]);
  const rows = await Promise.all([...shown].map((key) => readLedger(store, key)));
  return rows.flat();
}

async function readLedger(store: ObjectStore, key: string): Promise<readonly LedgerRow[]> {
  const object = await store.get(key);
  const lines = Buffer.from(object?.body ?? []).toString("utf8").split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as LedgerRow];
    } catch (cause) {
      throw new ContractError(`${key} line ${i + 1}: invalid JSON`, { cause });
    }
  });
}

/** The table `files`: one row a file and night, sorted by system, export, night, name. */
export function buildFileRows(ledger: readonly LedgerRow[]): readonly Row[] {
  const rows = ledger.map((file): Row => ({
    system: file.system, export: file.export, known_on: file.known_on,
    landing_day: file.landing_day, file_name: file.file_name, status: file.status,
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
export function sortRows(rows: readonly Row[], columns: readonly string[]): readonly Row[] {
  const textOf = (row: Row, column: string): string => String(row[column] ?? "");
  return rows.toSorted((a, b) => {
    for (const column of columns) {
      const x = textOf(a, column);
      const y = textOf(b, column);
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  });
}
