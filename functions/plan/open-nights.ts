import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { listClosedDays } from "../shared/read-ledger.ts";

/** Landing days in order, from the day folders of every system. */
export async function listLandingDays(store: ObjectStore): Promise<readonly string[]> {
  const days = new Set<string>();
  for (const { key } of await store.list(homeKeys.landingPrefix)) {
    const day = key.split("/")[2] ?? "";
    if (/^\d{4}-\d{2}-\d{2}$/.test(day)) days.add(day);
  }
  return [...days].sort();
}

/** Nights that are to be run, in order, and the newest one that went all the way. */
export interface OpenNights {
  readonly days: readonly string[];
  /** '' where none did. */
  readonly finished: string;
}

/**
 * Every landing day up to `until` that has not been run, and nights that were cut off after they
 * were closed; with `date` at least that one, and none after it.
 */
export async function listOpenNights(store: ObjectStore, { from, until, date }: {
  readonly from?: string | undefined; readonly until?: string | undefined;
  readonly date?: string | undefined;
}): Promise<OpenNights> {
  const closed = await listClosedDays(store);
  const finished = await findFinishedDay(store);
  const last = date ?? until ?? "9999-12-31";
  const open = (await listLandingDays(store)).filter((d) => !closed.includes(d));
  const days = [...new Set([...closed.filter((d) => d > finished), ...open])].sort()
    .filter((d) => d <= last && (from === undefined || d >= from));
  if (date !== undefined && !days.includes(date)) days.push(date);
  return { days, finished };
}

/** Newest day whose night went all the way; where there is no mark yet, the published day. */
async function findFinishedDay(store: ObjectStore): Promise<string> {
  const mark = await readJson<{ readonly day: string }>(store, homeKeys.finishedNight);
  if (mark) return mark.day;
  const pointer = await readJson<{ readonly as_of: string }>(store, homeKeys.current);
  return pointer?.as_of ?? "";
}

/**
 * Is no later night of the call in the same week (Monday to Sunday)? A run of every day that is
 * caught up would take half as long again as all else; one a week is what the other reading of the
 * series has too.
 */
export function isLastOfWeek(day: string, next: string | undefined): boolean {
  return next === undefined || weekOf(next) !== weekOf(day);
}

/** Whole weeks since a Monday. */
function weekOf(day: string): number {
  return Math.floor((Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 3) / 7);
}
