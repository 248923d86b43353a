import { addDays } from "./days.ts";
import type { MadeUpLake, Payload, SentRow, Written } from "./made-up-lake.ts";
import { abilityPoints, divisions } from "./made-up-world.ts";
import type { Random } from "./random.ts";
import type { MadeUpRoll, MadeUpTeacher } from "./random-roll.ts";

type Draft = { -readonly [K in keyof SentRow]: SentRow[K] };
/** What the registry and the surveys hold beside rolls and trainings. */
export interface Papers { readonly sheets: readonly Sheet[] }
interface Sheet {
  readonly relation: string;
  readonly name: string;
  readonly rows: Draft[];
  /** A row that is new, or stands in the place of an old one with its id. */
  readonly make: (at?: Written) => Draft;
  /** Per cent of rows that change, and that are missing, each night. */
  readonly changed: number;
  readonly missing: number;
}
const dimensions = ["learner_analysis", "teaching_design", "learning_guidance", "assessment"];
const plans = ["implementation_plan", "assessment_rules", "spot_check_rules"];
const schoolPlans = ["school_plan", "school_research_plan"];
const cities = [...new Set(divisions.map((d) => d.city_code))];
const localCodes = cities.flatMap((c) => [`L${c}-01`, `L${c}-02`]);
/** Days beside the edges of the windows: E2, E2_sessions, P5, I6, D itself. */
export const edges = [-365, -364, -363, -180, -179, -61, -60, -30, -29, -1, 0, 1, 2] as const;

export function buildPapers(random: Random, roll: MadeUpRoll, asOf: string): Papers {
  const { below, chance, pick } = random;
  const counties = divisions.map((d) => d.county_code);
  const near = (back: number): string =>
    addDays(asOf, chance(35) ? pick(edges) : 20 - below(back));
  const maybe = (percent: number, back: number): string | null =>
    (chance(percent) ? near(back) : null);
  const year = Number(asOf.slice(0, 4));
  let next = 0;
  const numbered = (letter: string): Written => {
    const id = `${letter}${next++}`;
    return { id, person: null, rest: id };
  };
  const sheet = (
    relation: string, name: string, changed: number, missing: number, make: Sheet["make"],
    count: number,
  ): Sheet => ({
    relation, name, changed, missing, make,
    rows: unique(Array.from({ length: count }, () => make())),
  });
  // Some provinces are at their very beginning: few counties, started within the last weeks.
  const isBeginning = chance(20);
  const registration = (at = numbered("R"), county = pick(counties)): Draft => ({
    at, version: below(4), payload: {
      county_code: county,
      launched_on: isBeginning ? addDays(asOf, -7 - below(28)) : chance(95) ? near(260) : null,
      is_model_county: pick([true, false, null]),
      filing_state: pick(["approved", "approved", "approved", "pending", "returned"]),
    },
  });
  const registrations = sheet("county_registration", "county_registrations", 12, 5,
    (at) => registration(at), isBeginning ? 0 : 3);
  // Most counties have one; an approved one stays with its county.
  for (const county of counties) {
    if (chance(isBeginning ? 25 : 85)) registrations.rows.push(registration(numbered("R"), county));
  }
  const filing = (at = numbered("F")): Draft => {
    const level = pick(["city", "county", "county", "school", "school"]);
    const state = pick(["pending", "approved", "approved", "returned"]);
    return { at, payload: {
      filing_level: level,
      unit_code: level === "city" ? pick(cities) : level === "county" ? pick(counties)
        : chance(4) ? "5199990001" : pick(roll.schools).school_code,
      plan_type: level === "school" ? pick(schoolPlans) : pick([...plans, plans[0]!]),
      filed_on: near(420), review_state: state,
      reviewed_on: chance(state === "pending" ? 5 : 85) ? near(420) : null,
    } };
  };
  const filings = sheet("plan_filing", "plan_filings", 10, 4, filing, 26);
  for (const { school_code } of roll.schools.filter(() => chance(40))) {
    for (const type of schoolPlans) {
      const row = filing();
      filings.rows.push({ ...row, payload: {
        ...row.payload, filing_level: "school", unit_code: school_code, plan_type: type,
        review_state: pick(["approved", "approved", "pending"]),
      } });
    }
  }
  const chosen = pointsOfSchools(random, roll);
  const schoolPoint = (at?: Written): Draft => {
    const school = pick(roll.schools);
    const school_year = year - (chance(40) ? 1 : 0) + (chance(6) ? 1 : 0);
    const ability_code = pick(chosen.get(school.school_code)!);
    const id = at?.id ?? `${school.school_code}|${school_year}|${ability_code}`;
    return { at: { id, person: null, rest: id }, payload: at === undefined ? {
      school_code: school.school_code, school_year, ability_code, chosen_on: maybe(80, 400),
    } : { ...idPayload(id), chosen_on: maybe(80, 400) } };
  };
  const teacherPoint = (at?: Written): Draft => {
    const [teacher, code] = at ? at.id.split("|") as [string, string]
      : pickPoint(random, roll, chosen);
    const rest = { person: teacher, rest: code };
    return { at: { id: `${teacher}|${code}`, ...rest }, payload: {
      teacher_no: teacher, ability_code: code, chosen_on: maybe(50, 400),
      school_result: pick(["passed", "passed", "passed", "passed", "failed", "open"]),
      assessed_on: maybe(50, 400),
      county_review: pick(["passed", "open", null, null, null, chance(50) ? "failed" : "open"]),
    } };
  };
  const points = sheet("teacher_point", "teacher_points", 5, 2, teacherPoint, 200);
  // Many teachers have had most of what their school offers assessed, and passed it.
  for (const { teacher_no, school_code } of roll.teachers.filter(() => chance(50))) {
    for (const code of chosen.get(school_code)!.filter(() => chance(93))) {
      const { at, payload } = teacherPoint({ id: `${teacher_no}|${code}`, person: null, rest: "" });
      points.rows.push({ at, payload: { ...payload, school_result: "passed" } });
    }
  }
  points.rows.splice(0, Infinity, ...unique(points.rows));
  const keyed = (id: string): Written => ({ id, person: null, rest: id });
  return { sheets: [
    registrations, filings,
    sheet("school_point", "school_points", 4, 2, schoolPoint, 110),
    points,
    sheet("model_school", "model_schools", 10, 10, (at) => {
      const code = at?.id ?? (chance(5) ? "5199990002" : pick(roll.schools).school_code);
      return { at: keyed(code), payload: { school_code: code, named_on: maybe(70, 300) } };
    }, below(14)),
    sheet("spot_check", "spot_checks", 10, 5, (at = numbered("S")) => ({ at, payload: {
      city_code: pick(cities), teacher_no: pick(roll.teachers).teacher_no,
      checked_on: near(300), is_confirmed: chance(65),
    } }), below(9)),
    sheet("local_point", "local_points", 5, 6, (at) => {
      const code = at?.id ?? pick(localCodes);
      return { at: keyed(code), payload: {
        ability_code: code, city_code: code.slice(1, 5), dimension: pick(dimensions),
      } };
    }, 9),
    sheet("evaluation", "evaluations", 8, 0, (at = numbered("E")) => ({ at, payload: {
      evaluation_kind: pick(["expert", "trainee", "third"]), county_code: pick(counties),
      evaluated_on: near(300), score_hundredths: chance(10) ? 0 : below(10_001),
      sample_size: 1 + below(300),
    } }), below(16)),
  ] };
}

