import { answer } from "../../functions/measure/answer.ts";
import type { LedgerRow } from "../../functions/shared/ledger.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { readSlipOf } from "../../functions/shared/read-slip-rows.ts";
import type { Truth } from "../province/province-home.ts";

/** What the truth says and what the product says of one file, row, teacher or county. */
export interface Difference {
  readonly what: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

interface Place {
  readonly system: string;
  readonly landing_day: string;
  readonly file_name: string;
}

export const placeOf = (file: Place): string =>
  `${file.system}/${file.landing_day}/${file.file_name}`;

export function listUnbalanced(ledger: readonly LedgerRow[]): readonly LedgerRow[] {
  return ledger.filter((r) => r.rows_read !== null
    && r.rows_read !== (r.rows_accepted ?? 0) + (r.rows_rejected ?? 0) + (r.rows_duplicate ?? 0));
}

/** Export, state and the five counts of every file, and no file more. */
export function diffFiles(
  truth: Truth, ledger: readonly LedgerRow[],
): readonly Difference[] {
  const facts = (f: Truth["files"][number] | LedgerRow) => ({
    export: f.export, status: f.status, rows_read: f.rows_read, rows_accepted: f.rows_accepted,
    rows_rejected: f.rows_rejected, rows_duplicate: f.rows_duplicate, rows_skipped: f.rows_skipped,
  });
  const mapOf = (files: readonly (Truth["files"][number] | LedgerRow)[]) =>
    new Map(files.map((f) => [placeOf(f), facts(f)]));
  return diffMaps(mapOf(truth.files), mapOf(ledger));
}

/** Rejected rows with their reasons: those that the truth soiled so, and none else. */
export async function diffRejected(
  truth: Truth, store: ObjectStore, ledger: readonly LedgerRow[],
): Promise<{ readonly differences: readonly Difference[]; readonly nExpected: number }> {
  const expected = new Map<string, string>();
  for (const d of truth.dirt) {
    if (d.outcome !== "rejected") continue;
    expected.set(`${d.file} ${d.sheet} ${d.row}`, d.reasons.join(","));
  }
  const actual = new Map<string, string>();
  for (const file of ledger) {
    if ((file.rows_rejected ?? 0) === 0) continue;
    for (const line of await readSlipOf(store, file)) {
      actual.set(`${placeOf(file)} ${line.sheet} ${line.row}`, line.reasons.join(","));
    }
  }
  return { differences: diffMaps(expected, actual), nExpected: expected.size };
}

/** Refused and held files with the word that says why. */
export function diffRefusals(truth: Truth, ledger: readonly LedgerRow[]): readonly Difference[] {
  const expected = new Map(truth.dirt
    .filter((d) => d.outcome === "refused").map((d) => [d.file, d.reasons[0]]));
  const actual = new Map(ledger
    .filter((f) => f.status === "refused").map((f) => [placeOf(f), f.reason?.split(/[\s:：]/)[0]]));
  return diffMaps(expected, actual);
}

/** Warnings of every file by reason; the truth names the rows, the ledger counts them. */
export function diffWarnings(truth: Truth, ledger: readonly LedgerRow[]): readonly Difference[] {
  const expected = new Map<string, number>();
  for (const d of truth.dirt) {
    if (d.outcome !== "warning") continue;
    for (const reason of d.reasons) {
      const key = `${d.file} ${reason}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
  }
  const actual = new Map(ledger.flatMap((f) =>
    Object.entries(f.warnings ?? {}).map(([reason, n]) => [`${placeOf(f)} ${reason}`, n] as const)));
  return diffMaps(expected, actual);
}

/** Seconds and completion of every teacher and start of every county on one day. */
export async function diffDay(
  day: Truth["days"][number], store: ObjectStore,
): Promise<{ readonly teachers: readonly Difference[]; readonly counties: readonly Difference[] }> {
  const rows = await answer({ store, asOf: day.as_of }, (open) =>
    open.rows(["int_teacher_state", "int_county_launch"]));
  const found = new Map((rows.get("int_teacher_state") ?? []).map((r) =>
    [String(r.teacher_no), [r.online_seconds, r.practice_seconds, r.completed_on ?? null]]));
  const launches = new Map((rows.get("int_county_launch") ?? []).map((r) =>
    [String(r.county_code), r.started_on ?? null]));
  const teachers = new Map(day.teachers.map((t) =>
    [t.teacher_no, [t.online_seconds, t.practice_seconds, t.completed_on]]));
  const counties = new Map(day.counties.map((c) => [c.county_code, c.started_on]));
  const only = <T>(map: ReadonlyMap<string, T>, keys: ReadonlyMap<string, unknown>) =>
    new Map([...map].filter(([key]) => keys.has(key)));
  return {
    teachers: diffMaps(teachers, only(found, teachers)),
    counties: diffMaps(counties, only(launches, counties)),
  };
}

function diffMaps(
  expected: ReadonlyMap<string, unknown>, actual: ReadonlyMap<string, unknown>,
): readonly Difference[] {
  const differences: Difference[] = [];
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [a, b] = [expected.get(key), actual.get(key)];
    if (JSON.stringify(a) !== JSON.stringify(b)) {
      differences.push({ what: key, expected: a ?? null, actual: b ?? null });
    }
  }
  return differences;
}
