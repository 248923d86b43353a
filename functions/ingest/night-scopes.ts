import type { LedgerRow } from "../shared/ledger.ts";
import { isAccepted } from "../shared/current-files.ts";
import { findCompanions, findHeldFiles, type ShrunkScope } from "./hold-files.ts";
import {
  buildExportHistory, extendSnapshot, standingFiles, sumScopes, type ExportHistory,
} from "./snapshots.ts";

/** A file of the night with its provisional ledger row (status before holding). */
export interface NightEntry {
  /** Number of the file in the night. */
  readonly file: number;
  readonly row: LedgerRow;
  /** Decision that put the file on hold before this night; its row says so. */
  readonly heldBy?: string | undefined;
}

export interface ExportDecision {
  /** File → the scope that shrank. */
  readonly held: ReadonlyMap<number, ShrunkScope>;
  /** File → decision about a file that shares a scope with it. */
  readonly heldWith: ReadonlyMap<number, string>;
  /** File → scopes in which its rows take effect. */
  readonly effective: ReadonlyMap<number, readonly string[]>;
  /** File → scopes that a later landing day of the night delivers too. */
  readonly older: ReadonlyMap<number, readonly string[]>;
  /** Earlier files that stand in a snapshot of the night, and for which scopes. */
  readonly standing: readonly { readonly row: LedgerRow; readonly scopes: readonly string[] }[];
}

/**
 * What of one full export takes effect in one night: its deliveries by landing day, each held or a
 * new snapshot; of a scope that several landing days deliver only the newest.
 */
export function decideFullExport(
  earlier: readonly LedgerRow[], entries: readonly NightEntry[], heldPercent: number,
): ExportDecision {
  let history: ExportHistory = buildExportHistory(earlier);
  const held = new Map<number, ShrunkScope>();
  const heldWith = new Map<number, string>();
  const deliveries: { file?: number; row: LedgerRow; landingDay: string }[] = [];
  for (const day of [...new Set(entries.map((e) => e.row.landing_day))].sort()) {
    const ofDay = entries.filter((e) => e.row.landing_day === day);
    const onHold = ofDay.filter((e) => e.heldBy !== undefined && e.row.status === "held");
    const companions = findCompanions(
      ofDay.filter((e) => isAccepted(e.row)).map(scopedFile), onHold.map(scopedFile));
    for (const [file, first] of companions) {
      heldWith.set(file, onHold.find((e) => e.file === first)?.heldBy ?? "");
    }
    const fresh = ofDay.filter((e) => isAccepted(e.row) && !heldWith.has(e.file));
    const standing = standingFiles(history.newest, ofDay.map((e) => e.row));
    const heldOfDay = findHeldFiles(
      fresh.map(scopedFile),
      sumScopes(standing), history.scopeRows, heldPercent,
    );
    for (const [file, scope] of heldOfDay) held.set(file, scope);
    const accepted = ofDay.filter((e) => !heldOfDay.has(e.file) && !heldWith.has(e.file));
    if (!accepted.some((e) => isAccepted(e.row))) continue;
    for (const row of standing) deliveries.push({ row, landingDay: day });
    for (const { file, row } of accepted) {
      if (isAccepted(row)) deliveries.push({ file, row, landingDay: day });
    }
    const newest = extendSnapshot(history.newest, accepted.map((e) => e.row));
    const scopeRows = new Map(history.scopeRows);
    for (const [scope, rows] of sumScopes(newest?.files ?? [])) scopeRows.set(scope, rows);
    history = { newest, scopeRows };
  }
  const lastDay = new Map<string, string>();
  for (const { row, landingDay } of deliveries) {
    for (const scope of Object.keys(row.scopes)) lastDay.set(scope, landingDay);
  }
  const effective = new Map<number, readonly string[]>();
  const older = new Map<number, readonly string[]>();
  const standing: { row: LedgerRow; scopes: readonly string[] }[] = [];
  for (const { file, row, landingDay } of deliveries) {
    const scopes = Object.keys(row.scopes).filter((s) => lastDay.get(s) === landingDay);
    if (file !== undefined) {
      effective.set(file, scopes);
      const others = Object.keys(row.scopes).filter((s) => !scopes.includes(s));
      if (others.length > 0) older.set(file, others);
    } else if (scopes.length > 0) standing.push({ row, scopes });
  }
  return { held, heldWith, effective, older, standing };
}

function scopedFile({ file, row }: NightEntry) {
  return { file, scopes: row.scopes };
}
