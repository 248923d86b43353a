import { addDays } from "./days.ts";
import type { MadeUpLake } from "./made-up-lake.ts";
import { divisions, emptyCounty, isOfLargeSchools } from "./made-up-world.ts";
import type { Random } from "./random.ts";

export interface MadeUpSchool {
  readonly school_code: string;
  county_code: string;
  school_type: string;
  place_type: string;
  is_smart_education: boolean;
  has_cio: boolean;
  school_status: string;
  opened_on: string | null;
  merged_on: string | null;
}
export interface MadeUpTeacher {
  readonly teacher_no: string;
  person_token: string | null;
  school_code: string;
  post: string;
  employment_status: string;
  changed_on: string | null;
  isListed: boolean;
}
/** Schools and teachers as the registry knows them at the moment. */
export interface MadeUpRoll {
  readonly schools: readonly MadeUpSchool[];
  readonly teachers: readonly MadeUpTeacher[];
}

const types = ["school", "school", "village_school", "teaching_point"];
const places = ["urban", "town", "rural"];
const posts = ["teacher", "teacher", "teacher", "principal", "management_team", "researcher"];

export function buildRoll(seed: number, random: Random, asOf: string): MadeUpRoll {
  const { below, chance, pick } = random;
  const counties = divisions.map((d) => d.county_code).filter((c) => c !== emptyCounty);
  const schools = Array.from({ length: 15 }, (_, i): MadeUpSchool => {
    const county = counties[i % counties.length]!;
    return {
      school_code: `${county}${1000 + i}`, county_code: county, school_type: pick(types),
      place_type: pick(places), is_smart_education: chance(25), has_cio: chance(60),
      school_status: "open", merged_on: null,
      opened_on: chance(20) ? addDays(asOf, pick([-300, -1, 0, 1, 30])) : null,
    };
  });
  const large = isOfLargeSchools(seed) ? 26 : 0;
  const teachers = Array.from({ length: 44 + large }, (_, i): MadeUpTeacher => ({
    teacher_no: `T${100 + i}`,
    person_token: chance(85) ? `k${chance(5) ? 1 : i}` : null,
    school_code: i < large ? schools[3]!.school_code : pick(schools).school_code,
    post: pick(posts), employment_status: "in_post",
    changed_on: chance(30) ? addDays(asOf, -below(700)) : null,
    isListed: !chance(6),
  }));
  return { schools, teachers };
}

/** Moves, retirements, corrections, mergers since the night before. */
export function changeRoll(roll: MadeUpRoll, random: Random, night: string, isFirst: boolean): void {
  const { below, chance, pick } = random;
  for (const t of roll.teachers) {
    const isTwin = t.school_code === roll.schools.at(-1)!.school_code;
    if (chance(isTwin ? 2 : 6)) t.school_code = pick(roll.schools).school_code;
    if (chance(4)) t.employment_status = pick(["in_post", "retired", "left", "transferred_out"]);
    if (chance(8)) t.changed_on = chance(60) ? addDays(night, 40 - below(120)) : null;
    if (chance(3)) t.person_token = `k${below(45)}`;
    if (chance(6)) t.isListed = isFirst || !t.isListed;
    if (chance(5)) t.post = pick(posts);
  }
  for (const s of roll.schools) {
    if (chance(3)) {
      s.school_status = "closed";
      s.merged_on = chance(70) ? addDays(night, 60 - below(90)) : null;
    }
    if (chance(3)) s.place_type = pick(places);
    if (chance(3)) s.school_type = pick(types);
    if (chance(5)) s.is_smart_education = !s.is_smart_education;
    if (chance(5)) s.has_cio = !s.has_cio;
    if (chance(1)) s.county_code = pick(roll.schools).county_code;
  }
}

export function sendRoll(
  lake: MadeUpLake, roll: MadeUpRoll, random: Random, night: string,
): void {
  lake.snapshot({ relation: "school", system: "registry", name: "schools" }, night,
    roll.schools.filter(() => !random.chance(2)).map((s) => ({
      at: { id: s.school_code, person: null, rest: s.school_code },
      payload: { ...s, school_name: s.school_code },
    })));
  lake.snapshot({ relation: "teacher", system: "registry", name: "teachers" }, night,
    roll.teachers.filter((t) => t.isListed).map((t) => ({
      at: { id: t.teacher_no, person: t.teacher_no, rest: "" },
      // No column of the lake.
      payload: { ...t, isListed: null },
    })));
}
