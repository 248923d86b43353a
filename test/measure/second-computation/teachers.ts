import { abilityOf, choicesOn } from "./ability.ts";
import type { Choices } from "./ability.ts";
import { creditOn } from "./credit.ts";
import type { CreditRow } from "./credit.ts";
import { countedOn } from "./known.ts";
import type { Known } from "./known.ts";
import { findValue, requireNumber } from "./parameters.ts";
import { countyOn, entryOn } from "./roll.ts";
import type { Person } from "./roll.ts";

export interface TeacherState {
  readonly person: Person;
  readonly school: string;
  readonly county: string | undefined;
  readonly isCounted: boolean;
  readonly online: number;
  readonly practice: number;
  readonly requiredOnline: number;
  readonly requiredPractice: number;
  readonly isComplete: boolean;
  readonly completedOn: string | null;
  readonly segments: ReadonlySet<string>;
  /** Credited practice seconds, and what is asked, by kind. */
  readonly kinds: Kinds;
  readonly mix: Kinds;
  /** A2, A3. */
  readonly hasChosen: boolean;
  readonly isCapable: boolean;
}
interface Kinds {
  readonly evidence: number;
  readonly research: number;
  readonly recording: number;
}

/** Credit and teachers on a day, by what is known. */
export interface DayState {
  readonly day: string;
  readonly credit: readonly CreditRow[];
  readonly teachers: readonly TeacherState[];
  /** County → teachers of the denominator. */
  readonly sizes: ReadonlyMap<string, number>;
}

export function stateOn(known: Known, day: string): DayState {
  const credit = creditOn(known.history, known.versions, day, known.asOf);
  const own = new Map<string, CreditRow[]>();
  for (const c of credit) {
    if (c.outcome !== "credited") continue;
    own.set(c.teacher!, [...(own.get(c.teacher!) ?? []), c]);
  }
  const counted = new Set(countedOn(known, day));
  const choices = choicesOn(known, day);
  const teachers = [...known.roll.persons.values()].map((person) =>
    teacherOn(known, person, day, counted.has(person), own.get(person.teacherNo) ?? [],
      choices));
  const sizes = new Map<string, number>();
  for (const t of teachers) {
    if (t.isCounted && t.county) sizes.set(t.county, (sizes.get(t.county) ?? 0) + 1);
  }
  return { day, credit, teachers, sizes };
}

function teacherOn(
  known: Known, person: Person, day: string, isCounted: boolean, rows: readonly CreditRow[],
  choices: Choices,
): TeacherState {
  const { parameters } = known.history;
  const county = countyOn(known.roll, person, day);
  const area = county ?? known.history.divisions[0]!.county_code.slice(0, 2);
  const requiredOnline = requireNumber(parameters, area, "required_online_seconds", day);
  const requiredPractice = requireNumber(parameters, area, "required_practice_seconds", day);
  const by = (category: string, until: string): number => rows
    .filter((r) => r.category === category && r.eventOn! <= until)
    .reduce((sum, r) => sum + r.seconds, 0);
  const isDone = (until: string): boolean =>
    by("online", until) >= requiredOnline && by("practice", until) >= requiredPractice;
  const kindsOf = (of: (kind: string) => number): Kinds =>
    ({ evidence: of("evidence"), research: of("research"), recording: of("recording") });
  const school = entryOn(person, day).school;
  const days = [...new Set(rows.map((r) => r.eventOn!))].sort();
  return {
    person, county, isCounted, requiredOnline, requiredPractice,
    school,
    online: by("online", day),
    practice: by("practice", day),
    isComplete: isDone(day),
    completedOn: days.find(isDone) ?? null,
    segments: segmentsOf(known, person, day),
    kinds: kindsOf((kind) => rows
      .filter((r) => r.practiceKind === kind && r.category === "practice")
      .reduce((sum, r) => sum + r.seconds, 0)),
    mix: kindsOf((kind) => requireNumber(parameters, area, `mix_${kind}_seconds`, day)),
    ...abilityOf(known, choices, person.teacherNo, school, area, day),
  };
}

function segmentsOf(known: Known, person: Person, day: string): ReadonlySet<string> {
  const school = known.roll.schools.get(entryOn(person, day).school)?.newest;
  const division = known.history.divisions.find((d) => d.county_code === school?.county_code);
  const segments = new Set(["all"]);
  if (!school || !division) return segments;
  const isVillage = school.school_type === "village_school"
    || school.school_type === "teaching_point";
  const isRural = school.place_type === "town" || school.place_type === "rural";
  if (division.is_deep_poverty && isRural) segments.add("deep_poverty_rural");
  if (division.is_ethnic) segments.add("ethnic");
  if (isVillage) segments.add("village");
  if (division.is_poverty) segments.add("poverty");
  if (division.is_three_prefectures) segments.add("three_prefectures");
  return segments;
}

/** Day on which enough persons had credit in a county; undefined if they never had. */
export function findEvidenced(known: Known, state: DayState, county: string): string | undefined {
  const { parameters } = known.history;
  const firsts = new Map<string, string>();
  for (const c of state.credit) {
    if (c.outcome !== "credited") continue;
    const person = known.roll.persons.get(c.teacher!)!;
    if (countyOn(known.roll, person, c.eventOn!) !== county) continue;
    const before = firsts.get(c.teacher!);
    if (before === undefined || c.eventOn! < before) firsts.set(c.teacher!, c.eventOn!);
  }
  const size = state.sizes.get(county) ?? 0;
  const small = Number(findValue(parameters, county, "evidence_small_county", state.day));
  const needed = size < small ? Math.max(1, Math.ceil(size / 2))
    : Number(findValue(parameters, county, "evidence_teachers", state.day));
  return [...firsts.values()].sort()[needed - 1];
}

export interface Launch {
  readonly declaredOn: string | undefined;
  readonly evidencedOn: string | undefined;
  readonly startedOn: string | undefined;
}

export function launchOf(known: Known, state: DayState, county: string): Launch {
  const declared = known.declared.get(county);
  const declaredOn = declared !== undefined && declared <= state.day ? declared : undefined;
  const evidencedOn = findEvidenced(known, state, county);
  const startedOn = declaredOn && evidencedOn
    ? (declaredOn > evidencedOn ? declaredOn : evidencedOn) : undefined;
  return { declaredOn, evidencedOn, startedOn };
}
