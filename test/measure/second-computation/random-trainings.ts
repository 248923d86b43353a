import { addDays } from "./days.ts";
import type { Payload, Written } from "./made-up-lake.ts";
import { divisions, priority, programmes } from "./made-up-world.ts";
import { edges } from "./random-registry.ts";
import type { Random } from "./random.ts";
import type { MadeUpRoll, MadeUpTeacher } from "./random-roll.ts";

/** A training as its system holds it at the moment; rows are sent out of it. */
export interface MadeUpTraining {
  readonly system: string;
  readonly relation: "training_record" | "programme_record";
  readonly at: Written;
  payload: Record<string, unknown>;
}
export interface Draft {
  readonly system: string;
  readonly teacher: MadeUpTeacher;
  readonly id: string;
  readonly credit: number;
  readonly event: string | null;
  /** Time of the day, if the cell has one. */
  readonly time?: string | undefined;
  readonly isPassed?: boolean;
  readonly category?: "online" | "practice";
  /** The person is written by number, the credit stated. */
  readonly isPlain?: true;
}
export const trainingIds: readonly string[] = Array.from({ length: 9 }, (_, i) => `c${i}`);
/** Of a school whose teachers do everything together; rows of one teacher differ in their day. */
export const togetherId = "together";
const credits = [0, 2700, 13_500, 27_000, 40_500, 54_000, 81_000, 13_527];
const times = ["08:00:00", "21:30:15"];

/** Source of trainings of one history. */
export interface TrainingSource {
  readonly records: MadeUpTraining[];
  readonly statements: readonly string[];
  addRandom(night: string): void;
  add(draft: Draft): void;
}

export function createTrainings(
  seed: number, random: Random, roll: MadeUpRoll, asOf: string,
): TrainingSource {
  const { below, chance, pick } = random;
  const records: MadeUpTraining[] = [];
  const statements: string[] = [];
  let last = { teacher: roll.teachers[0]!, id: trainingIds[0]! };

  const addProgramme = (draft: Draft): void => {
    const { teacher, event, credit } = draft;
    const phase = pick(["1", "2"]);
    const programme_title = chance(45) ? pick(programmes).title : draft.id;
    const teacherNo = chance(4) ? "X2" : teacher.teacher_no;
    const rest = `${programme_title}|${phase}`;
    records.push({
      system: "registry", relation: "programme_record",
      at: { id: `${rest}|${teacherNo}`, person: teacherNo, rest },
      payload: {
        programme_title, phase, teacher_no: teacherNo,
        online_seconds: chance(90) ? credit : null, practice_seconds: pick([0, 40_500, 81_000]),
        is_passed: draft.isPassed ?? (event !== null && chance(85)), event_on: event, event_at: null,
      },
    });
  };
  /** The person as written: by number, by token, by both, contradictory, or by account. */
  const writePerson = (draft: Draft): Payload & { readonly person: string } => {
    const { teacher, system } = draft;
    if (draft.isPlain) {
      return { person: teacher.teacher_no, teacher_no: teacher.teacher_no, person_token: null,
        platform: null, account_token: null };
    }
    const way = chance(25) ? "" : pick(["no", "no", "token", "both"]);
    const token = teacher.person_token ?? `k9${below(50)}`;
    const other = chance(4) ? pick(roll.teachers).person_token : token;
    const isLrs = system === "lrs";
    if (isLrs && chance(40)) {
      const account = `a${below(12)}`;
      return { person: `p|${account}`, teacher_no: null, person_token: null, platform: "p",
        account_token: account };
    }
    const teacher_no = way === "token" && !isLrs ? null
      : chance(5) ? `X${below(5)}` : teacher.teacher_no;
    const written = way === "no" || isLrs ? null : other;
    const person_token = teacher_no === null && written === null ? "k0" : written;
    return { person: teacher_no ?? person_token ?? "", teacher_no, person_token, platform: null,
      account_token: null };
  };
  // Nobody reports what its teachers learn, unless they move.
  const silentCounty = seed % 3 === 0 ? "none" : divisions[seed % divisions.length]!.county_code;
  const add = (draft: Draft): void => {
    if (draft.teacher.school_code.startsWith(silentCounty)) return;
    if (draft.system === "registry") return addProgramme(draft);
    const { system, id, event, credit, time } = draft;
    const isPractice = system === "practice";
    const isPassed = draft.isPassed ?? (event !== null && chance(isPractice ? 60 : 88));
    const { person, ...writing } = writePerson(draft);
    const category = isPractice ? "practice"
      : system === "ntms" ? draft.category ?? pick(["online", "practice", "mixed"])
        : system === "credit" ? draft.category ?? pick(["online", "practice"]) : "online";
    const isLrs = system === "lrs";
    const statement = `st-${seed}-${statements.length}`;
    if (isLrs) statements.push(statement);
    const kind = isPractice ? pick(["evidence", "research", "recording"]) : null;
    const rest = isLrs ? statement
      : system === "credit" ? `${id}|${category}` : isPractice ? `${id}|${kind}` : id;
    records.push({
      system, relation: "training_record",
      at: { id: isLrs ? statement : `${person}|${rest}`, person, rest },
      payload: {
        ...writing, source_training_id: id, category, practice_kind: kind,
        credit_seconds: draft.isPlain || chance(97) ? credit : null, is_passed: isPassed,
        school_result: isPractice ? (isPassed ? "passed" : pick(["failed", "open"])) : null,
        county_review: isPractice && !isPassed && chance(30) ? "failed" : null,
        school_code: system === "yunjiao"
          ? chance(5) ? "5199990003" : pick(roll.schools).school_code : null,
        event_on: event, event_at: time === undefined || event === null ? null : `${event} ${time}`,
      },
    });
  };
  return {
    records, statements, add,
    addRandom: (night) => {
      // The same training of the same teacher again, in whatever system.
      const teacher = chance(45) ? last.teacher : pick(roll.teachers);
      if (teacher.school_code === roll.schools.at(-1)!.school_code && chance(90)) return;
      const id = chance(60) ? last.id : pick(trainingIds);
      last = { teacher, id };
      const edge = addDays(asOf, pick(edges));
      const event = !chance(94) ? null
        : chance(25) && edge <= night ? edge : addDays(night, -below(120));
      add({
        system: pick(priority), teacher, id, event, credit: pick(credits),
        time: chance(60) ? pick(times) : undefined,
      });
    },
  };
}

