import { isAccepted, listCurrentFiles } from "../shared/current-files.ts";
import {
  fileKeyOf, readDecisions, type DecidedFile, type Decision, type DecisionKind,
} from "../shared/decisions.ts";
import { ContractError, UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { listClosedDays, readLedger } from "../shared/read-ledger.ts";
import { findDecidableFile } from "./find-decidable-file.ts";
import { findCompanions } from "./hold-files.ts";
import { listFilesByScope } from "./snapshots.ts";

export interface DecisionRequest {
  readonly store: ObjectStore;
  readonly kind: DecisionKind;
  /** `landing/…` path, `<system>/<day>/<name>`, file name, or six and more digits of the SHA-256. */
  readonly file: string;
  readonly by: string | null;
  readonly note: string | null;
  readonly decidedAt: Date;
  readonly isFull: (system: string, exportName: string) => boolean;
}

/** Decisions of one night; more are no work of people. */
const mostDecisions = 9999;

/**
 * Writes a person's decision about a file and those that share a scope with it; it takes effect on
 * the first night after. The same decision given again before that night is the one that is there.
 * Throws UsageError where it cannot be carried out, naming the file that stands in its way.
 */
export async function recordDecision(
  request: DecisionRequest,
): Promise<{ readonly decision: Decision; readonly isNew: boolean }> {
  const { store, kind } = request;
  const ledger = await readLedger(store);
  const after = (await listClosedDays(store)).at(-1) ?? "";
  const found = await findDecidableFile(store, ledger, request.file);
  const key = fileKeyOf(found.file);
  const decisions = await readDecisions(store);
  const pending = decisions.findLast((d) =>
    d.files.some((f) => fileKeyOf(f) === key) && (d.after === after || found.row === undefined));
  if (pending?.kind === kind) return { decision: pending, isNew: false };
  const files = found.row === undefined
    ? decideUntaken(kind, found.file, pending)
    : decideTaken(request, found.row, ledger, pending);
  const { by, note, decidedAt } = request;
  for (let n = 1; n <= mostDecisions; n++) {
    const id = `${after || "0000-00-00"}-${String(n).padStart(4, "0")}`;
    const decision: Decision = {
      id, kind, after, by, note, decided_at: decidedAt.toISOString(), files,
    };
    const { written } = await store.put(homeKeys.decision(id), `${JSON.stringify(decision)}\n`,
      { ifNoneMatch: true, mode: 0o600 });
    if (written) return { decision, isNew: true };
  }
  throw new ContractError(`decisions: more than ${mostDecisions} after ${after || "no night"}`);
}

function decideUntaken(
  kind: DecisionKind, file: DecidedFile, pending: Decision | undefined,
): readonly DecidedFile[] {
  if (kind === "hold" || (kind === "release" && pending?.kind === "hold")) return [file];
  throw new UsageError(`${kind}: not taken by a night yet: ${nameOf(file)}; accepted: ${
    kind === "release" ? "a held file" : "a file of `dudao files`"}`);
}

function decideTaken(
  { kind, isFull }: DecisionRequest, row: LedgerRow, ledger: readonly LedgerRow[],
  pending: Decision | undefined,
): readonly DecidedFile[] {
  const current = listCurrentFiles(ledger);
  const name = nameOf(row);
  if (row.status === "repeated") {
    const first = current.find((r) => r.system === row.system && r.sha256 === row.sha256 &&
      r.status !== "repeated");
    throw new UsageError(`${kind}: ${name} only repeats ${first ? nameOf(first) : "a file"}; ` +
      "accepted: the file that it repeats");
  }
  const own = current.filter((r) => r.system === row.system && r.export === row.export);
  const isOfFull = row.export !== null && isFull(row.system, row.export);
  const last = ledger.findLast((r) => fileKeyOf(r) === fileKeyOf(row));
  const isHeld = row.status === "held" || last?.status === "held";
  if (kind === "hold") {
    if (isHeld && !isAccepted(row)) throw new UsageError(`hold: already held: ${name}`);
    if (!isAccepted(row)) {
      throw new UsageError(`hold: refused, nothing of it counts: ${name}; accepted: a taken file`);
    }
    return listTogether(row, isOfFull ? own : [row], isAccepted);
  }
  if (kind === "release") {
    if (!isHeld && pending?.kind !== "hold") {
      throw new UsageError(`release: not held: ${name} is ${row.status}; accepted: a held file`);
    }
    if (isOfFull && isHeld) requireNoLaterSnapshot(kind, row, own);
    return isHeld ? listTogether(row, isOfFull ? own : [row], (r) => r.status === "held")
      : pending?.files ?? [row];
  }
  const isByHand = row.status === "held" && row.reason?.includes("decision") === true;
  if (row.decision?.kind === "hold" || isByHand) {
    throw new UsageError(`reingest: on hold: ${name}; release it, that reads it again`);
  }
  if (isOfFull && isAccepted(row)) requireInForce(row, own);
  if (isOfFull && row.status === "held") requireNoLaterSnapshot(kind, row, own);
  return isOfFull && row.status === "held"
    ? listTogether(row, own, (r) => r.status === "held") : [toDecided(row)];
}

/**
 * The file and those of its delivery, or of the snapshot in which it stands, that share a scope
 * with it: half of a scope would take back the other half.
 */
function listTogether(
  row: LedgerRow, own: readonly LedgerRow[], isMeant: (row: LedgerRow) => boolean,
): readonly DecidedFile[] {
  const key = fileKeyOf(row);
  const standing = [...listFilesByScope(own).values()].filter((files) =>
    files.some((file) => fileKeyOf(file) === key)).flat();
  const beside = own.filter((r) => isMeant(r) && fileKeyOf(r) !== key &&
    ((r.known_on === row.known_on && r.landing_day === row.landing_day) ||
      standing.some((file) => fileKeyOf(file) === fileKeyOf(r))));
  const companions = findCompanions(
    beside.map(({ scopes }, i) => ({ file: i, scopes })), [{ file: -1, scopes: row.scopes }]);
  return [row, ...beside.filter((_, i) => companions.has(i))].map(toDecided);
}

function requireNoLaterSnapshot(
  kind: DecisionKind, row: LedgerRow, own: readonly LedgerRow[],
): void {
  const later = own.find((r) => isAccepted(r) && r.landing_day !== row.landing_day &&
    (r.known_on > row.known_on ||
      (r.known_on === row.known_on && r.landing_day > row.landing_day)));
  if (!later) return;
  throw new UsageError(`${kind}: ${nameOf(row)} is out of date: a later snapshot was accepted: ` +
    `${nameOf(later)}; accepted: a file that none has followed`);
}

function requireInForce(row: LedgerRow, own: readonly LedgerRow[]): void {
  const key = fileKeyOf(row);
  const isInForce = [...listFilesByScope(own).values()].some((files) =>
    files.some((file) => fileKeyOf(file) === key));
  if (isInForce || Object.keys(row.scopes).length === 0) return;
  const later = own.findLast((r) => isAccepted(r) && fileKeyOf(r) !== key);
  throw new UsageError(`reingest: ${nameOf(row)} is out of date: a later snapshot was accepted: ` +
    `${later ? nameOf(later) : "another file"}; accepted: a file that still stands`);
}

function toDecided({ system, landing_day, file_name, sha256 }: DecidedFile): DecidedFile {
  return { system, landing_day, file_name, sha256 };
}

function nameOf(file: DecidedFile): string {
  return `${file.system}/${file.landing_day}/${file.file_name}`;
}
