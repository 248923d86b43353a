import type { Known } from "./known.ts";
import type { SchoolPointRow, TeacherPointRow } from "./lake.ts";
import { groupBy } from "./credit.ts";
import { requireNumber } from "./parameters.ts";

/** What a school chose, as of a day. */
export interface Choice {
  readonly isValid: boolean;
  /** Of the newest year. */
  readonly dimensions: ReadonlySet<string>;
  /** Points of every year, next year's too → dimension; undefined: not this city's. */
  readonly offered: ReadonlyMap<string, string | undefined>;
}
export interface Choices {
  readonly bySchool: ReadonlyMap<string, Choice>;
  /** Teacher → the points that the newest list has of them. */
  readonly points: ReadonlyMap<string, readonly TeacherPointRow[]>;
}

/** Choices of all schools and teachers on a day, by what is known. */
export function choicesOn(known: Known, day: string): Choices {
  const { abilityPoints } = known.history;
  const local = new Map(known.localPoints.map((p) => [p.ability_code!, p]));
  const dimensionIn = (city: string) => (code: string): string | undefined => {
    const own = local.get(code);
    return abilityPoints.get(code) ?? (own?.city_code === city ? own.dimension! : undefined);
  };
  const bySchool = new Map<string, Choice>();
  for (const [school, points] of groupBy(known.schoolPoints, (p) => p.school_code!)) {
    const county = known.roll.schools.get(school)?.newest.county_code;
    if (!county) continue;
    bySchool.set(school, choiceOf(known, day, school, points, dimensionIn(county.slice(0, 4))));
  }
  return { bySchool, points: groupBy(known.teacherPoints, (p) => p.teacher_no!) };
}

function choiceOf(
  known: Known, day: string, school: string, points: readonly SchoolPointRow[],
  dimensionOf: (code: string) => string | undefined,
): Choice {
  const years = points.map((p) => p.school_year!).filter((y) => y <= Number(day.slice(0, 4)));
  const newest = points.filter((p) => p.school_year === Math.max(...years))
    .map((p) => dimensionOf(p.ability_code!));
  const dimensions = new Set(newest.filter((d) => d !== undefined));
  const { county_code, is_smart_education } = known.roll.schools.get(school)!.newest;
  const needed = requireNumber(known.history.parameters, county_code!,
    is_smart_education === true ? "dimensions_needed_smart" : "dimensions_needed", day);
  return {
    isValid: newest.length > 0 && !newest.includes(undefined) && dimensions.size >= needed,
    dimensions,
    offered: new Map(points.map((p) => [p.ability_code!, dimensionOf(p.ability_code!)])),
  };
}

export interface Ability { readonly hasChosen: boolean; readonly isCapable: boolean }

/** A2 and A3 of a teacher at a school on a day. */
export function abilityOf(
  known: Known, choices: Choices, teacher: string, school: string, county: string, day: string,
): Ability {
  const choice = choices.bySchool.get(school);
  if (!choice?.isValid) return { hasChosen: false, isCapable: false };
  const isDue = (on: string | null): boolean => on === null || on <= day;
  const needed = requireNumber(known.history.parameters, county, "points_needed", day);
  const chosen = (choices.points.get(teacher) ?? [])
    .filter((p) => isDue(p.chosen_on) && choice.offered.has(p.ability_code!));
  const isEnough = (points: readonly TeacherPointRow[]): boolean => {
    const covered = new Set(points.map((p) => choice.offered.get(p.ability_code!)));
    return points.length >= needed && [...choice.dimensions].every((d) => covered.has(d));
  };
  return {
    hasChosen: isEnough(chosen),
    isCapable: isEnough(chosen.filter((p) => p.school_result === "passed"
      && p.county_review !== "failed" && isDue(p.assessed_on))),
  };
}