/** What flags look for: schools that finish together, days too full, summaries of nothing. */
export function addSuspicions(
  source: TrainingSource, random: Random, roll: MadeUpRoll, night: string,
): void {
  const { below, chance, pick } = random;
  const teamOf = (school: string): readonly MadeUpTeacher[] =>
    roll.teachers.filter((t) => t.school_code === school);
  // The last school of the list learns together and, mostly, nothing else.
  const pickTeam = (): readonly MadeUpTeacher[] =>
    teamOf(pick(roll.schools.slice(0, -1)).school_code);
  const day = addDays(night, -1 - below(40));
  const id = pick(trainingIds);
  if (chance(60)) {
    // A school that completes within few days, before eyes that see it, and now and then not.
    const system = pick(["vendor-a", "vendor-b", "yunjiao", "ntms"]);
    for (const teacher of pickTeam().filter(() => chance(85))) {
      const event = addDays(day, pick([-1, 0, 0, 1]));
      source.add({ system: "practice", teacher, id: "done", credit: 94_500, event,
        isPassed: true, ...(chance(60) ? { isPlain: true } : {}) });
      source.add({ system, teacher, id: "learnt", credit: 67_500, isPassed: true,
        category: "online", event: addDays(event, -pick([0, 0, 5])) });
    }
  }
  if (chance(50)) {
    const [system, time] = [pick(["vendor-b", "lrs", "practice"]), pick(["09:15:07", "23:59:59"])];
    for (const teacher of pickTeam().filter(() => chance(90))) {
      source.add({ system, teacher, id, credit: 2700, event: day, time, isPassed: true });
    }
  }
  if (chance(60)) {
    const teacher = pick(roll.teachers);
    for (let i = 0; i < 4; i++) {
      source.add({ system: "lrs", teacher, id: pick(trainingIds), event: day,
        credit: pick([8100, 21_600, 24_300, 27_000, 40_500]), isPassed: true });
    }
  }
  if (chance(70)) {
    const teacher = pick(roll.teachers);
    const category = pick(["online", "practice"] as const);
    const isPassed = chance(50);
    // Unfinished in a better system, or smaller there, than in the summary.
    source.add({ system: pick(["vendor-a", "yunjiao", "practice"]), teacher, id, credit: 2700,
      event: day, isPassed });
    source.add({ system: pick(["ntms", "credit", "registry"]), teacher, id, credit: 27_000,
      event: addDays(day, 1), isPassed: true, category });
  }
  const isTogether = chance(85);
  const time = chance(85) ? "17:00:00" : undefined;
  for (const teacher of teamOf(roll.schools.at(-1)!.school_code)) {
    if (!isTogether && chance(40)) continue;
    source.add({ system: "yunjiao", teacher, id: togetherId, credit: 5400, event: day, time,
      isPassed: true, isPlain: true });
  }
}
