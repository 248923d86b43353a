import { parseDay, type DayNumber } from "../calendar.ts";
import { buildRandom, type Random } from "../random.ts";
import type { Effect } from "../exports/table.ts";
import type { County } from "./counties.ts";
import type { CountyPlan } from "./county-plans.ts";
import { buildPerson, type Person } from "./people.ts";
import type { Roll, School, Teacher } from "./roll.ts";
import {
  creditLessonStudyId, creditPractice, creditSummaryId, ntmsSummaryName, ntmsTrainings,
  practiceTasks, projects, type Training,
} from "./trainings.ts";

export type TrainingSystem =
  | "ntms" | "credit" | "vendor-a" | "vendor-b" | "yunjiao" | "practice" | "lrs";
export type Category = "online" | "practice" | "mixed";

/** One piece of learning as one source system comes to hold it. */
export interface LearningRecord {
  readonly system: TrainingSystem;
  readonly serial: number;
  /** Whoever it is; `teacher` is null for people whom no roll ever has. */
  readonly person: Person;
  readonly teacher: Teacher | null;
  /** School as the source wrote it down. */
  readonly school: School;
  readonly trainingId: string;
  readonly trainingName: string;
  readonly project: string;
  readonly category: Category;
  readonly creditSeconds: number;
  readonly beginsOn: DayNumber;
  /** Day and second at which it was finished. */
  readonly endsOn: DayNumber;
  readonly endSecond: number;
  /** First day on which the source can report it as finished. */
  readonly reportsOn: DayNumber;
  /** Full exports lack it from here … to `returnsOn`; credit revokes, lrs voids it. */
  readonly withdrawnOn: DayNumber | null;
  readonly returnsOn: DayNumber | null;
  /** From here the source tells another credit. */
  readonly correctedOn: DayNumber | null;
  readonly correctedSeconds: number;
  /** Practice: judged 不合格 by the school or 不通过 by the county. */
  readonly verdict: "passed" | "school_failed" | "county_failed" | "open";
  readonly practiceKind: string;
  readonly abilityCode: string;
  /** Reports again what another system holds under another id. */
  readonly isSummary: boolean;
  /** What an export told of it last; kept here because there are millions of records. */
  told: Effect | null;
}

const lastHalfHundredth = 27;

interface Draft {
  readonly system: TrainingSystem;
  readonly training: Training;
  readonly project?: string;
  readonly category: Category;
  readonly kind?: string;
  readonly at: number;
  readonly isSummary?: true;
}

/** Everything that anyone learned until the given day, by system, in a fixed order. */
export function buildLearning(
  counties: readonly County[], plans: ReadonlyMap<string, CountyPlan>, roll: Roll,
  seed: number, until: DayNumber,
): ReadonlyMap<TrainingSystem, readonly LearningRecord[]> {
  const writer = new RecordWriter(seed, until, roll);
  for (const county of counties) {
    const plan = plans.get(county.code)!;
    const random = buildRandom(seed, `learning/${county.code}`);
    const schools = roll.schoolsOf.get(county.code)!;
    const teachers = schools.flatMap((s) => s.teachers.map((t) => ({ teacher: t, school: s })));
    for (let i = teachers.length - 1; i > 0; i--) {
      const k = random.between(0, i);
      [teachers[i], teachers[k]] = [teachers[k]!, teachers[i]!];
    }
    const needed = county.nTeachers >= 40 ? 20 : Math.ceil(county.nTeachers / 2);
    if (plan.learnsFrom === null) {
      if (plan.kind === "silent") continue;
      const few = Math.min(4, Math.max(1, Math.floor(needed / 3)));
      for (const one of teachers.slice(0, few)) writer.addSparse(one.teacher, one.school, random);
      continue;
    }
    const nEarly = Math.min(teachers.length, Math.ceil(needed * 1.4) + 2);
    teachers.forEach((one, i) => {
      const isEarly = i < nEarly;
      const sameSecond = one.school === roll.sameSecondSchool;
      if (!isEarly && !sameSecond && random.chance(0.05)) return;
      const beginsOn = isEarly ? plan.learnsFrom! + random.between(0, 8)
        : plan.learnsFrom! + random.between(8, county.isDeepPoverty ? 50 : 120);
      writer.addTeacher(one.teacher, one.school, plan, beginsOn, random);
    });
    for (const school of schools) {
      if (school.type !== "学校") writer.addSessions(school, plan.learnsFrom, random);
    }
  }
  return writer.finish();
}

