import type { Figure } from "./figure.ts";
import { figure } from "./figure.ts";
import type { Known } from "./known.ts";
import type { DayState, TeacherState } from "./teachers.ts";

export interface Hours {
  readonly teachers: number;
  readonly learning: number;
  readonly complete: number;
  readonly progress: number;
  readonly required: number;
  readonly missingOnline: number;
  readonly missingPractice: number;
}

export function sumHours(teachers: readonly TeacherState[]): Hours {
  const sum = (of: (t: TeacherState) => number): number =>
    teachers.reduce((total, t) => total + of(t), 0);
  return {
    teachers: teachers.length,
    learning: teachers.filter((t) => t.online + t.practice > 0).length,
    complete: teachers.filter((t) => t.isComplete).length,
    progress: sum((t) =>
      Math.min(t.online, t.requiredOnline) + Math.min(t.practice, t.requiredPractice)),
    required: sum((t) => t.requiredOnline + t.requiredPractice),
    missingOnline: sum((t) => Math.max(0, t.requiredOnline - t.online)),
    missingPractice: sum((t) => Math.max(0, t.requiredPractice - t.practice)),
  };
}

const groups = ["deep_poverty_rural", "ethnic", "village", "poverty", "three_prefectures"];

export function buildHourFigures(known: Known, state: DayState): readonly Figure[] {
  const counted = state.teachers.filter((t) => t.isCounted && t.county);
  const places = new Map<string, TeacherState[]>();
  for (const t of counted) {
    const county = t.county!;
    for (const area of [county.slice(0, 2), county.slice(0, 4), county, t.school]) {
      places.set(area, [...(places.get(area) ?? []), t]);
    }
  }
  const figures = [...places].flatMap(([area, teachers]) =>
    areaFigures(known, area, teachers));
  const { divisions } = known.history;
  const areas = new Set(divisions.flatMap((d) =>
    [d.county_code.slice(0, 2), d.city_code, d.county_code]));
  for (const area of areas) {
    const n = state.teachers.filter((t) => t.county?.startsWith(area) && t.isComplete).length;
    figures.push(figure(area, levelOf(area), "H2_ever", { n }));
  }
  return figures;
}

function levelOf(area: string): string {
  return { 2: "province", 4: "city", 6: "county" }[area.length] ?? "school";
}

function areaFigures(
  known: Known, area: string, teachers: readonly TeacherState[],
): readonly Figure[] {
  const level = levelOf(area);
  const isLocal = level === "county" || level === "school";
  const state_code = isLocal && !known.reported.has(teachers[0]!.county!) ? "not_reported" : null;
  const all = sumHours(teachers);
  const figures = [
    ...hourFigures(area, level, all, "", state_code),
    figure(area, level, "H5_online", { n: all.missingOnline, state_code }),
    figure(area, level, "H5_practice", { n: all.missingPractice, state_code }),
  ];
  if (!isLocal) {
    const inReported = sumHours(teachers.filter((t) => known.reported.has(t.county!)));
    if (inReported.teachers > 0) {
      figures.push(...hourFigures(area, level, inReported, "_reported", null));
    }
  }
  if (level === "school") return figures;
  for (const segment_code of groups) {
    const inside = sumHours(teachers.filter((t) => t.segments.has(segment_code)));
    const outside = sumHours(teachers.filter((t) => !t.segments.has(segment_code)));
    if (inside.teachers === 0) continue;
    const own = hourFigures(area, level, inside, "", state_code);
    const others = hourFigures(area, level, outside, "", state_code);
    figures.push(...own.map((f) => ({ ...f, segment_code })));
    if (outside.teachers === 0) continue;
    figures.push(...own.map((f, i) => figure(area, level, `gap_${f.figure_code}`, {
      segment_code, state_code,
      ...(state_code === null ? { share: f.share! - others[i]!.share! } : {}),
    })));
  }
  return figures;
}

function hourFigures(
  area: string, level: string, h: Hours, ending: string, state_code: string | null,
): readonly Figure[] {
  return [
    figure(area, level, `H1${ending}`, { n: h.learning, d: h.teachers, state_code }),
    figure(area, level, `H2${ending}`, { n: h.complete, d: h.teachers, state_code }),
    figure(area, level, `H3${ending}`, { n: h.progress, d: h.required, state_code }),
  ];
}
