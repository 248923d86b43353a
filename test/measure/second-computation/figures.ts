import { addDays, daysBetween } from "./days.ts";
import { buildDataFigures } from "./data-figures.ts";
import { buildFilingFigures } from "./filing-figures.ts";
import { flagsOn } from "./flags.ts";
import { buildHourFigures, segmented, sumOf } from "./hour-figures.ts";
import { buildIndexFigures } from "./index-figures.ts";
import type { Figure } from "./figure.ts";
import { figure } from "./figure.ts";
import type { Known } from "./known.ts";
import { requireNumber, requireText } from "./parameters.ts";
import { buildQualityFigures } from "./quality-figures.ts";
import { buildSchoolFigures } from "./school-figures.ts";
import { launchOf, stateOn } from "./teachers.ts";
import type { DayState, Launch } from "./teachers.ts";

/** All rows of mart_figure as of the day, worked out one by one from figures.md. */
export function buildFigures(known: Known): readonly Figure[] {
  const state = stateOn(known, known.asOf);
  const { divisions } = known.history;
  const launches = new Map(divisions.map((d) =>
    [d.county_code, launchOf(known, state, d.county_code)]));
  const figures: Figure[] = [];
  for (const { county_code } of divisions) {
    figures.push(...countyRollout(known, state, county_code, launches.get(county_code)!));
  }
  const cities = [...new Set(divisions.map((d) => d.city_code))];
  const province = divisions[0]!.county_code.slice(0, 2);
  const wide = [province, ...cities];
  for (const area of wide) {
    const counties = divisions.map((d) => d.county_code).filter((c) => c.startsWith(area));
    const own = counties.map((c) => launches.get(c)!);
    const d = counties.length;
    figures.push(
      figure(area, "R1", { n: own.filter((l) => l.startedOn).length, d }),
      figure(area, "R2", { n: own.filter((l) => l.declaredOn).length, d }),
      figure(area, "D_reported",
        { n: counties.filter((c) => known.reported.has(c)).length, d }),
      figure(area, "I6", { n: counties.filter((c) =>
        isOnlyDeclared(known, launches.get(c)!, c)).length, d }),
      ...[20, 60, 100].flatMap((pct) => gateFigures(known, area, pct, own)),
    );
  }
  figures.push(
    ...buildHourFigures(known, state, flagsOn(known, state)), ...buildSchoolFigures(known, state),
    ...buildFilingFigures(known), ...buildQualityFigures(known), ...buildDataFigures(known, state),
  );
  const filled = figures.filter((f) => f.d === null || f.d > 0);
  return [...filled, ...buildIndexFigures(known, state, filled)];
}

/** I6: registered for longer than the days allowed, and nothing else. */
function isOnlyDeclared(known: Known, launch: Launch, county: string): boolean {
  const { declaredOn, startedOn } = launch;
  const days = requireNumber(known.history.parameters, county, "flag_declared_days", known.asOf);
  return declaredOn !== undefined && startedOn === undefined
    && daysBetween(declaredOn, known.asOf) > days;
}

function countyRollout(
  known: Known, state: DayState, county: string, launch: Launch,
): readonly Figure[] {
  const { declaredOn, evidencedOn, startedOn } = launch;
  const { asOf } = known;
  const name = startedOn ? "started" : declaredOn ? "declared_only"
    : evidencedOn ? "activity_only" : "none";
  const figures = [
    figure(county, "R1", {
      n: startedOn ? 1 : 0, d: 1, state_code: name, on_date: startedOn ?? null,
    }),
    figure(county, "R2", { n: declaredOn ? 1 : 0, d: 1, on_date: declaredOn ?? null }),
  ];
  const last = requireText(known.history.parameters, county, "programme_last_day", asOf);
  const all = startedOn ? daysBetween(startedOn, last) : 0;
  const gone = startedOn ? daysBetween(startedOn, asOf) : 0;
  if (all > 0) {
    figures.push(figure(county, "expected_H3", { n: Math.min(gone, all), d: all }));
  }
  const teachers = state.teachers.filter((t) => t.isCounted && t.county === county);
  if (teachers.length === 0) return figures;
  const [progress, required] = [sumOf(teachers, segmented.H3!.n), sumOf(teachers, segmented.H3!.d)];
  const code = !known.reported.has(county) ? "not_reported"
    : !startedOn ? "not_started"
      : teachers.every((t) => t.isComplete) ? "complete"
        : asOf > last ? "missed"
          : BigInt(progress) * BigInt(all) >= BigInt(gone) * BigInt(required)
            ? "on_track" : "behind";
  figures.push(figure(county, "gate_completion",
    { n: progress, d: required, state_code: code }));
  return figures;
}

function gateFigures(
  known: Known, area: string, pct: number, launches: readonly Launch[],
): readonly Figure[] {
  const { asOf } = known;
  const of = (name: string): number =>
    requireNumber(known.history.parameters, area, name, asOf);
  const due = requireText(known.history.parameters, area, `gate_${pct}_due_on`, asOf);
  const counties = launches.length;
  const needed = Math.floor((pct * counties + 99) / 100);
  const days = launches.flatMap((l) => (l.startedOn ? [l.startedOn] : [])).sort();
  const started = days.length;
  const short = needed - started;
  const left = daysBetween(asOf, due);
  const window = of("pace_window_days");
  let [sx, sy, sxy, sxx] = [0, 0, 0, 0];
  for (let x = 0; x < window; x++) {
    const day = addDays(asOf, x - (of("pace_lag_days") + window - 1));
    const y = days.filter((s) => s <= day).length;
    sx += x; sy += y; sxy += x * y; sxx += x * x;
  }
  const num = window * sxy - sx * sy;
  const den = window * sxx - sx * sx;
  const reachedOn = days[needed - 1];
  let code = "behind";
  if (reachedOn) code = reachedOn <= due ? "reached" : "reached_late";
  else if (started === 0) code = "not_begun";
  else if (asOf > due) code = "missed";
  else if (num === 0) code = "stalled";
  else if (num * left >= short * den) code = "on_track";
  let onDate: string | null = reachedOn ?? null;
  if (code === "on_track" || code === "behind") {
    const day = addDays(asOf, Math.ceil((short * den) / num));
    onDate = daysBetween(due, day) > of("projection_limit_days") ? null : day;
  }
  return [
    figure(area, `gate_${pct}`,
      { n: started, d: counties, target: needed, state_code: code, on_date: onDate }),
    ...(asOf <= due && started > 0
      ? [figure(area, `pace_${pct}`, { n: num, d: den })] : []),
    ...(!reachedOn && asOf < due
      ? [figure(area, `need_${pct}`, { n: short, d: left })] : []),
  ];
}
