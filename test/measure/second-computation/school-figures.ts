import { choicesOn } from "./ability.ts";
import { addDays } from "./days.ts";
import type { Figure } from "./figure.ts";
import { figure, placesAbove } from "./figure.ts";
import { presentOf } from "./known.ts";
import type { Known } from "./known.ts";
import type { SchoolRow, TrainingRow } from "./lake.ts";
import { requireNumber } from "./parameters.ts";
import { isInOperation } from "./roll.ts";
import { isApproved } from "./filing-figures.ts";
import type { DayState } from "./teachers.ts";

/** A1, E2, E2_sessions, L1, L2, P3: schools counted in province, cities and counties. */
export function buildSchoolFigures(known: Known, state: DayState): readonly Figure[] {
  const { asOf } = known;
  const open = [...known.roll.schools.values()].filter((s) => isInOperation(s, asOf))
    .map((s) => s.newest);
  const village = open.filter((s) =>
    s.school_type === "village_school" || s.school_type === "teaching_point");
  const choices = choicesOn(known, asOf);
  const sessions = passedSessions(known);
  const teams = teamsOf(known, state);
  const ledSchools = [...teams.keys()].flatMap((code) =>
    known.roll.schools.get(code)?.newest ?? []);
  const approved = approvedPlans(known);
  const window = (s: SchoolRow): number =>
    requireNumber(known.history.parameters, s.county_code!, "classroom_window_days", asOf);
  const heardIn = (s: SchoolRow, days: number): readonly TrainingRow[] => sessions.filter((r) =>
    r.school_code === s.school_code && r.event_on! <= asOf
    && r.event_on! >= addDays(asOf, 1 - days));
  return [
    ...count("A1", open, (s) => (choices.bySchool.get(s.school_code!)?.isValid ? 1 : 0)),
    ...count("E2", village, (s) => (heardIn(s, window(s)).length > 0 ? 1 : 0)),
    ...count("E2_sessions", village, (s) =>
      new Set(heardIn(s, 30).map((r) => r.source_training_id)).size),
    ...count("L1", open, (s) => (s.has_cio === true ? 1 : 0)),
    ...count("L2", ledSchools, (s) => (teams.get(s.school_code!) === true ? 1 : 0)),
    ...count("P3", open, (s) =>
      (["school_plan", "school_research_plan"].every((type) =>
        approved.has(`${s.school_code} ${type}`)) ? 1 : 0)),
  ];
}

function count(
  code: string, schools: readonly SchoolRow[], of: (s: SchoolRow) => number,
): readonly Figure[] {
  const sums = new Map<string, { n: number; d: number }>();
  for (const school of schools) {
    for (const area of placesAbove(school.county_code!)) {
      const { n, d } = sums.get(area) ?? { n: 0, d: 0 };
      sums.set(area, { n: n + of(school), d: d + 1 });
    }
  }
  return [...sums].map(([area, sum]) => figure(area, code, sum));
}

/** Newest versions of passed sessions that name their listening school, of anybody. */
function passedSessions(known: Known): readonly TrainingRow[] {
  return known.versions
    .filter((v) => v.row.system === "yunjiao" && v.standing === "newest")
    .map((v) => v.row as TrainingRow)
    .filter((r) => r.is_passed === true && r.event_on !== null);
}

/** School with leaders in its denominator → whether all of them are complete. */
function teamsOf(known: Known, state: DayState): ReadonlyMap<string, boolean> {
  const posts = new Map(presentOf(known.history.teacher).map((t) => [t.teacher_no, t.post]));
  const teams = new Map<string, boolean>();
  for (const t of state.teachers) {
    const post = posts.get(t.person.teacherNo);
    if (!t.isCounted || (post !== "principal" && post !== "management_team")) continue;
    teams.set(t.school, (teams.get(t.school) ?? true) && t.isComplete);
  }
  return teams;
}

/** `school type` of the approved filings of schools. */
function approvedPlans(known: Known): ReadonlySet<string> {
  return new Set(presentOf(known.history.plan_filing)
    .filter((f) => f.filing_level === "school" && isApproved(f, known.asOf))
    .map((f) => `${f.unit_code} ${f.plan_type}`));
}
