import type { LedgerRow } from "../shared/ledger.ts";

/** What a night must know of the earlier ones about one kind of full export. */
export interface NewestSnapshot {
  readonly landingDay: string;
  /** Ledger rows of the files that made it up, repeated ones by their first delivery. */
  readonly files: readonly LedgerRow[];
}
export interface ExportHistory {
  readonly newest: NewestSnapshot | undefined;
  /** rows_read of each scope in the last accepted snapshot that held it ('' = whole export). */
  readonly scopeRows: ReadonlyMap<string, number>;
}

/**
 * Accepted snapshots of one full export, from its ledger rows in order of nights. All accepted
 * files of a landing day are one snapshot; a repeated file beside a new one belongs to it with the
 * rows it had; files that arrive late for the newest snapshot's landing day join it.
 */
export function buildExportHistory(rows: readonly LedgerRow[]): ExportHistory {
  const scopeRows = new Map<string, number>();
  let newest: NewestSnapshot | undefined;
  for (const delivery of groupDeliveries(rows)) {
    newest = extendSnapshot(newest, delivery);
    if (!newest) continue;
    for (const [scope, count] of sumScopes(newest.files)) scopeRows.set(scope, count);
  }
  return { newest, scopeRows };
}

/**
 * Files whose rows are in force in each scope of one full export: those of the newest accepted
 * snapshot that held the scope, in the order of the night.
 */
export function listFilesByScope(
  rows: readonly LedgerRow[],
): ReadonlyMap<string, readonly LedgerRow[]> {
  const byScope = new Map<string, readonly LedgerRow[]>();
  let newest: NewestSnapshot | undefined;
  for (const delivery of groupDeliveries(rows)) {
    const next = extendSnapshot(newest, delivery);
    if (!next || next === newest) continue;
    newest = next;
    for (const scope of sumScopes(next.files).keys()) {
      byScope.set(scope, next.files.filter((file) => scope in file.scopes));
    }
  }
  return byScope;
}

/** The snapshot after a delivery (ledger rows of one night and landing day). */
export function extendSnapshot(
  newest: NewestSnapshot | undefined, delivery: readonly LedgerRow[],
): NewestSnapshot | undefined {
  const accepted = delivery.filter((row) => row.status === "accepted" || row.status === "partly");
  const first = accepted[0];
  if (!first) return newest;
  const standing = standingFiles(newest, delivery);
  if (first.landing_day === newest?.landingDay) {
    return { landingDay: first.landing_day, files: [...standing, ...accepted] };
  }
  // A repeated file keeps its place in the order of the night.
  const files = new Set(delivery.flatMap((row) => (accepted.includes(row) ? [row]
    : standing.filter((file) => row.status === "repeated" && file.sha256 === row.sha256))));
  return { landingDay: first.landing_day, files: [...files] };
}

/** Files of the newest snapshot whose rows stand in the delivery's snapshot too. */
export function standingFiles(
  newest: NewestSnapshot | undefined, delivery: readonly LedgerRow[],
): readonly LedgerRow[] {
  if (!newest) return [];
  if (delivery.some((row) => row.landing_day === newest.landingDay)) return newest.files;
  const repeated = new Set(
    delivery.filter((row) => row.status === "repeated").map((row) => row.sha256));
  return newest.files.filter((row) => repeated.has(row.sha256));
}

export function sumScopes(files: readonly LedgerRow[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const file of files) {
    for (const [scope, rows] of Object.entries(file.scopes)) {
      sums.set(scope, (sums.get(scope) ?? 0) + rows);
    }
  }
  return sums;
}

/** Rows by night, then landing day, in order. */
function groupDeliveries(rows: readonly LedgerRow[]): readonly (readonly LedgerRow[])[] {
  const groups = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const key = `${row.known_on}/${row.landing_day}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.keys()].sort().map((key) => groups.get(key) ?? []);
}
