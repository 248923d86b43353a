import { join } from "node:path";
import { mkdirSync, rmSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { NotPublishedError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { ClosedNight, LedgerRow } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import type { NightGroup, PlannedFile } from "../shared/night-plan.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { Seed } from "../shared/seeds.ts";
import { assertBalanced } from "./assert-balanced.ts";
import type { Contract } from "./contracts/contract.ts";
import { buildLedgerRow, holdRow, repeatRow } from "./ledger-row.ts";
import { decideFullExport } from "./night-scopes.ts";
import { findRepeated } from "./find-repeated.ts";
import { readHeldPercent } from "./held-percent.ts";
import { settleNight, type EarlierFile, type NightFile } from "./settle-night.ts";
import type { PoolResult, WorkerPool } from "./worker-pool.ts";
import type { JudgeMessage, TakenFile } from "./worker-messages.ts";
import { writeGroup } from "./write-group.ts";

export interface GroupContext {
  readonly store: ObjectStore;
  readonly contracts: readonly Contract[];
  readonly seeds: ReadonlyMap<string, Seed>;
  readonly pool: WorkerPool;
  /** Id of the token key. */
  readonly keyId: string;
  readonly log: Log;
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly onJudged: (job: JudgeMessage) => void;
  /** Closed before this group, oldest first. */
  readonly nights: ClosedNight[];
  readonly ledger: LedgerRow[];
}

/** One file of the group on its way. */
export interface GroupEntry {
  readonly file: number;
  readonly planned: PlannedFile;
  row: LedgerRow;
  readonly taken: TakenFile | undefined;
}

/** Files that stand in a snapshot come before those of the night, which begin with this number. */
const firstFile = 10_001;

/** Ingests and closes one knowledge day. */
export async function ingestGroup(
  group: NightGroup, context: GroupContext,
): Promise<{ readonly closed: ClosedNight; readonly ledger: readonly LedgerRow[] }> {
  const entries = await judgeGroup(group, context);
  const { held, effective, standing } = decideGroup(entries, group, context);
  for (const entry of entries) {
    const shrunk = held.get(entry.file);
    if (shrunk) entry.row = holdRow(entry.row, shrunk, heldPercentOf(group, context));
  }
  const extra = await judgeStanding(standing, entries, context);
  const files: NightFile[] = entries.flatMap((entry) => (entry.taken ? [{
    ...describe(entry, entry.taken), effectiveScopes: effective.get(entry.file) ?? [],
  }] : []));
  const outFolder = join(context.folder, `lake-${group.knownOn}`);
  mkdirSync(outFolder, { recursive: true, mode: 0o700 });
  const parts = context.pool.takeParts();
  const settled = await settleNight({
    connection: context.connection,
    knownOn: group.knownOn,
    files: [...files, ...extra],
    parts,
    earlier: listEarlier(context),
    statePath: await findState(context),
    fetch: (key) => context.store.fetchToFile(key, context.folder),
    outFolder,
  });
  for (const entry of entries) {
    if (!entry.taken) continue;
    await assertBalanced(entry, settled.staged.get(entry.file) ?? 0);
    entry.row = { ...entry.row, rows_unchanged: settled.unchanged.get(entry.file) ?? 0 };
  }
  const written = await writeGroup(group, entries, settled, context);
  // Workers may serve further nights: their rows of this one are no longer needed.
  for (const path of [outFolder, ...parts.map((part) => part.path)]) {
    rmSync(path, { recursive: true, force: true });
  }
  return written;
}

async function judgeGroup(group: NightGroup, context: GroupContext): Promise<GroupEntry[]> {
  const { store, ledger, folder, pool } = context;
  const isFull = (system: string, name: string): boolean =>
    context.contracts.some((c) => c.system === system && c.export === name && c.mode === "full");
  const numbered = group.files.map((planned, i) => ({ file: firstFile + i, planned }));
  const done = new Map<number, GroupEntry>();
  // Of the same bytes twice in one night the second is judged only where the first was not taken.
  let waiting = numbered;
  while (waiting.length > 0) {
    const known = [...ledger, ...[...done.values()].map((entry) => entry.row)];
    const jobs: JudgeMessage[] = [];
    const postponed: typeof waiting = [];
    const atWork = new Set<string>();
    for (const { file, planned } of waiting) {
      const original = findRepeated(planned, known, isFull);
      const bytes = `${planned.system}/${planned.sha256}`;
      if (original) {
        done.set(file, {
          file, planned, taken: undefined, row: repeatRow(planned, group.knownOn, original),
        });
      } else if (atWork.has(bytes)) {
        postponed.push({ file, planned });
      } else {
        atWork.add(bytes);
        const path = await store.fetchToFile(planned.key, folder);
        const { fileName, system, landingDay, sha256 } = planned;
        jobs.push({
          kind: "judge", file, path, fileName, system, landingDay, sha256,
          knownOn: group.knownOn, isNew: true,
        });
      }
    }
    // Large files first: two workers then end at nearly the same time.
    const sizes = new Map(waiting.map(({ file, planned }) => [file, planned.sizeBytes]));
    jobs.sort((a, b) => (sizes.get(b.file) ?? 0) - (sizes.get(a.file) ?? 0));
    const results = await pool.judge(jobs, context.onJudged);
    for (const { file, planned } of waiting) {
      const result = results.get(file);
      if (!result) continue;
      const row = buildLedgerRow(planned, group.knownOn, normaliseScopes(result, planned, context));
      done.set(file, { file, planned, row, taken: result.kind === "judged" ? result : undefined });
    }
    waiting = postponed;
  }
  return [...done.values()].sort((a, b) => a.file - b.file);
}

/** A whole export without rows delivers its one scope all the same. */
function normaliseScopes(
  result: PoolResult, planned: PlannedFile, { contracts }: GroupContext,
): PoolResult {
  if (result.kind !== "judged" || result.mode === "delta") return result;
  const contract = contracts.find((c) =>
    c.system === planned.system && c.export === result.export);
  return contract?.scope_field === undefined
    ? { ...result, scopes: { "": result.rowsRead } } : result;
}

function heldPercentOf(group: NightGroup, { seeds }: GroupContext): number {
  return readHeldPercent(seeds, group.knownOn);
}

function decideGroup(entries: readonly GroupEntry[], group: NightGroup, context: GroupContext) {
  const percent = heldPercentOf(group, context);
  const held = new Map<number, { scope: string; rows: number; lastRows: number }>();
  const effective = new Map<number, readonly string[]>();
  const standing: { row: LedgerRow; scopes: readonly string[] }[] = [];
  for (const contract of context.contracts) {
    const own = entries.filter((e) =>
      e.row.system === contract.system && e.row.export === contract.export);
    if (own.length === 0) continue;
    if (contract.mode === "delta") {
      for (const entry of own) if (entry.taken) effective.set(entry.file, [""]);
      continue;
    }
    const earlier = context.ledger.filter((r) =>
      r.system === contract.system && r.export === contract.export);
    const decision = decideFullExport(earlier, own, percent);
    for (const [file, scope] of decision.held) held.set(file, scope);
    for (const [file, scopes] of decision.effective) effective.set(file, scopes);
    standing.push(...decision.standing);
  }
  return { held, effective, standing };
}

/**
 * Rows of earlier files that belong to a snapshot of this night: landing is immutable, so they are
 * read once more (rare: a file repeated beside a new one, or a late part of the newest snapshot).
 */
async function judgeStanding(
  standing: readonly { readonly row: LedgerRow; readonly scopes: readonly string[] }[],
  entries: readonly GroupEntry[], { store, pool, folder }: GroupContext,
): Promise<readonly NightFile[]> {
  const files: (NightFile & { readonly row: LedgerRow })[] = [];
  const jobs: JudgeMessage[] = [];
  for (const [i, { row, scopes }] of standing.entries()) {
    // A repeated file keeps its place in the order of the night.
    const file = entries.find((e) => e.row.status === "repeated" && e.row.system === row.system &&
      e.row.sha256 === row.sha256)?.file ?? i + 1;
    const { system, landing_day: landingDay, file_name: fileName } = row;
    const path = await store.fetchToFile(homeKeys.landing(system, landingDay, fileName), folder);
    jobs.push({
      kind: "judge", file, path, fileName, system, landingDay, sha256: row.sha256,
      knownOn: row.known_on, isNew: false,
    });
    files.push({
      file, system, export: row.export ?? "", mode: "full", landingDay, fileId: row.file_id,
      effectiveScopes: scopes, row,
    });
  }
  const results = await pool.judge(jobs);
  for (const { file, row } of files) {
    const result = results.get(file);
    if (result?.kind === "judged" && result.rowsRead === row.rows_read) continue;
    throw new NotPublishedError(
      `${row.system}/${row.landing_day}/${row.file_name}: invalid second reading: ` +
      `${result?.kind === "judged" ? result.rowsRead : result?.kind} rows; ` +
      `its first delivery had ${row.rows_read}`,
    );
  }
  return files;
}

function describe(
  { file, planned, row }: GroupEntry, taken: TakenFile,
): Omit<NightFile, "effectiveScopes"> {
  return {
    file, system: planned.system, export: taken.export, mode: taken.mode,
    landingDay: planned.landingDay, fileId: row.file_id,
  };
}

/** Lake objects of earlier nights. */
function listEarlier({ nights, contracts }: GroupContext): readonly EarlierFile[] {
  const full = new Set(contracts.filter((c) => c.mode === "full")
    .map((c) => `${c.relation} ${c.system}`));
  return nights.flatMap((night) => night.objects.map(({ key }) => {
    const [, relation = "", system = ""] = /^(?:lake|private)\/([^/]+)\/system=([^/]+)\//
      .exec(key) ?? [];
    return { relation, system, knownOn: night.day, key, isFull: full.has(`${relation} ${system}`) };
  }));
}

/** State after the newest earlier night, where it is still there. */
async function findState({ nights, store, folder }: GroupContext): Promise<string | undefined> {
  const newest = nights.at(-1);
  if (!newest) return undefined;
  const key = homeKeys.state(newest.day);
  const isThere = (await store.list(key)).some((object) => object.key === key);
  return isThere ? store.fetchToFile(key, folder) : undefined;
}
