import { isAccepted, listCurrentFiles } from "../shared/current-files.ts";
import { fileKeyOf, type Decision, type DecisionKind } from "../shared/decisions.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import type { NightGroup, PlannedFile } from "../shared/night-plan.ts";
import type { Contract } from "./contracts/contract.ts";
import type { GroupContext, GroupEntry } from "./ingest-group.ts";
import { buildLedgerRow, decidedRow, holdRow } from "./ledger-row.ts";
import { listFilesByScope, sumScopes } from "./snapshots.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import type { JudgeMessage } from "./worker-messages.ts";
import type { PoolResult } from "./worker-pool.ts";

/** One earlier file about which a decision takes effect tonight. */
export interface DecidedEntry extends GroupEntry {
  readonly kind: DecisionKind;
  /** As it stood before tonight. */
  readonly old: LedgerRow;
}

export interface DecidedNight {
  readonly entries: readonly DecidedEntry[];
  /** Files as they stood (`listCurrentFiles`), and as they stand with tonight's decisions. */
  readonly before: readonly LedgerRow[];
  readonly after: readonly LedgerRow[];
  /** `fileKeyOf` → number of every earlier file that may be read again tonight. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Numbers taken by them and by stand-ins without rows; later files come after. */
  readonly nNumbers: number;
}

/** An export of which earlier files count otherwise from tonight on. */
export interface ReplacedExport {
  readonly contract: Contract;
  readonly before: readonly LedgerRow[];
  readonly after: readonly LedgerRow[];
  /** Files whose earlier rows no longer count as they were, or not at all. */
  readonly fileIds: readonly string[];
}

interface DueFile {
  readonly id: string;
  readonly kind: DecisionKind;
  readonly row: LedgerRow;
}

/**
 * Carries out tonight's decisions as far as the ledger goes: files that are released or read again
 * are judged, each decided file gets its row of the night. What of it changes in the lake is
 * decided beside the new files of the night (`reread-files.ts`).
 */
export async function takeDecisions(
  group: NightGroup, context: GroupContext, heldPercent: number,
): Promise<DecidedNight> {
  const { ledger, contracts } = context;
  const before = listCurrentFiles(ledger);
  const due = listDueFiles(group.decisions ?? [], ledger);
  if (due.size === 0) {
    return { entries: [], before, after: before, numbers: new Map(), nNumbers: 0 };
  }
  const numbers = numberFiles(before, due, contracts);
  const results = await readAgain(due, numbers, group.knownOn, context);
  const entries: DecidedEntry[] = [];
  const rows: LedgerRow[] = [];
  for (const id of new Set([...due.values()].map((file) => file.id))) {
    const own = [...due].filter(([, file]) => file.id === id).map(([key, { kind, row: old }]) => {
      const file = numbers.get(key) as number;
      const result = results.get(file);
      const planned = plannedAgain(old);
      const read = result ? buildLedgerRow(planned, group.knownOn, result) : old;
      return {
        file, planned, kind, old, row: decidedRow(read, group.knownOn, { id, kind }),
        taken: result?.kind === "judged" ? result : undefined,
      };
    });
    const now = listCurrentFiles([...ledger, ...rows]);
    const next = listCurrentFiles([...ledger, ...rows, ...own.map((entry) => entry.row)]);
    const shrunk = contracts.filter((c) => c.mode === "full")
      .map((c) => findShrunkScope(ofExport(now, c), ofExport(next, c), heldPercent))
      .find((scope) => scope !== undefined);
    for (const entry of own) {
      if (shrunk && entry.kind === "reingest" && isAccepted(entry.row)) {
        entry.row = holdRow(entry.row, shrunk, heldPercent);
      }
      rows.push(entry.row);
    }
    entries.push(...own);
  }
  entries.sort((a, b) => a.file - b.file);
  return {
    entries, before, after: listCurrentFiles([...ledger, ...rows]), numbers,
    nNumbers: numbers.size + contracts.length,
  };
}

/** Exports whose files in force are others than before, in the order of the contracts. */
export function listReplacedExports(
  { entries, before, after }: DecidedNight, contracts: readonly Contract[],
): readonly ReplacedExport[] {
  const inForce = entries.filter((e) => e.kind === "hold" || isAccepted(e.row));
  return contracts.flatMap((contract) => {
    const own = inForce.filter(({ old, row }) => row.system === contract.system &&
      (row.export === contract.export || (isAccepted(old) && old.export === contract.export)));
    if (own.length === 0) return [];
    const now = ofExport(after, contract);
    // What was on hold before may lie in the lake as the version that a later file only repeated.
    const onHold = now.filter((row) => row.decision?.kind === "hold");
    return [{
      contract, before: ofExport(before, contract), after: now,
      fileIds: [...own.map((entry) => entry.row), ...onHold].map((row) => row.file_id),
    }];
  });
}

export function ofExport(rows: readonly LedgerRow[], contract: Contract): readonly LedgerRow[] {
  return rows.filter((r) => r.system === contract.system && r.export === contract.export);
}

