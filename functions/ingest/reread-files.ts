import { isAccepted } from "../shared/current-files.ts";
import { fileKeyOf } from "../shared/decisions.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import {
  jobOfEarlier, type DecidedNight, type ReplacedExport,
} from "./decided-files.ts";
import type { GroupContext } from "./ingest-group.ts";
import { readRejectedBefore } from "./rejected-before.ts";
import type { NightFile, RejectedBefore, Replacing } from "./settle-request.ts";
import { listFilesByScope } from "./snapshots.ts";
import type { JudgeMessage } from "./worker-messages.ts";

/** What one replaced export brings to the settling of the night. */
export interface RereadExport {
  readonly replaced: ReplacedExport;
  readonly files: readonly NightFile[];
  readonly replacing: Replacing;
}

/** A file of an earlier night whose rows are needed, and the scopes in which they count. */
interface NeededFile {
  readonly row: LedgerRow;
  readonly scopes: string[];
}

/**
 * Reads again what the replaced exports need so that tonight's rows say what is in force: of a full
 * export the files of the scopes that changed and that no new file delivers, of a delta export all
 * its files in force. `freshScopes`: system/export → scopes of new files; `standing`: earlier files
 * that new ones need beside them.
 */
export async function rereadFiles(
  exports: readonly ReplacedExport[], decided: DecidedNight, context: GroupContext,
  fresh: {
    readonly scopes: ReadonlyMap<string, ReadonlySet<string>>;
    readonly standing: readonly { readonly row: LedgerRow; readonly scopes: readonly string[] }[];
  },
): Promise<readonly RereadExport[]> {
  const plans = exports.map((replaced, i) => {
    const { system, export: name, mode } = replaced.contract;
    const standing = fresh.standing.filter(({ row }) => row.system === system &&
      row.export === name);
    const { needed, emptied } = mode === "delta"
      ? { needed: replaced.after.filter(isAccepted).map((row) => ({ row, scopes: [""] })),
        emptied: [""] }
      : findNeeded(replaced, fresh.scopes.get(`${system}/${name}`) ?? new Set(), standing);
    return { replaced, needed, emptied, standIn: decided.numbers.size + i + 1 };
  });
  const judgedNow = new Map(decided.entries.flatMap((entry) => (entry.taken
    ? [[entry.file, entry.taken] as const] : [])));
  const jobs: JudgeMessage[] = [];
  for (const { needed } of plans) {
    for (const { row } of needed) {
      const file = decided.numbers.get(fileKeyOf(row)) as number;
      if (judgedNow.has(file)) continue;
      const job = await jobOfEarlier(row, file, { knownOn: row.known_on, isNew: false }, context);
      if (job) jobs.push(job);
    }
  }
  const results = await context.pool.judge(jobs);
  return Promise.all(plans.map(async ({ replaced, needed, emptied, standIn }) => {
    const { system, export: name } = replaced.contract;
    const files: NightFile[] = emptied.length === 0 ? [] : [{
      file: standIn, system, export: name, mode: "full", landingDay: "2000-01-01", fileId: "",
      effectiveScopes: emptied,
    }];
    const witnesses: number[] = [];
    const unreadable: string[] = [];
    const rejected: RejectedBefore[] = [];
    for (const { row, scopes } of needed) {
      const file = decided.numbers.get(fileKeyOf(row)) as number;
      const reading = judgedNow.get(file) ?? results.get(file);
      if (reading?.kind !== "judged" || reading.export !== name) {
        unreadable.push(row.file_id);
        continue;
      }
      if (!judgedNow.has(file)) {
        witnesses.push(file);
        rejected.push(...await readRejectedBefore(context.store, row, file));
      }
      files.push({
        file, system, export: name, mode: "full", landingDay: row.landing_day,
        fileId: row.file_id, effectiveScopes: scopes,
      });
    }
    return {
      replaced, files,
      replacing: {
        exports: [{ system, export: name }], fileIds: replaced.fileIds,
        witnesses, rejected, unreadable,
        inForce: replaced.after.filter(isAccepted).map((row) => row.file_id)
          .filter((id) => !replaced.fileIds.includes(id)),
        isDelta: replaced.contract.mode === "delta",
      },
    };
  }));
}

/** Files of a full export that count otherwise from tonight on, and scopes left without any. */
function findNeeded(
  { before, after }: ReplacedExport, freshScopes: ReadonlySet<string>,
  standing: readonly { readonly row: LedgerRow; readonly scopes: readonly string[] }[],
): { readonly needed: readonly NeededFile[]; readonly emptied: readonly string[] } {
  const needed = new Map<string, NeededFile>();
  const add = (row: LedgerRow, scopes: readonly string[]): void => {
    const file = needed.get(fileKeyOf(row)) ?? { row, scopes: [] };
    file.scopes.push(...scopes);
    needed.set(fileKeyOf(row), file);
  };
  for (const { row, scopes } of standing) add(row, scopes);
  const delivered = new Set([...freshScopes, ...standing.flatMap((s) => s.scopes)]);
  const [old, next] = [listFilesByScope(before), listFilesByScope(after)];
  const emptied: string[] = [];
  for (const scope of new Set([...old.keys(), ...next.keys()])) {
    if (delivered.has(scope)) continue;
    if (readingsOf(old.get(scope)) === readingsOf(next.get(scope))) continue;
    const files = next.get(scope) ?? [];
    if (files.length === 0) emptied.push(scope);
    for (const row of files) add(row, [scope]);
  }
  return { needed: [...needed.values()], emptied };
}

function readingsOf(files: readonly LedgerRow[] | undefined): string {
  return (files ?? []).map((row) => `${fileKeyOf(row)} ${row.decision?.reading ?? ""}`).join("\n");
}
