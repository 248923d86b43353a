import type { DecisionKind } from "../shared/decisions.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { decisionTexts } from "../shared/messages/decisions.ts";
import { fileTexts } from "../shared/messages/slips.ts";
import type { PlannedFile } from "../shared/night-plan.ts";
import type { ShrunkScope } from "./hold-files.ts";
import type { PoolResult } from "./worker-pool.ts";

/** Hex digits of the SHA-256 that name a file in the lake. */
const fileIdDigits = 16;

/** The ledger row of a file that a worker was given, before holding and settling. */
export function buildLedgerRow(
  planned: PlannedFile, knownOn: string, result: PoolResult,
): LedgerRow {
  const blank = blankRow(planned, knownOn);
  if (result.kind === "crashed") {
    return {
      ...blank, status: "refused", reason: `crashed: ${result.why}`,
      reason_zh: fileTexts.zh.crashed,
    };
  }
  if (result.kind === "refused") {
    const { reason, reasonZh, format, encoding, seconds } = result;
    return {
      ...blank, export: result.export, status: "refused", reason, reason_zh: reasonZh, format,
      encoding, seconds,
    };
  }
  return {
    ...blank,
    export: result.export,
    status: result.rowsRejected > 0 ? "partly" : "accepted",
    format: result.format,
    encoding: result.encoding,
    rows_skipped: result.rowsSkipped,
    rows_read: result.rowsRead,
    rows_accepted: result.rowsAccepted,
    rows_rejected: result.rowsRejected,
    rows_duplicate: result.rowsDuplicate,
    rows_unchanged: 0,
    reasons: sortKeys(result.reasons),
    warnings: sortKeys(result.warnings),
    column_remarks: result.columnRemarks,
    scopes: sortKeys(result.scopes),
    seconds: result.seconds,
  };
}

/** The same bytes came before: nothing is read, the arrival is counted. */
export function repeatRow(planned: PlannedFile, knownOn: string, original: LedgerRow): LedgerRow {
  return {
    ...blankRow(planned, knownOn),
    status: "repeated",
    export: original.export,
    format: original.format,
    encoding: original.encoding,
  };
}

export function holdRow(row: LedgerRow, shrunk: ShrunkScope, percent: number): LedgerRow {
  const { scope, rows, lastRows } = shrunk;
  const where = scope === "" ? "" : `scope ${scope}: `;
  const template = scope === "" ? fileTexts.zh.heldWhole : fileTexts.zh.held;
  return {
    ...row,
    status: "held",
    reason: `held: ${where}${rows} rows, below ${percent} % of the last ${lastRows}`,
    reason_zh: fillMessage(template, { scope, rows, last: lastRows, percent }),
  };
}

/** A file on hold by a person when its night takes it, or one that shares a scope with it. */
export function onHoldRow(
  row: LedgerRow, id: string, why: "sameBytesOnHold" | "heldWith",
): LedgerRow {
  const what = why === "heldWith" ? "shares a scope with a file on hold by" : "by";
  return {
    ...row, status: "held", reason: `held: ${what} decision ${id}`,
    reason_zh: fillMessage(decisionTexts.zh[why], { id }),
  };
}

/**
 * The row of a night in which a decision about an earlier file takes effect: `row` is the new
 * reading (release, reingest) or the file as it stood (hold).
 */
export function decidedRow(
  row: LedgerRow, knownOn: string, decision: { readonly id: string; readonly kind: DecisionKind },
): LedgerRow {
  const { id, kind } = decision;
  if (kind === "hold") {
    const reading = row.decision?.reading;
    return {
      ...row, known_on: knownOn, status: "held", reason: `held: by decision ${id}`,
      reason_zh: fillMessage(decisionTexts.zh.onHold, { id }), seconds: 0,
      decision: { id, kind, ...(reading === undefined ? {} : { reading }) },
    };
  }
  const isRead = row.status === "accepted" || row.status === "partly";
  const text = kind === "release" ? decisionTexts.zh.released : decisionTexts.zh.reingested;
  return {
    ...row, known_on: knownOn,
    ...(isRead ? {
      reason: `${kind === "release" ? "released" : "reingested"}: by decision ${id}`,
      reason_zh: fillMessage(text, { id }),
    } : {}),
    decision: { id, kind, reading: id },
  };
}

function blankRow(planned: PlannedFile, knownOn: string): LedgerRow {
  return {
    system: planned.system,
    export: null,
    landing_day: planned.landingDay,
    known_on: knownOn,
    file_name: planned.fileName,
    file_id: planned.sha256.slice(0, fileIdDigits),
    sha256: planned.sha256,
    bytes: planned.sizeBytes,
    status: "refused",
    reason: null,
    reason_zh: null,
    format: null,
    encoding: null,
    rows_skipped: null,
    rows_read: null,
    rows_accepted: null,
    rows_rejected: null,
    rows_duplicate: null,
    rows_unchanged: null,
    reasons: {},
    warnings: {},
    column_remarks: [],
    scopes: {},
    seconds: 0,
  };
}

/** Same content, same bytes of the ledger. */
function sortKeys(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const sorted = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(sorted);
}