/** Changes since the night before, then the exports of the night. */
export function sendPapers(
  lake: MadeUpLake, papers: Papers, random: Random, night: string,
): void {
  for (const { relation, name, rows, make, changed, missing } of papers.sheets) {
    for (const [i, row] of rows.entries()) {
      if (random.chance(changed)) rows[i] = make(row.at);
    }
    const from = { relation, system: relation === "evaluation" ? "survey" : "registry", name };
    const sent = rows.filter(() => !random.chance(missing));
    if (relation === "evaluation") lake.append(from, night, sent);
    else lake.snapshot(from, night, sent);
  }
}

function unique(rows: readonly Draft[]): Draft[] {
  return [...new Map(rows.map((row) => [row.at.id, row])).values()];
}

function idPayload(id: string): Payload {
  const [school_code, year, ability_code] = id.split("|");
  return { school_code, school_year: Number(year), ability_code };
}

/** School → points it may choose from: mostly of the 30, some local, few of another city. */
function pointsOfSchools(
  { chance, pick }: Random, roll: MadeUpRoll,
): ReadonlyMap<string, readonly string[]> {
  const codes = [...abilityPoints.keys()];
  return new Map(roll.schools.map((s) => {
    const own = Array.from({ length: pick([2, 4, 5, 6]) }, () => pick(codes));
    if (chance(30)) own.push(`L${s.county_code.slice(0, 4)}-0${pick([1, 2])}`);
    if (chance(6)) own.push(pick(localCodes));
    return [s.school_code, own];
  }));
}

function pickPoint(
  { chance, below, pick }: Random, roll: MadeUpRoll,
  chosen: ReadonlyMap<string, readonly string[]>,
): [string, string] {
  // Few teachers, many points each: else nobody would have three.
  const teacher: MadeUpTeacher = roll.teachers[below(chance(85) ? 30 : roll.teachers.length)]!;
  const code = chance(88) ? pick(chosen.get(teacher.school_code)!)
    : pick([...abilityPoints.keys(), ...localCodes]);
  return [chance(2) ? "X1" : teacher.teacher_no, code];
}
