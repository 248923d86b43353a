import { dayNumber } from "../functions/shared/number-format.ts";
import type { FileRow, SystemRow } from "./data.ts";

/** What a system did on a night. */
export type Arrival = "arrived" | "late" | "held" | "refused" | "silent" | "notDue";

export interface NightOfSystem {
  readonly arrival: Arrival;
  /** Files taken that night, and how many of them were refused or held. */
  readonly files: number;
  readonly refused: number;
  readonly held: number;
}

/**
 * Worst outcome of each system on each night; `nights` ascending. As in D_systems every export
 * has to come: a system is silent while one of its exports is overdue, and late where one landed
 * after more days than it is allowed.
 */
export function buildArrivals(
  systems: readonly SystemRow[], files: readonly FileRow[], nights: readonly string[],
): ReadonlyMap<string, readonly NightOfSystem[]> {
  const filesOf = new Map<string, FileRow[]>();
  for (const file of files) {
    const key = `${file.system} ${file.known_on}`;
    filesOf.set(key, [...(filesOf.get(key) ?? []), file]);
  }
  return new Map(systems.map((system) => {
    const newest = new Map<string, string>();
    return [system.system, nights.map((night) => {
      const found = filesOf.get(`${system.system} ${night}`) ?? [];
      const count = (status: string) => found.filter((file) => file.status === status).length;
      const [refused, held] = [count("refused"), count("held")];
      return {
        arrival: judgeNight(system, found, night, newest), files: found.length, refused, held,
      };
    })];
  }));
}

/** Notes what has arrived in `newest` (export → night) and says how the night stands. */
function judgeNight(
  system: SystemRow, files: readonly FileRow[], night: string, newest: Map<string, string>,
): Arrival {
  const allowed = allowedDays(system);
  // As in D_systems: refused and held files do not arrive.
  const arrived = files.filter((file) => ["accepted", "partly", "repeated"].includes(file.status));
  const isLate = arrived.some((file) => {
    const before = newest.get(file.export ?? "");
    const landed = dayNumber(file.landing_day);
    return before !== undefined && allowed !== null && landed - dayNumber(before) > allowed;
  });
  for (const file of arrived) newest.set(file.export ?? "", night);
  if (files.some((file) => file.status === "refused")) return "refused";
  if (files.some((file) => file.status === "held")) return "held";
  const isOverdue = newest.size === 0
    ? system.newest_arrival_on === null && system.due_on !== null && night >= system.due_on
    : allowed !== null &&
      [...newest.values()].some((day) => dayNumber(night) - dayNumber(day) >= allowed);
  if (isOverdue) return "silent";
  if (arrived.length === 0) return "notDue";
  return isLate ? "late" : "arrived";
}

/** Cadence and grace of a system: from an arrival to the day on which the next one is late. */
function allowedDays(system: SystemRow): number | null {
  if (!system.newest_arrival_on || !system.due_on) return null;
  return dayNumber(system.due_on) - dayNumber(system.newest_arrival_on);
}

/** The nights of the files and steps, ascending. */
export function listNights(days: Iterable<string>): readonly string[] {
  return [...new Set(days)].sort();
}
