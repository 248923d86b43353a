import type { Figure } from "./figure.ts";
import { figure, levelOf, placesAbove } from "./figure.ts";
import type { Flags } from "./flags.ts";
import type { Known } from "./known.ts";
import type { DayState, TeacherState } from "./teachers.ts";

/** Two sums over teachers. */
export interface Measure {
  readonly n: (t: TeacherState) => number;
  readonly d: (t: TeacherState) => number;
}
const one = (): number => 1;
const share = (is: (t: TeacherState) => boolean): Measure =>
  ({ n: (t) => (is(t) ? 1 : 0), d: one });
const kind = (name: keyof TeacherState["kinds"]): Measure =>
  ({ n: (t) => Math.min(t.kinds[name], t.mix[name]), d: (t) => t.mix[name] });

/** Counted in every group, with gaps and over the reported counties alone. */
export const segmented: Readonly<Record<string, Measure>> = {
  H1: share((t) => t.online + t.practice > 0),
  H2: share((t) => t.isComplete),
  H3: {
    n: (t) => Math.min(t.online, t.requiredOnline) + Math.min(t.practice, t.requiredPractice),
    d: (t) => t.requiredOnline + t.requiredPractice,
  },
  A4: share((t) => t.isComplete && t.isCapable),
};
const plain: Readonly<Record<string, Measure>> = {
  A2: share((t) => t.hasChosen),
  A3: share((t) => t.isCapable),
};
const kinds: Readonly<Record<string, Measure>> = {
  H4_evidence: kind("evidence"), H4_research: kind("research"), H4_recording: kind("recording"),
};
const missing: Readonly<Record<string, Measure["n"]>> = {
  H5_online: (t) => Math.max(0, t.requiredOnline - t.online),
  H5_practice: (t) => Math.max(0, t.requiredPractice - t.practice),
};
const groups = ["deep_poverty_rural", "ethnic", "village", "poverty", "three_prefectures"];

export function sumOf(teachers: readonly TeacherState[], of: (t: TeacherState) => number): number {
  return teachers.reduce((total, t) => total + of(t), 0);
}

/** H, A2 … A4, their gaps, and I: everything that is summed over teachers. */
export function buildHourFigures(
  known: Known, state: DayState, flags: Flags,
): readonly Figure[] {
  const counted = state.teachers.filter((t) => t.isCounted && t.county);
  const places = new Map<string, TeacherState[]>();
  for (const t of counted) {
    for (const area of [...placesAbove(t.county!), t.school]) {
      places.set(area, [...(places.get(area) ?? []), t]);
    }
  }
  const figures = [...places].flatMap(([area, teachers]) => [
    ...areaFigures(known, area, teachers), ...flagFigures(area, teachers, flags),
  ]);
  const areas = new Set(known.history.divisions.flatMap((d) => placesAbove(d.county_code)));
  for (const area of areas) {
    const n = state.teachers.filter((t) => t.county?.startsWith(area) && t.isComplete).length;
    figures.push(figure(area, "H2_ever", { n }));
  }
  return figures;
}

type Build = (code: string, measure: Measure, teachers: readonly TeacherState[]) => Figure;

function areaFigures(
  known: Known, area: string, teachers: readonly TeacherState[],
): readonly Figure[] {
  const level = levelOf(area);
  const isLocal = level === "county" || level === "school";
  const state_code = isLocal && !known.reported.has(teachers[0]!.county!) ? "not_reported" : null;
  const build: Build = (code, { n, d }, own) =>
    figure(area, code, { n: sumOf(own, n), d: sumOf(own, d), state_code });
  const all = (measures: Readonly<Record<string, Measure>>): readonly Figure[] =>
    Object.entries(measures).map(([code, measure]) => build(code, measure, teachers));
  const figures = [
    ...all(segmented), ...all(plain),
    ...Object.entries(missing).map(([code, n]) =>
      figure(area, code, { n: sumOf(teachers, n), state_code })),
  ];
  if (level === "school") return figures;
  figures.push(...all(kinds), ...groups.flatMap((group) => groupFigures(build, teachers, group)));
  if (isLocal) return figures;
  const inReported = teachers.filter((t) => known.reported.has(t.county!));
  return [...figures, ...Object.entries(segmented).map(([code, measure]) =>
    build(`${code}_reported`, measure, inReported))];
}

function groupFigures(
  build: Build, teachers: readonly TeacherState[], segment_code: string,
): readonly Figure[] {
  const inside = teachers.filter((t) => t.segments.has(segment_code));
  const outside = teachers.filter((t) => !t.segments.has(segment_code));
  if (inside.length === 0) return [];
  return Object.entries(segmented).flatMap(([code, measure]) => {
    const own = { ...build(code, measure, inside), segment_code };
    if (outside.length === 0) return [own];
    const others = build(code, measure, outside);
    const gap = own.share === null ? null : own.share - others.share!;
    return [own, { ...own, figure_code: `gap_${code}`, n: null, d: null, share: gap }];
  });
}

function flagFigures(
  area: string, teachers: readonly TeacherState[], flags: Flags,
): readonly Figure[] {
  const d = teachers.length;
  const count = (code: string, wanted: readonly string[]): Figure => figure(area, code, {
    n: teachers.filter((t) =>
      [...(flags.get(t.person.teacherNo) ?? [])].some((f) => wanted.includes(f))).length,
    d,
  });
  const first = ["I1", "I2", "I3", "I4", "I5"];
  const figures = [...first.map((code) => count(code, [code])), count("I_any", first)];
  return levelOf(area) === "school" ? figures
    : [...figures, count("I7", ["I7"]), count("I8", ["I8"])];
}
