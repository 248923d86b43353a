import { dayNumber } from "../functions/shared/number-format.ts";
import type { FileRow, SystemRow } from "./data.ts";

/** What a system did on a night. */
export type Arrival = "arrived" | "late" | "held" | "refused" | "silent" | "notDue";

/** Worst outcome of each system on each night; `known_on` days ascending. */
export function buildArrivals(
  systems: readonly SystemRow[], files: readonly FileRow[], nights: readonly string[],
): ReadonlyMap<string, readonly Arrival[]> {
  const filesOf = new Map<string, FileRow[]>();
  for (const file of files) {
    const key = `${file.system} ${file.known_on}`;
    filesOf.set(key, [...(filesOf.get(key) ?? []), file]);
  }
  return new Map(systems.map((system) => {
    const allowed = allowedDays(system);
    let newest: string | null = null;
    let wasSilent = false;
    const row = nights.map((night): Arrival => {
      const found = filesOf.get(`${system.system} ${night}`) ?? [];
      // As in D_systems: refused and held files do not arrive.
      const hasArrived = found.some((file) =>
        ["accepted", "partly", "repeated"].includes(file.status));
      const wasLate = wasSilent;
      if (hasArrived) {
        newest = night;
        wasSilent = false;
      }
      if (found.some((file) => file.status === "refused")) return "refused";
      if (found.some((file) => file.status === "held")) return "held";
      if (hasArrived) return wasLate ? "late" : "arrived";
      wasSilent = newest !== null && allowed !== null &&
        dayNumber(night) - dayNumber(newest) >= allowed;
      return wasSilent ? "silent" : "notDue";
    });
    return [system.system, row];
  }));
}

/** Cadence and grace of a system: from its newest arrival to the day the next one was due. */
function allowedDays(system: SystemRow): number | null {
  if (!system.newest_arrival_on || !system.due_on) return null;
  return dayNumber(system.due_on) - dayNumber(system.newest_arrival_on);
}

/** The nights of the files and steps, ascending. */
export function listNights(days: Iterable<string>): readonly string[] {
  return [...new Set(days)].sort();
}
