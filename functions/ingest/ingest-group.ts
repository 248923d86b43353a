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
import {
  listReplacedExports, ofExport, takeDecisions, withScopes, type DecidedNight,
} from "./decided-files.ts";
import { buildLedgerRow, holdRow, onHoldRow, repeatRow } from "./ledger-row.ts";
import { decideFullExport } from "./night-scopes.ts";
import { freshFileNumber } from "./file-number.ts";
import { findRepeated } from "./find-repeated.ts";
import { readHeldPercent } from "./held-percent.ts";
import { readRejectedBefore } from "./rejected-before.ts";
import { rereadFiles } from "./reread-files.ts";
import type { EarlierFile, NightFile, Replacing } from "./settle-request.ts";
import { settleWithReplaced } from "./settle-with-replaced.ts";
import type { FileJudges } from "./file-judges.ts";
import type { JudgeMessage, TakenFile } from "./worker-messages.ts";
import { writeGroup } from "./write-group.ts";

export interface GroupContext {
  readonly store: ObjectStore;
  readonly contracts: readonly Contract[];
  readonly seeds: ReadonlyMap<string, Seed>;
  readonly pool: FileJudges;
  /** Id of the token key. */
  readonly keyId: string;
  readonly log: Log;
  readonly connection: DuckDBConnection;
  readonly beside: readonly DuckDBConnection[];
  readonly folder: string;
  readonly largeRows: number | undefined;
  readonly sharedRows: number | undefined;
  readonly onJudged: (job: JudgeMessage) => void;
  /** Told when all files of the group are judged. */
  readonly onGroupJudged?: (() => void) | undefined;
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


/** Ingests and closes one knowledge day. */
export async function ingestGroup(
  group: NightGroup, context: GroupContext,
): Promise<{ readonly closed: ClosedNight; readonly ledger: readonly LedgerRow[] }> {
  const percent = readHeldPercent(context.seeds, group.knownOn);
  const decided = await takeDecisions(group, context, percent);
  const fresh = await judgeGroup(group, decided, context);
  context.onGroupJudged?.();
  const { held, heldWith, effective, older, standing } =
    decideGroup(fresh, decided, percent, context);
  for (const entry of fresh) {
    const [shrunk, id] = [held.get(entry.file), heldWith.get(entry.file)];
    if (shrunk) entry.row = holdRow(entry.row, shrunk, percent);
    else if (id !== undefined) entry.row = onHoldRow(entry.row, id, "heldWith");
  }
  const replaced = listReplacedExports(decided, context.contracts);
  const isReplaced = (system: string, name: string | null): boolean =>
    replaced.some(({ contract }) => contract.system === system && contract.export === name);
  const reread = await rereadFiles(replaced, decided, context, {
    scopes: listFreshScopes(fresh, effective),
    standing: standing.filter(({ row }) => isReplaced(row.system, row.export)),
  });
  const extra = await judgeStanding(
    standing.filter(({ row }) => !isReplaced(row.system, row.export)), fresh, decided, context);
  const entries: GroupEntry[] = [...decided.entries, ...fresh];
  const rereadNumbers = new Set(reread.flatMap(({ files }) => files.map((f) => f.file)));
  const files: NightFile[] = entries.flatMap((entry) =>
    (entry.taken && !rereadNumbers.has(entry.file) ? [{
      ...describe(entry, entry.taken), effectiveScopes: effective.get(entry.file) ?? [],
      olderScopes: older.get(entry.file),
    }] : []));
  const outFolder = join(context.folder, `lake-${group.knownOn}`);
  mkdirSync(outFolder, { recursive: true, mode: 0o700 });
  const parts = context.pool.takeParts();
  const request = {
    connection: context.connection,
    beside: context.beside,
    knownOn: group.knownOn,
    files: [...files, ...extra],
    parts,
    earlier: listEarlier(context),
    statePath: await findState(context),
    fetch: (key: string) => context.store.fetchToFile(key, context.folder),
    outFolder,
    largeRows: context.largeRows,
    sharedRows: context.sharedRows,
    replacing: await listWitnesses(extra, context),
  };
  const settled = await settleWithReplaced(request, reread);
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

async function judgeGroup(
  group: NightGroup, decided: DecidedNight, context: GroupContext,
): Promise<GroupEntry[]> {
  const { store, folder, pool } = context;
  const isFull = (system: string, name: string): boolean =>
    context.contracts.some((c) => c.system === system && c.export === name && c.mode === "full");
  const numbered = group.files.map((planned, i) =>
    ({ file: freshFileNumber(i), planned }));
  const done = new Map<number, GroupEntry>();
  // Of the same bytes twice in one night the second is judged only where the first was not taken.
  let waiting = numbered;
  while (waiting.length > 0) {
    const known = [...decided.after, ...[...done.values()].map((entry) => entry.row)];
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
      const read = buildLedgerRow(
        planned, group.knownOn, withScopes(result, planned.system, context));
      const row = planned.heldBy !== undefined && read.rows_read !== null
        ? onHoldRow(read, planned.heldBy, "sameBytesOnHold") : read;
      done.set(file, { file, planned, row, taken: result.kind === "judged" ? result : undefined });
    }
    waiting = postponed;
  }
  return [...done.values()].sort((a, b) => a.file - b.file);
}

function decideGroup(
  entries: readonly GroupEntry[], decided: DecidedNight, percent: number, context: GroupContext,
) {
  const held = new Map<number, { scope: string; rows: number; lastRows: number }>();
  const heldWith = new Map<number, string>();
  const effective = new Map<number, readonly string[]>();
  const older = new Map<number, readonly string[]>();
  const standing: { row: LedgerRow; scopes: readonly string[] }[] = [];
  for (const contract of context.contracts) {
    const own = entries.filter((e) =>
      e.row.system === contract.system && e.row.export === contract.export);
    if (own.length === 0) continue;
    if (contract.mode === "delta") {
      for (const { file, row, taken } of own) {
        if (taken && row.status !== "held") effective.set(file, [""]);
      }
      continue;
    }
    const decision = decideFullExport(
      ofExport(decided.after, contract),
      own.map(({ file, row, planned }) => ({ file, row, heldBy: planned.heldBy })), percent,
    );
    for (const [file, id] of decision.heldWith) heldWith.set(file, id);
    for (const [file, scope] of decision.held) held.set(file, scope);
    for (const [file, scopes] of decision.effective) effective.set(file, scopes);
    for (const [file, scopes] of decision.older) older.set(file, scopes);
    standing.push(...decision.standing);
  }
  return { held, heldWith, effective, older, standing };
}

/** Earlier files beside new ones have the rows that they had, whatever the contracts say today. */
async function listWitnesses(
  extra: readonly (NightFile & { readonly row: LedgerRow })[], { store }: GroupContext,
): Promise<Replacing | undefined> {
  if (extra.length === 0) return undefined;
  const rejected = await Promise.all(extra.map(({ row, file }) =>
    readRejectedBefore(store, row, file)));
  return {
    exports: extra.map(({ system, export: name }) => ({ system, export: name })),
    fileIds: [], witnesses: extra.map(({ file }) => file),
    rejected: rejected.flat(), unreadable: [], inForce: [], isDelta: false,
  };
}

/** system/export → scopes that new files deliver. */
function listFreshScopes(
  fresh: readonly GroupEntry[], effective: ReadonlyMap<number, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const scopes = new Map<string, Set<string>>();
  for (const { file, row } of fresh) {
    const key = `${row.system}/${row.export}`;
    const own = scopes.get(key) ?? new Set<string>();
    scopes.set(key, own);
    for (const scope of effective.get(file) ?? []) own.add(scope);
  }
  return scopes;
}

/**
 * Rows of earlier files that belong to a snapshot of this night: landing is immutable, so they are
 * read once more (rare: a file repeated beside a new one, or a late part of the newest snapshot).
 */
async function judgeStanding(
  standing: readonly { readonly row: LedgerRow; readonly scopes: readonly string[] }[],
  entries: readonly GroupEntry[], { nNumbers }: DecidedNight, { store, pool, folder }: GroupContext,
): Promise<readonly (NightFile & { readonly row: LedgerRow })[]> {
  const files: (NightFile & { readonly row: LedgerRow })[] = [];
  const jobs: JudgeMessage[] = [];
  for (const [i, { row, scopes }] of standing.entries()) {
    // A repeated file keeps its place in the order of the night.
    const file = entries.find((e) => e.row.status === "repeated" && e.row.system === row.system &&
      e.row.sha256 === row.sha256)?.file ?? nNumbers + i + 1;
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
