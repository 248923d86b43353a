// Compares all nights of a simulated home with its truth.json; prints the evidence as JSON.
// Usage: truth-of-home.js HOME. Run by scripts/prove-ingest.mjs.
import { listClosedDays, readLedger } from "../../functions/shared/read-ledger.ts";
import { readProvinceHome } from "../province/province-home.ts";
import {
  diffDay, diffFiles, diffRefusals, diffRejected, diffWarnings, listUnbalanced, placeOf,
  type Difference,
} from "./compare-with-truth.ts";

/** Differences that are printed in full; all are counted. */
const shown = 20;

const [root = ""] = process.argv.slice(2);
const { store, truth } = readProvinceHome(root);
const ledger = await readLedger(store);
const sum = (of: (row: (typeof ledger)[number]) => number | null): number =>
  ledger.reduce((total, row) => total + (of(row) ?? 0), 0);

const rejected = await diffRejected(truth, store, ledger);
const days = [];
for (const day of truth.days) {
  const { teachers, counties } = await diffDay(day, store);
  days.push({ as_of: day.as_of, n_teachers: day.teachers.length, teachers, counties });
}
const found: Readonly<Record<string, readonly Difference[]>> = {
  files_unbalanced: listUnbalanced(ledger)
    .map((row) => ({ what: placeOf(row), expected: "balanced", actual: row })),
  file_states_and_counts: diffFiles(truth, ledger),
  rejected_rows_and_reasons: rejected.differences,
  refused_files_and_reasons: diffRefusals(truth, ledger),
  warnings_by_reason: diffWarnings(truth, ledger),
  teacher_seconds_and_completion: days.flatMap((day) => day.teachers),
  county_starts: days.flatMap((day) => day.counties),
};
const countBy = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};
const ofRows = truth.dirt.filter((d) => d.row !== null);

process.stdout.write(JSON.stringify({
  nights: (await listClosedDays(store)).length,
  files: { total: ledger.length, ...countBy(ledger.map((row) => row.status)) },
  exports: new Set(ledger.flatMap((row) => (row.export === null ? [] : `${row.system}/${row.export}`))).size,
  rows: {
    read: sum((r) => r.rows_read), accepted: sum((r) => r.rows_accepted),
    rejected: sum((r) => r.rows_rejected), duplicate: sum((r) => r.rows_duplicate),
    skipped: sum((r) => r.rows_skipped),
  },
  dirty_rows: {
    total: ofRows.length, rejected: rejected.nExpected,
    by_outcome: countBy(ofRows.map((d) => d.outcome)), by_kind: countBy(ofRows.map((d) => d.kind)),
  },
  dirty_files_by_kind: countBy(truth.dirt.filter((d) => d.row === null).map((d) => d.kind)),
  days: days.map((day) => ({ as_of: day.as_of, teachers_compared: day.n_teachers })),
  differences: Object.values(found).reduce((n, list) => n + list.length, 0),
  differences_by_check: Object.fromEntries(
    Object.entries(found).map(([check, list]) => [check, list.length])),
  first_differences: Object.values(found).flatMap((list) => list.slice(0, shown)),
}));
