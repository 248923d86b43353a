import { parseDay, type DayNumber } from "../calendar.ts";
import { buildRandom, type Random } from "../random.ts";
import type { County } from "./counties.ts";
import { silentCountyCode, type CountyPlan } from "./county-plans.ts";
import { buildPerson, type Person } from "./people.ts";

export interface School {
  readonly code: string;
  readonly name: string;
  readonly county: County;
  readonly stage: string;
  readonly type: "学校" | "村小" | "教学点";
  readonly place: "城区" | "镇区" | "乡村";
  readonly isSmart: boolean;
  readonly cioName: string;
  /** First day from which someone is named CIO on the roll. */
  readonly cioFrom: DayNumber;
  readonly nManagementTeam: number;
  readonly openedOn: DayNumber;
  readonly mergedOn: DayNumber | null;
  readonly teachers: Teacher[];
}

export type Status = "在职" | "退休" | "调出" | "离职";

/** One state of a teacher's roll entry; it holds until the next. */
export interface RollState {
  /** First day on which an export shows it. */
  readonly knownFrom: DayNumber;
  readonly school: School;
  readonly status: Status;
  /** 变动日期, null if the roll states none. */
  readonly changedOn: DayNumber | null;
  readonly phone: string;
}

export interface Teacher extends Person {
  readonly index: number;
  readonly stage: string;
  readonly subject: string;
  readonly post: "教师" | "校长" | "管理团队" | "教研员";
  /** In order of knownFrom; the first tells since when the roll has the teacher. */
  readonly states: RollState[];
  /** Day from which the roll no longer has the teacher at all. */
  goneFrom: DayNumber | null;
}

export interface Roll {
  readonly schools: readonly School[];
  readonly teachers: readonly Teacher[];
  readonly schoolsOf: ReadonlyMap<string, readonly School[]>;
  /** In a school of this county all teachers finish in the same second. */
  readonly sameSecondSchool: School;
}

const subjects = [
  "语文", "数学", "英语", "物理", "化学", "生物", "政治", "历史", "地理", "信息技术", "体育", "音乐", "美术", "科学",
];
const always = parseDay("2020-01-01");

/** Schools and teachers of all counties with their moves, retirements and returns. */
export function buildRoll(
  counties: readonly County[], plans: ReadonlyMap<string, CountyPlan>, seed: number,
): Roll {
  const schools: School[] = [];
  const teachers: Teacher[] = [];
  const schoolsOf = new Map<string, readonly School[]>();
  for (const county of counties) {
    const random = buildRandom(seed, `roll/${county.code}`);
    const own = buildSchools(county, schools.length, random, plans.get(county.code)!);
    schools.push(...own);
    schoolsOf.set(county.code, own);
    fillSchools(county, own, teachers, seed, random);
  }
  addMoves(counties, schoolsOf, teachers, seed);
  return { schools, teachers, schoolsOf, sameSecondSchool: pickSameSecondSchool(schools, plans) };
}

function buildSchools(county: County, from: number, random: Random, plan: CountyPlan): School[] {
  const n = Math.max(2, Math.round(county.nTeachers / 14));
  const nVillage = Math.max(1, Math.round(n * (county.isPoverty ? 0.3 : 0.15)));
  const stem = county.name.replace(/(自治县|[县区市])$/, "") || county.name;
  const merging = n >= 6 && random.chance(0.25) ? n - nVillage - 1 : -1;
  return Array.from({ length: n }, (_, i) => {
    const isVillage = i >= n - nVillage;
    const isUrban = county.name.endsWith("区") && i < n / 2;
    const place = isVillage ? "乡村" : isUrban ? "城区" : i < n / 3 ? "镇区"
      : random.pick(["镇区", "乡村"] as const);
    const stage = isVillage ? "小学" : random.pick([
      "幼儿园", "小学", "小学", "初中", "九年一贯制学校", "高级中学", "中等职业学校",
    ]);
    const type = isVillage ? random.pick(["村小", "教学点"] as const) : "学校";
    const label = isVillage ? `第${i + 1}村${type === "村小" ? "小学" : "教学点"}`
      : `第${i + 1}${stage === "中等职业学校" ? "职业中学" : stage}`;
    const number = String(10_000 + from + i).padStart(8, "0");
    return {
      // Some codes begin with a zero: spreadsheets like to lose it.
      code: `${isVillage ? "05" : "21"}${number}`,
      name: `${stem}${label}`, county, stage, type, place,
      isSmart: !isVillage && random.chance(0.1),
      cioName: buildPerson(1, 5_000_000 + from + i).name,
      cioFrom: plan.declaredOn === null ? (random.chance(0.15) ? always : always + 2000)
        : plan.declaredOn + random.between(-20, 240),
      nManagementTeam: random.between(2, 6),
      openedOn: parseDay("2000-09-01") + random.between(0, 6800),
      mergedOn: i === merging ? parseDay("2021-08-31") : null,
      teachers: [],
    };
  });
}

function fillSchools(
  county: County, own: readonly School[], teachers: Teacher[], seed: number, random: Random,
): void {
  const shares = own.map(
    (s, i) => (s.type === "学校" ? 2 + random.next() * 2 + (i === 0 ? 2 : 0) : 0.8)
  );
  const total = shares.reduce((sum, x) => sum + x, 0);
  const sizes = shares.map((x) => Math.max(1, Math.floor((x / total) * county.nTeachers)));
  let left = county.nTeachers - sizes.reduce((sum, x) => sum + x, 0);
  for (let i = 0; left !== 0; i = (i + 1) % sizes.length) {
    if (left > 0) { sizes[i]!++; left--; } else if (sizes[i]! > 1) { sizes[i]!--; left++; }
  }
  own.forEach((school, k) => {
    for (let i = 0; i < sizes[k]!; i++) addTeacher(teachers, seed, school, always, i, random);
  });
}

