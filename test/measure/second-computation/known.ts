import { countyOn, isCounted } from "./roll.ts";
import type { Person, Roll } from "./roll.ts";
import { buildRoll } from "./roll.ts";
import { buildVersions } from "./trainings.ts";
import type { Version } from "./trainings.ts";
import type {
  History, LakeRow, LocalPointRow, SchoolPointRow, TeacherPointRow,
} from "./lake.ts";
import { buildRecords } from "./records.ts";

/** Everything that is known on the day, worked out once. */
export interface Known {
  readonly asOf: string;
  readonly history: History;
  readonly roll: Roll;
  readonly versions: readonly Version[];
  /** County → earliest launch day approved, also in the future. */
  readonly declared: ReadonlyMap<string, string>;
  readonly reported: ReadonlySet<string>;
  readonly schoolPoints: readonly SchoolPointRow[];
  readonly teacherPoints: readonly TeacherPointRow[];
  readonly localPoints: readonly LocalPointRow[];
}

export function buildKnown(all: History, asOf: string): Known {
  const known = <R extends { readonly known_on: string }>(rows: readonly R[]): readonly R[] =>
    rows.filter((r) => r.known_on <= asOf);
  const history: History = {
    ...all,
    school: known(all.school),
    teacher: known(all.teacher),
    county_registration: known(all.county_registration),
    plan_filing: known(all.plan_filing),
    school_point: known(all.school_point),
    teacher_point: known(all.teacher_point),
    local_point: known(all.local_point),
    model_school: known(all.model_school),
    spot_check: known(all.spot_check),
    evaluation: known(all.evaluation),
    account: known(all.account),
    training_record: known(all.training_record),
    programme_record: known(all.programme_record),
    rejected_identity: known(all.rejected_identity),
    voiding: known(all.voiding),
    file_arrival: known(all.file_arrival),
  };
  const roll = buildRoll(history, asOf);
  const versions = buildVersions(history, roll);
  return {
    asOf, history, roll, versions,
    declared: findDeclared(history), reported: findReported(roll, versions),
    schoolPoints: presentOf(history.school_point),
    teacherPoints: presentOf(history.teacher_point),
    localPoints: presentOf(history.local_point),
  };
}

function findDeclared(history: History): ReadonlyMap<string, string> {
  const declared = new Map<string, string>();
  for (const record of buildRecords(history.county_registration)) {
    const { county_code, launched_on, filing_state } = record.versions[0]!;
    if (!record.isPresent || filing_state !== "approved" || !county_code || !launched_on) continue;
    const before = declared.get(county_code);
    if (before === undefined || launched_on < before) declared.set(county_code, launched_on);
  }
  return declared;
}

function findReported(roll: Roll, versions: readonly Version[]): ReadonlySet<string> {
  const reported = new Set<string>();
  for (const { row, isProgramme, match, standing } of versions) {
    if (isProgramme || standing !== "newest" || match.teacher === undefined) continue;
    const county = countyOn(roll, roll.persons.get(match.teacher)!, row.event_on ?? row.known_on);
    if (county) reported.add(county);
  }
  return reported;
}

/** Newest versions of the records that their exports still have. */
export function presentOf<R extends LakeRow>(rows: readonly R[]): readonly R[] {
  return buildRecords(rows).filter((r) => r.isPresent).map((r) => r.versions[0]!);
}

export function countedOn(known: Known, day: string): readonly Person[] {
  return [...known.roll.persons.values()].filter((p) => isCounted(known.roll, p, day));
}
