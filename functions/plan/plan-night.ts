import { readDecisions, type Decision } from "../shared/decisions.ts";
import { UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import type { NightGroup, NightPlan, PlannedFile } from "../shared/night-plan.ts";
import { compareKeys } from "../shared/object-key.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { listClosedDays, readLedger } from "../shared/read-ledger.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import { findLandedFile, type LandedFile } from "./find-landed-file.ts";

export interface PlanRequest {
  readonly store: ObjectStore;
  /** The night, YYYY-MM-DD; later landing days are not looked at. */
  readonly day: string;
  /** Local folder for objects of a store that is no folder. */
  readonly scratch: string;
  readonly log: Log;
}

/**
 * The files of `landing/` that the night of `day` takes: landed by then and in no closed ledger,
 * with SHA-256, size and knowledge day (rows.md, *Files*). Reads only; throws UsageError for a day
 * that is none.
 */
export async function planNight(request: PlanRequest): Promise<NightPlan> {
  const { store, day, scratch, log } = request;
  requireDay(day);
  const newestClosed = (await listClosedDays(store)).at(-1) ?? "";
  if (day <= newestClosed) {
    log.record("plan.closed", { day, newest_closed: newestClosed });
    return { day, isClosed: true, groups: [] };
  }
  const taken = new Map((await readLedger(store)).map((row) =>
    [homeKeys.landing(row.system, row.landing_day, row.file_name), row.bytes]));
  const landed = (await store.list(homeKeys.landingPrefix))
    .map(findLandedFile)
    // Landing is immutable, but an overwritten file is new content, and nothing may be lost.
    .filter((f): f is LandedFile =>
      f !== undefined && f.landingDay <= day && taken.get(f.key) !== f.sizeBytes);
  const files = [];
  for (const file of landed) {
    files.push({ ...file, sha256: await sha256OfFile(await store.fetchToFile(file.key, scratch)) });
  }
  const decisions = await readDecisions(store);
  const groups = groupByKnowledgeDay(files, day, newestClosed)
    .map((group, i) => decideGroup(group, i === 0 ? newestClosed : undefined, decisions));
  log.record("plan.done", { day, files: files.length, days: groups.length });
  return { day, isClosed: false, groups };
}

/** Files in night order, one group a knowledge day, that of `day` last. */
export function groupByKnowledgeDay(
  files: readonly PlannedFile[], day: string, newestClosed: string,
): readonly NightGroup[] {
  const groups = new Map<string, PlannedFile[]>([[day, []]]);
  for (const file of files) {
    const knownOn = file.landingDay > newestClosed ? file.landingDay : day;
    groups.set(knownOn, [...(groups.get(knownOn) ?? []), file]);
  }
  return [...groups.keys()].sort().map((knownOn) => ({
    knownOn,
    files: (groups.get(knownOn) ?? []).sort(compareNightOrder),
  }));
}

/**
 * A group with what people decided: decisions made since the newest closed night take effect on the
 * first group, and bytes that are on hold on its day are marked wherever they are found.
 */
function decideGroup(
  group: NightGroup, newestClosed: string | undefined, decisions: readonly Decision[],
): NightGroup {
  if (decisions.length === 0) return group;
  const made = decisions.filter((d) => d.after < group.knownOn);
  const files = group.files.map((file) => {
    const newest = made.findLast((d) => d.kind !== "reingest" && d.files.some((decided) =>
      decided.system === file.system && decided.sha256 === file.sha256));
    return newest?.kind === "hold" ? { ...file, heldBy: newest.id } : file;
  });
  const due = made.filter((d) => newestClosed !== undefined && d.after >= newestClosed);
  return { ...group, files, ...(due.length > 0 ? { decisions: due } : {}) };
}

/** System, file name by code points, then landing day (two files of one name in one night). */
export function compareNightOrder(a: PlannedFile, b: PlannedFile): number {
  return compareKeys(a.system, b.system) || compareKeys(a.fileName, b.fileName) ||
    compareKeys(a.landingDay, b.landingDay);
}

function requireDay(day: string): void {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) {
    throw new UsageError(`day: invalid: ${day}; accepted: a calendar day such as 2021-12-20`);
  }
}