function addTeacher(
  teachers: Teacher[], seed: number, school: School, knownFrom: DayNumber, place: number,
  random: Random,
): Teacher {
  const index = teachers.length;
  const person = buildPerson(seed, index);
  const teacher: Teacher = {
    ...person, index,
    stage: school.stage.startsWith("九年") ? random.pick(["小学", "初中"]) : school.stage,
    subject: random.pick(subjects),
    post: place === 0 ? "校长" : place === 1 || place === 2 ? "管理团队"
      : random.chance(0.02) ? "教研员" : "教师",
    states: [{ knownFrom, school, status: "在职", changedOn: null, phone: person.phone }],
    goneFrom: null,
  };
  teachers.push(teacher);
  school.teachers.push(teacher);
  return teacher;
}

/**
 * Moves are exchanges and every retired teacher is followed by a new one, so that the number of
 * teachers of a county stays what its weight says.
 */
function addMoves(
  counties: readonly County[], schoolsOf: ReadonlyMap<string, readonly School[]>,
  teachers: Teacher[], seed: number,
): void {
  const random = buildRandom(seed, "moves");
  const change = (t: Teacher, state: Omit<RollState, "phone">): void => {
    t.states.push({ ...state, phone: t.phone });
  };
  const large = counties.filter((c) => c.nTeachers >= 16 && c.code !== silentCountyCode);
  const plain = (county: County): Teacher[] => schoolsOf.get(county.code)!
    .filter((s) => s.mergedOn === null).flatMap((s) => s.teachers)
    .filter((t) => t.states.length === 1 && t.post === "教师" && t.goneFrom === null);
  const day = parseDay("2020-09-01");
  for (const school of [...schoolsOf.values()].flat().filter((s) => s.mergedOn !== null)) {
    const into = schoolsOf.get(school.county.code)![0]!;
    for (const t of school.teachers) {
      change(
        t,
        {
          knownFrom: school.mergedOn! + 3, school: into, status: "在职",
          changedOn: school.mergedOn! + 1,
        }
      );
    }
  }
  for (const county of large) {
    const candidates = plain(county);
    if (candidates.length < 4) continue;
    if (random.chance(0.45)) {
      const leaver = random.pick(candidates);
      const on = day + random.between(0, 440);
      const status = random.pick(["退休", "退休", "离职", "调出"] as const);
      change(
        leaver,
        {
          knownFrom: on + random.between(1, 20), school: leaver.states[0]!.school, status,
          changedOn: on,
        }
      );
      if (status === "调出" && random.chance(0.6)) {
        change(leaver, {
          knownFrom: on + 95, school: leaver.states[0]!.school, status: "在职",
          changedOn: random.chance(0.5) ? on + 90 : null,
        });
      } else addTeacher(teachers, seed, leaver.states[0]!.school, on + 25, 9, random);
    }
  }
  for (let i = 0; i + 1 < large.length; i += 3) {
    const a = random.pick(plain(large[i]!));
    const b = random.pick(plain(large[i + 1]!));
    const on = random.pick([
      parseDay("2020-09-01"), parseDay("2021-03-01"), parseDay("2021-09-01"),
    ]);
    const schoolA = a.states[0]!.school;
    const schoolB = b.states[0]!.school;
    const stated = random.chance(0.8) ? on : null;
    change(a, { knownFrom: on + 6, school: schoolB, status: "在职", changedOn: stated });
    change(b, { knownFrom: on + 6, school: schoolA, status: "在职", changedOn: stated });
  }
  for (const county of large.filter((_, i) => i % 11 === 4)) {
    const t = random.pick(plain(county));
    t.goneFrom = parseDay("2021-05-20") + random.between(0, 200);
    addTeacher(teachers, seed, t.states[0]!.school, t.goneFrom + 5, 9, random);
  }
  for (const t of teachers) {
    if (t.states.length === 1 && random.chance(0.004)) {
      const first = t.states[0]!;
      t.states.push({
        ...first, knownFrom: day + random.between(0, 450), phone: `198${t.phone.slice(3)}`,
      });
    }
  }
}

function pickSameSecondSchool(
  schools: readonly School[], plans: ReadonlyMap<string, CountyPlan>
): School {
  const fitting = schools.filter((s) => {
    const plan = plans.get(s.county.code)!;
    return plan.kind === "started" && s.type === "学校" && s.mergedOn === null &&
      plan.platform === "vendor-b" && plan.evidencedBy! < parseDay("2021-06-01") &&
      s.teachers.every((t) => t.states.length === 1 && t.goneFrom === null);
  });
  const found = fitting.sort(
    (a, b) => b.teachers.length - a.teachers.length || (a.code < b.code ? -1 : 1)
  )
    .find((s) => s.teachers.length <= 40) ?? fitting[0];
  if (!found) throw new RangeError(
    "same second school: missing; the plans start no vendor-b county in time"
  );
  return found;
}

/**
 * State of the roll entry that an export of that day shows; undefined before it is known or after
 * it is gone.
 */
export function findRollState(teacher: Teacher, day: DayNumber): RollState | undefined {
  if (teacher.goneFrom !== null && day >= teacher.goneFrom) return undefined;
  let found: RollState | undefined;
  for (const state of teacher.states) if (state.knownFrom <= day) found = state;
  return found;
}
