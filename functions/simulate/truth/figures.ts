import { readShippedSeed } from "../../shared/seeds.ts";
import { formatDay, parseDay, type DayNumber } from "../calendar.ts";
import type { County } from "../world/counties.ts";
import { listCrosswalk } from "../world/trainings.ts";
import { listAssignments, schoolOn, type Assignments } from "./assignments.ts";
import type { Knowledge } from "./knowledge.ts";
import type {
  RegistrationPayload, SchoolPayload, TrainingPayload, VoidPayload,
} from "./payloads.ts";

export interface TeacherTruth {
  readonly teacher_no: string;
  readonly online_seconds: number;
  readonly practice_seconds: number;
  readonly completed_on: string | null;
}
export interface CountyTruth { readonly county_code: string; readonly started_on: string | null }
export interface DayTruth {
  readonly as_of: string;
  readonly teachers: readonly TeacherTruth[];
  readonly counties: readonly CountyTruth[];
}

interface CreditRow {
  readonly teacherNo: string;
  readonly system: string;
  readonly training: string;
  readonly category: "online" | "practice";
  readonly seconds: number;
  readonly endsOn: DayNumber;
}

const trainingExports = [
  "ntms/trainings", "credit/credits", "vendor-a/courses", "vendor-b/courses", "yunjiao/sessions",
  "practice/tasks", "lrs/statements", "registry/programmes",
];
const firstDay = parseDay("2020-01-01");
const lastDay = parseDay("2022-12-31");

/**
 * Seconds and completion of everyone ever on the roll and the start of every county, as of a day.
 */
export function stateDay(
  knowledge: Knowledge, counties: readonly County[], day: DayNumber
): DayTruth {
  const rule = readRule();
  const schools = new Map<string, SchoolPayload>();
  for (
    const { payload, isGone } of knowledge.list<SchoolPayload>("registry/schools", day, () => 0)
  ) {
    if (!isGone) schools.set(payload.schoolCode, payload);
  }
  const assignments = listAssignments(knowledge, day);
  const credited = creditRows(knowledge, assignments, day);
  const byTeacher = new Map<string, CreditRow[]>();
  for (const row of credited) {
    const rows = byTeacher.get(row.teacherNo);
    if (rows) rows.push(row);
    else byTeacher.set(row.teacherNo, [row]);
  }
  const teachers = [...assignments.keys()].sort().map(
    (no) => stateTeacher(no, byTeacher.get(no) ?? [], rule)
  );
  return {
    as_of: formatDay(day), teachers,
    counties: stateCounties(knowledge, counties, schools, assignments, byTeacher, day, rule),
  };
}

interface Rule {
  readonly online: number;
  readonly practice: number;
  readonly evidence: number;
  readonly smallCounty: number;
}

function readRule(): Rule {
  const rows = readShippedSeed("parameters.csv").rows.filter((r) => r["area_code"] === "51");
  const value = (name: string): number => Number(
    rows.find((r) => r["parameter"] === name)!["value"]
  );
  return {
    online: value("required_online_seconds"), practice: value("required_practice_seconds"),
    evidence: value("evidence_teachers"), smallCounty: value("evidence_small_county"),
  };
}

function stateTeacher(no: string, rows: CreditRow[], rule: Rule): TeacherTruth {
  let online = 0;
  let practice = 0;
  let completedOn: DayNumber | null = null;
  rows.sort((a, b) => a.endsOn - b.endsOn);
  for (const [i, row] of rows.entries()) {
    if (row.category === "online") online += row.seconds;
    else practice += row.seconds;
    const isDayOver = rows[i + 1]?.endsOn !== row.endsOn;
    if (
      completedOn === null && isDayOver && online >= rule.online && practice >= rule.practice
    ) completedOn = row.endsOn;
  }
  return {
    teacher_no: no, online_seconds: online, practice_seconds: practice,
    completed_on: completedOn === null ? null : formatDay(completedOn),
  };
}

