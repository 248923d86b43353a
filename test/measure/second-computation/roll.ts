import type { History, SchoolRow, TeacherRow } from "./lake.ts";
import { requireText } from "./parameters.ts";
import { buildRecords } from "./records.ts";

export interface Entry {
  readonly school: string;
  readonly status: string;
  readonly firstOn: string;
}
export interface Person {
  readonly teacherNo: string;
  readonly token: string | null;
  readonly isOnRoll: boolean;
  /** Entries that no later one annuls, in order. */
  readonly entries: readonly Entry[];
}
export interface School { readonly newest: SchoolRow; readonly isOnRoll: boolean }
export interface Roll {
  readonly persons: ReadonlyMap<string, Person>;
  readonly schools: ReadonlyMap<string, School>;
}

/** Rolls as known on the day; `history` holds only what was known by then. */
export function buildRoll(history: History, asOf: string): Roll {
  const province = history.divisions[0]!.county_code.slice(0, 2);
  const start = requireText(history.parameters, province, "programme_first_day", asOf);
  const persons = new Map<string, Person>();
  for (const record of buildRecords(history.teacher)) {
    const newest = record.versions[0]!;
    persons.set(newest.teacher_no, {
      teacherNo: newest.teacher_no,
      token: newest.person_token,
      isOnRoll: record.isPresent,
      entries: buildEntries([...record.versions].sort(inOrderOfArrival), start),
    });
  }
  const schools = new Map<string, School>();
  for (const record of buildRecords(history.school)) {
    const newest = record.versions[0]!;
    if (newest.school_code) {
      schools.set(newest.school_code, { newest, isOnRoll: record.isPresent });
    }
  }
  return { persons, schools };
}

function inOrderOfArrival(a: TeacherRow, b: TeacherRow): number {
  return a.known_on === b.known_on ? a.export_seq - b.export_seq
    : a.known_on < b.known_on ? -1 : 1;
}

function buildEntries(versions: readonly TeacherRow[], start: string): readonly Entry[] {
  const groups: TeacherRow[][] = [];
  for (const version of versions) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last && before && before.school_code === version.school_code
      && before.employment_status === version.employment_status) last.push(version);
    else groups.push([version]);
  }
  const stated = groups.map((g) => g.filter((v) => v.changed_on !== null).at(-1)?.changed_on);
  const entries = groups.map((group, i): Entry => {
    const first = group[0]!;
    const own = stated[i];
    const isNews = own !== undefined && own !== null && (i === 0 || own !== stated[i - 1]);
    return {
      school: first.school_code ?? "",
      status: first.employment_status ?? "",
      firstOn: isNews ? own : i === 0 ? start : first.known_on,
    };
  });
  return entries.filter((e, i) => entries.slice(i + 1).every((later) => e.firstOn < later.firstOn));
}

/** The entry in force on a day: the latest that has begun, else the earliest. */
export function entryOn(person: Person, day: string): Entry {
  return person.entries.filter((e) => e.firstOn <= day).at(-1) ?? person.entries[0]!;
}

/** County of the person's school on a day; undefined where no school roll ever knew the school. */
export function countyOn(roll: Roll, person: Person, day: string): string | undefined {
  return roll.schools.get(entryOn(person, day).school)?.newest.county_code ?? undefined;
}

export function isInOperation(school: School | undefined, day: string): boolean {
  if (!school?.isOnRoll) return false;
  const { school_status, merged_on, opened_on } = school.newest;
  if (opened_on !== null && opened_on > day) return false;
  return school_status === "open" || (merged_on !== null && merged_on > day);
}

export function isInPost(person: Person, day: string): boolean {
  return person.isOnRoll && entryOn(person, day).status === "in_post";
}

/** In the denominator on a day: on the newest roll, in post, at a school in operation. */
export function isCounted(roll: Roll, person: Person, day: string): boolean {
  return isInPost(person, day)
    && isInOperation(roll.schools.get(entryOn(person, day).school), day);
}