class RecordWriter {
  private readonly records = new Map<TrainingSystem, LearningRecord[]>();
  private readonly seed: number;
  private readonly until: DayNumber;
  private readonly roll: Roll;
  private readonly abilities: readonly string[] = [
    "A1", "A2", "A3", "A5", "A6", "A11", "B1", "B2", "B9",
  ];
  private strangers = 0;

  constructor(seed: number, until: DayNumber, roll: Roll) {
    this.seed = seed;
    this.until = until;
    this.roll = roll;
  }

  finish(): ReadonlyMap<TrainingSystem, readonly LearningRecord[]> {
    return this.records;
  }

  addTeacher(
    teacher: Teacher, school: School, plan: CountyPlan, beginsOn: DayNumber, random: Random,
  ): void {
    const sameSecond = school === this.roll.sameSecondSchool;
    const duration = random.between(plan.paceDays[0], plan.paceDays[1]);
    const reach = sameSecond ? 1 : random.chance(0.1) ? 0.2 + random.next() * 0.65 : 1;
    const leavesOn = teacher.states.find((s) => s.status !== "在职")?.changedOn ?? Infinity;
    const drafts = this.draft(plan, random).sort((a, b) => a.at - b.at);
    const onlineDone = drafts.filter((d) => d.category === "online").every((d) => d.at <= reach);
    for (const draft of drafts) {
      if (draft.at > reach) continue;
      let endsOn = beginsOn + Math.round(draft.at * duration);
      let second: number | undefined;
      if (sameSecond) {
        endsOn = plan.evidencedBy! + 30 + Math.round(draft.at * 60);
        second = 72_000 + Math.round(draft.at * 60);
      }
      if (endsOn >= leavesOn) continue;
      this.add(draft, teacher, teacher, school, endsOn, random, second);
    }
    if (plan.platform === "vendor-a") {
      const project = projectIndex(plan);
      const wants = onlineDone ? random.chance(0.35) : random.chance(0.1);
      if (wants) {
        this.add({
          system: "ntms", category: "online", at: 0, isSummary: true,
          training: { id: ntmsSummaryName(project), name: "", hundredths: 2050 },
        }, teacher, teacher, school, beginsOn + duration, random);
      }
    }
    if (plan.platform === "vendor-b" && onlineDone && random.chance(0.25)) {
      const project = projectIndex(plan);
      this.add({
        system: "credit", category: "online", at: 0, isSummary: true,
        training: { id: creditSummaryId(project), name: "网络研修汇总", hundredths: 2000 },
      }, teacher, teacher, school, beginsOn + duration, random);
    }
    if (plan.practice === "practice" && random.chance(0.06)) {
      this.add({
        system: "credit", category: "practice", at: 0, isSummary: true,
        training: { id: creditLessonStudyId, name: "课例研修汇总", hundredths: 500 },
      }, teacher, teacher, school, beginsOn + duration, random);
    }
    if (random.chance(0.012)) {
      const person = buildPerson(this.seed, 8_000_000 + this.strangers++);
      this.add(drafts[0]!, person, null, school, beginsOn + 5, random);
    }
  }

  /** A single summary row: enough to be reported, too little to count as started. */
  addSparse(teacher: Teacher, school: School, random: Random): void {
    const endsOn = parseDay("2020-10-01") + random.between(0, 400);
    this.add({ system: "ntms", category: "online", at: 0, training: ntmsTrainings.online },
      teacher, teacher, school, endsOn, random);
  }

  addSessions(school: School, from: DayNumber, random: Random): void {
    if (!random.chance(0.8)) return;
    const first = Math.max(from, parseDay("2020-09-01")) + random.between(5, 25);
    for (let day = first; day <= this.until; day += random.between(24, 45)) {
      const second = random.pick([30_600, 34_200, 51_000]);
      const session = `KT${day}${school.code.slice(-5)}`;
      for (const teacher of school.teachers) {
        if (!random.chance(0.85)) continue;
        this.add({
          system: "yunjiao", category: "online", at: 0,
          training: { id: session, name: random.pick(["专递课堂", "名师课堂", "名校网络课堂"]), hundredths: 0 },
        }, teacher, teacher, school, day, random, second + random.between(0, 240));
      }
    }
  }