/** Rows that count: passed, in the period, matched, not contradicted, from the best system only. */
function creditRows(knowledge: Knowledge, assignments: Assignments, day: DayNumber): CreditRow[] {
  const priority = new Map(
    readShippedSeed("system_priority.csv").rows.map((r) => [r["system"]!, Number(r["priority"])])
  );
  const crosswalk = new Map(
    listCrosswalk().map(([system, id, training]) => [`${system}|${id}`, training])
  );
  const voided = new Set<string>();
  for (const { payload } of knowledge.list<VoidPayload>("lrs/statements", day, () => 0)) {
    if (payload.kind === "void") voided.add(payload.targetKey);
  }
  const passed: (CreditRow & { rank: number })[] = [];
  const failed = new Map<string, number>();
  for (const name of trainingExports) {
    for (const found of knowledge.list<TrainingPayload | VoidPayload | ProgrammePayload>(
      name, day, versionOf
    )) {
      if (found.payload.kind === "void") continue;
      const parts = found.payload.kind === "programme" ? found.payload.parts : splitMixed(
        found.payload
      );
      for (const p of parts) {
        const isStanding = !found.isGone && !voided.has(found.key);
        const teacherNo = matchPerson(p, assignments);
        const system = p.system;
        const training = crosswalk.get(`${system}|${p.trainingId}`) ?? `${system}:${p.trainingId}`;
        const category = p.category as "online" | "practice";
        const rank = priority.get(system)!;
        if (p.isFailed && teacherNo !== null) {
          const key = `${teacherNo}|${training}|${category}`;
          failed.set(key, Math.min(rank, failed.get(key) ?? Infinity));
        }
        if (!isStanding || p.endsOn === null || p.endsOn < firstDay || p.endsOn > lastDay) continue;
        if (!p.isPassed || p.creditSeconds === 0 || teacherNo === null) continue;
        passed.push({
          teacherNo, system, training, category, seconds: p.creditSeconds, endsOn: p.endsOn, rank,
        });
      }
    }
  }
  const kept = passed.filter(
    (r) => (failed.get(`${r.teacherNo}|${r.training}|${r.category}`) ?? Infinity) >= r.rank
  );
  const best = new Map<string, number>();
  for (const r of kept) {
    const key = `${r.teacherNo}|${r.training}|${r.category}`;
    best.set(key, Math.min(r.rank, best.get(key) ?? Infinity));
  }
  return kept.filter((r) => best.get(`${r.teacherNo}|${r.training}|${r.category}`) === r.rank);
}

interface ProgrammePayload {
  readonly kind: "programme";
  readonly parts: readonly TrainingPayload[]
}

const versionOf = (
  p: TrainingPayload | VoidPayload | ProgrammePayload
): number => (p.kind === "training" ? p.version : 0);

function splitMixed(p: TrainingPayload): readonly TrainingPayload[] {
  if (p.category !== "mixed") return [p];
  const online = Math.floor((p.creditSeconds * 20) / 50);
  return [
    { ...p, category: "online", creditSeconds: online },
    { ...p, category: "practice", creditSeconds: p.creditSeconds - online },
  ];
}

function matchPerson(p: TrainingPayload, assignments: Assignments): string | null {
  if (p.teacher === null || p.isContradictory) return null;
  const found = assignments.get(p.teacher.teacherNo);
  if (!found) return null;
  const isMatched = p.byTeacherNo || p.byAccount || (p.byIdNumber && found.hasToken);
  return isMatched ? p.teacher.teacherNo : null;
}

function stateCounties(
  knowledge: Knowledge, counties: readonly County[], schools: ReadonlyMap<string, SchoolPayload>,
  assignments: Assignments, byTeacher: ReadonlyMap<string, readonly CreditRow[]>, day: DayNumber,
  rule: Rule,
): CountyTruth[] {
  const declared = new Map<string, DayNumber>();
  for (
    const { payload: p, isGone } of knowledge.list<RegistrationPayload>(
      "registry/county_registrations", day, (r) => r.version
    )
  ) {
    if (isGone || !p.isApproved || p.launchedOn === null || p.launchedOn > day) continue;
    declared.set(p.countyCode, Math.min(p.launchedOn, declared.get(p.countyCode) ?? Infinity));
  }
  const nTeachers = new Map<string, number>();
  for (const entry of assignments.values()) {
    const now = schoolOn(entry, day);
    const school = schools.get(now.schoolCode);
    if (!entry.isOnRoll || now.status !== "在职" || !school) continue;
    const isOpen = school.isOpen || (school.mergedOn !== null && school.mergedOn > day);
    if (!isOpen || (school.openedOn !== null && school.openedOn > day)) continue;
    nTeachers.set(school.countyCode, (nTeachers.get(school.countyCode) ?? 0) + 1);
  }
  const firstDays = new Map<string, DayNumber[]>();
  for (const [no, rows] of byTeacher) {
    const first = new Map<string, DayNumber>();
    for (const row of rows) {
      const code = schools.get(schoolOn(assignments.get(no)!, row.endsOn).schoolCode)?.countyCode;
      if (code !== undefined) first.set(code, Math.min(row.endsOn, first.get(code) ?? Infinity));
    }
    for (const [code, on] of first) {
      const list = firstDays.get(code);
      if (list) list.push(on);
      else firstDays.set(code, [on]);
    }
  }
  return counties.map(({ code }) => {
    const n = nTeachers.get(code) ?? 0;
    const needed = n >= rule.smallCounty ? rule.evidence : Math.max(1, Math.ceil(n / 2));
    const evidencedOn = (firstDays.get(code) ?? []).sort((a, b) => a - b)[needed - 1];
    const declaredOn = declared.get(code);
    const isStarted = evidencedOn !== undefined && declaredOn !== undefined;
    return {
      county_code: code,
      started_on: isStarted ? formatDay(Math.max(evidencedOn, declaredOn)) : null,
    };
  });
}
