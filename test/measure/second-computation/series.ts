import { addDays, isSunday } from "./days.ts";
import { placesAbove } from "./figure.ts";
import { segmented, sumOf } from "./hour-figures.ts";
import type { Known } from "./known.ts";
import { requireText } from "./parameters.ts";
import { launchOf, stateOn } from "./teachers.ts";

export interface SeriesPoint {
  readonly area_code: string;
  readonly figure_code: string;
  readonly on_date: string;
  readonly n: number;
  readonly d: number;
  readonly reading: "known_today";
}

/** Points of R1, H1, H2, H3, A4 on the Sundays of the programme and on the day, each from scratch. */
export function buildSeries(known: Known): readonly SeriesPoint[] {
  const { asOf, history } = known;
  const province = history.divisions[0]!.county_code.slice(0, 2);
  const days: string[] = [];
  let day = requireText(history.parameters, province, "programme_first_day", asOf);
  for (; day < asOf; day = addDays(day, 1)) if (isSunday(day)) days.push(day);
  days.push(asOf);
  return days.flatMap((d) => pointsOf(known, d));
}

function pointsOf(known: Known, day: string): readonly SeriesPoint[] {
  const state = stateOn(known, day);
  const { divisions } = known.history;
  const started = new Set(divisions.map((d) => d.county_code)
    .filter((c) => launchOf(known, state, c).startedOn !== undefined));
  const areas = new Set(divisions.flatMap((d) => placesAbove(d.county_code)));
  return [...areas].flatMap((area) => {
    const point = (figure_code: string, n: number, d: number): SeriesPoint =>
      ({ area_code: area, figure_code, on_date: day, n, d, reading: "known_today" });
    const counties = divisions.map((d) => d.county_code).filter((c) => c.startsWith(area));
    const teachers = state.teachers.filter((t) => t.isCounted && t.county?.startsWith(area));
    const r1 = point("R1", counties.filter((c) => started.has(c)).length, counties.length);
    if (teachers.length === 0) return [r1];
    return [r1, ...Object.entries(segmented).map(([code, { n, d }]) =>
      point(code, sumOf(teachers, n), sumOf(teachers, d)))];
  });
}