  private draft(plan: CountyPlan, random: Random): Draft[] {
    const drafts: Draft[] = [];
    if (plan.platform === "ntms") {
      if (random.chance(0.5)) {
        return [{ system: "ntms", category: "mixed", at: 0, training: ntmsTrainings.mixed }];
      }
      drafts.push({ system: "ntms", category: "online", at: 0, training: ntmsTrainings.online });
    } else {
      const list = projects[plan.platform];
      const project = list[Math.min(projectIndex(plan), list.length - 1)]!;
      project.trainings.forEach((training, i) => drafts.push({
        system: plan.platform, category: "online", project: project.name,
        at: i / project.trainings.length, training,
      }));
    }
    if (plan.practice === "practice") {
      practiceTasks.forEach((task, i) => drafts.push({
        system: "practice", category: "practice", kind: task.kind,
        at: (i + 1) / practiceTasks.length,
        training: { id: task.task, name: task.task, hundredths: task.hundredths },
      }));
    } else {
      const list = plan.practice === "credit" ? creditPractice : ntmsTrainings.faceToFace;
      list.forEach((training, i) => drafts.push({
        system: plan.practice as "credit" | "ntms", category: "practice",
        at: (i + 1) / list.length, training,
      }));
    }
    return drafts;
  }

  private add(
    draft: Draft, person: Person, teacher: Teacher | null, school: School, endsOn: DayNumber,
    random: Random, second?: number,
  ): void {
    const { system, training } = draft;
    const beginsOn = system === "vendor-a" || system === "vendor-b" ? endsOn - random.between(4, 30)
      : system === "ntms" ? endsOn - random.between(3, 40) : endsOn;
    const lag = system === "vendor-a" || system === "lrs" || system === "vendor-b" ? 0
      : system === "yunjiao" ? random.between(0, 1) : system === "credit" ? random.between(1, 6)
      : system === "practice" ? random.between(1, 9) : random.between(8, 45);
    const quirk = second === undefined ? random.next() : 1;
    const plain = system === "yunjiao" ? random.pick([2400, 2400, 2700]) : training.hundredths * 27;
    // Some stay a hair short of the hours they seem to have.
    const isShort = system === "credit" && draft.category === "online" && random.chance(0.03);
    const creditSeconds = isShort ? plain - lastHalfHundredth : plain;
    if (beginsOn > this.until) return;
    const withdrawn = quirk < 0.008 && system !== "practice" && system !== "yunjiao";
    const corrected = quirk > 0.99 && quirk < 1 && (
      system === "vendor-b" || system === "ntms" || system === "credit" || system === "practice"
    );
    let list = this.records.get(system);
    if (!list) this.records.set(system, list = []);
    const verdictAt = second === undefined ? random.next() : 1;
    list.push({
      system, serial: list.length, person, teacher, school,
      trainingId: training.id, trainingName: training.name, project: draft.project ?? "",
      category: draft.category, creditSeconds, beginsOn, endsOn,
      endSecond: second ?? random.between(28_800, 79_000),
      reportsOn: endsOn + lag,
      withdrawnOn: withdrawn ? endsOn + lag + random.between(20, 120) : null,
      returnsOn: withdrawn && random.chance(0.5) ? endsOn + lag + random.between(130, 200) : null,
      correctedOn: corrected ? endsOn + lag + random.between(15, 90) : null,
      correctedSeconds: corrected
        ? Math.max(2700, creditSeconds - 2700 * random.between(1, 2)) : creditSeconds,
      verdict: system !== "practice" ? "passed" : verdictAt < 0.02 ? "school_failed"
        : verdictAt < 0.03 ? "county_failed" : verdictAt < 0.05 ? "open" : "passed",
      practiceKind: draft.kind ?? "",
      isSummary: draft.isSummary === true, told: null,
      abilityCode: draft.kind ? this.abilities[random.between(0, this.abilities.length - 1)]! : "",
    });
  }
}

function projectIndex(plan: CountyPlan): number {
  const on = plan.learnsFrom!;
  if (plan.platform === "vendor-b") {
    return on < parseDay("2020-12-25") ? 0 : on < parseDay("2021-07-01") ? 1 : 2;
  }
  if (plan.platform === "credit") return on < parseDay("2020-12-25") ? 0 : 1;
  if (plan.platform === "lrs") return 0;
  const rounds = ["2020-08-01", "2021-01-25", "2021-07-15"].map(parseDay);
  return rounds.filter((from) => on >= from).length;
}