/** The last decision about a file counts, where it changes anything. */
function listDueFiles(
  decisions: readonly Decision[], ledger: readonly LedgerRow[],
): ReadonlyMap<string, DueFile> {
  const due = new Map<string, DueFile>();
  if (decisions.length === 0) return due;
  const current = new Map(listCurrentFiles(ledger).map((row) => [fileKeyOf(row), row]));
  const newest = new Map(ledger.map((row) => [fileKeyOf(row), row]));
  for (const { id, kind, files } of decisions) {
    for (const file of files) {
      const key = fileKeyOf(file);
      const row = current.get(key);
      if (!row || row.status === "repeated") continue;
      // Releasing reads the file again anyway, and what is on hold is not read.
      if (kind === "reingest" && due.has(key)) continue;
      due.set(key, { id, kind, row });
    }
  }
  for (const [key, { kind, row }] of due) {
    const isHeld = row.status === "held" || newest.get(key)?.status === "held";
    if ((kind === "hold" && !isAccepted(row)) || (kind === "release" && !isHeld)) due.delete(key);
  }
  return due;
}

/**
 * Numbers in the order in which the files were received, so that versions keep their order; a file
 * that a later snapshot repeats has the place of its newest copy.
 */
function numberFiles(
  before: readonly LedgerRow[], due: ReadonlyMap<string, DueFile>, contracts: readonly Contract[],
): ReadonlyMap<string, number> {
  const systems = new Set([...due.values()].map((file) => file.row.system));
  const own = before.filter((row) => systems.has(row.system));
  const full = new Set(contracts.filter((c) => c.mode === "full")
    .map((c) => `${c.system}/${c.export}`));
  const places = new Map<string, number>();
  for (const [place, row] of own.entries()) {
    if (isAccepted(row) || due.has(fileKeyOf(row))) places.set(fileKeyOf(row), place);
    if (row.status !== "repeated" || !full.has(`${row.system}/${row.export}`)) continue;
    const first = own.find((r) => isAccepted(r) && r.system === row.system &&
      r.sha256 === row.sha256 && r.known_on < row.known_on);
    if (first) places.set(fileKeyOf(first), place);
  }
  return new Map([...places].sort(([, a], [, b]) => a - b).map(([key], i) => [key, i + 1]));
}

async function readAgain(
  due: ReadonlyMap<string, DueFile>, numbers: ReadonlyMap<string, number>, knownOn: string,
  context: GroupContext,
): Promise<ReadonlyMap<number, PoolResult>> {
  const jobs: JudgeMessage[] = [];
  const results = new Map<number, PoolResult>();
  for (const [key, { kind, row }] of due) {
    if (kind === "hold") continue;
    const file = numbers.get(key) as number;
    const job = await jobOfEarlier(row, file, { knownOn, isNew: true }, context);
    if (job) jobs.push(job);
    else results.set(file, { kind: "crashed", why: "the landed file is gone or was overwritten" });
  }
  for (const [file, result] of await context.pool.judge(jobs)) {
    results.set(file, withScopes(result, jobs.find((j) => j.file === file)?.system ?? "", context));
  }
  return results;
}

/** Undefined where `landing/` no longer holds the bytes that were taken. */
export async function jobOfEarlier(
  row: LedgerRow, file: number, { knownOn, isNew }: Pick<JudgeMessage, "knownOn" | "isNew">,
  { store, folder }: GroupContext,
): Promise<JudgeMessage | undefined> {
  const { system, landing_day: landingDay, file_name: fileName, sha256 } = row;
  const key = homeKeys.landing(system, landingDay, fileName);
  if ((await store.list(key)).every((object) => object.key !== key)) return undefined;
  const path = await store.fetchToFile(key, folder);
  if (await sha256OfFile(path) !== sha256) return undefined;
  return { kind: "judge", file, path, fileName, system, landingDay, sha256, knownOn, isNew };
}

/** A whole export without rows delivers its one scope all the same. */
export function withScopes(
  result: PoolResult, system: string, { contracts }: Pick<GroupContext, "contracts">,
): PoolResult {
  if (result.kind !== "judged" || result.mode === "delta") return result;
  const contract = contracts.find((c) => c.system === system && c.export === result.export);
  return contract?.scope_field === undefined
    ? { ...result, scopes: { "": result.rowsRead } } : result;
}

/** The first scope in force of which the other files would leave too few rows. */
function findShrunkScope(
  before: readonly LedgerRow[], after: readonly LedgerRow[], percent: number,
) {
  const next = listFilesByScope(after);
  for (const [scope, files] of listFilesByScope(before)) {
    const lastRows = sumScopes(files).get(scope) ?? 0;
    const rows = sumScopes(next.get(scope) ?? []).get(scope) ?? 0;
    if (rows * 100 < percent * lastRows) return { scope, rows, lastRows };
  }
  return undefined;
}

function plannedAgain(row: LedgerRow): PlannedFile {
  const { system, landing_day: landingDay, file_name: fileName, sha256, bytes } = row;
  return {
    system, landingDay, fileName, sha256, sizeBytes: bytes,
    key: homeKeys.landing(system, landingDay, fileName),
  };
}
