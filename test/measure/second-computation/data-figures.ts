import { daysBetween } from "./days.ts";
import type { Figure } from "./figure.ts";
import { figure } from "./figure.ts";
import type { Known } from "./known.ts";
import { isInPost } from "./roll.ts";
import type { DayState } from "./teachers.ts";

export function buildDataFigures(known: Known, state: DayState): readonly Figure[] {
  const { history, asOf, roll } = known;
  const province = history.divisions[0]!.county_code.slice(0, 2);
  const of = (code: string, segment_code: string, n: number, d: number): Figure =>
    figure(province, code, { segment_code, n, d });
  const systems = [...new Set(history.export_contract.map((c) => c.system))];
  const inTime = systems.filter((s) => history.export_contract
    .filter((c) => c.system === s)
    .every((c) => {
      const newest = newestDay(known, c.system, c.export, ["accepted", "partly", "repeated"]);
      return newest !== undefined
        && daysBetween(newest, asOf) < c.cadence_days + c.grace_days;
    }));
  const inPost = [...roll.persons.values()].filter((p) => isInPost(p, asOf));
  const counted = state.teachers.filter((t) => t.isCounted).length;
  return [
    of("D_systems", "all", inTime.length, systems.length),
    of("D_no_school", "all", inPost.length - counted, inPost.length),
    ...rejected(known, of),
    ...unmatched(known, of),
  ];
}

type Build = (code: string, segment: string, n: number, d: number) => Figure;

function newestDay(
  known: Known, system: string, name: string | null, statuses: readonly string[],
): string | undefined {
  return known.history.file_arrival
    .filter((f) => f.system === system && f.export === name && statuses.includes(f.status))
    .map((f) => f.known_on).sort().at(-1);
}

function rejected(known: Known, of: Build): readonly Figure[] {
  const taken = ["accepted", "partly"];
  const files = known.history.file_arrival.filter((f) => taken.includes(f.status)
    && f.known_on === newestDay(known, f.system, f.export, taken));
  const systems = [...new Set(files.map((f) => f.system))];
  return ["all", ...systems].map((s) => {
    const own = files.filter((f) => s === "all" || f.system === s);
    const sum = (key: "rows_rejected" | "rows_read"): number =>
      own.reduce((total, f) => total + (f[key] ?? 0), 0);
    return of("D_rejected", s, sum("rows_rejected"), sum("rows_read"));
  });
}

function unmatched(known: Known, of: Build): readonly Figure[] {
  const newest = known.versions.filter((v) => v.standing === "newest");
  const systems = [...new Set(newest.map((v) => v.row.system))];
  return ["all", ...systems].map((s) => {
    const own = newest.filter((v) => s === "all" || v.row.system === s);
    const personOf = (v: (typeof own)[number]): string => v.row.person_key!;
    const strangers = own.filter((v) => v.match.reason !== undefined).map(personOf);
    return of("D_unmatched", s, new Set(strangers).size, new Set(own.map(personOf)).size);
  });
}
