import { addDays } from "./days.ts";
import type {
  AccountRow, ArrivalRow, History, LakeRow, Parameter, PersonRow, ProgrammeRow,
  RegistrationRow, SchoolRow, TeacherRow, TrainingRow, VoidingRow,
} from "./lake.ts";
import { contracts, divisions, exportOf, priority } from "./made-up-world.ts";
import { createRandom } from "./random.ts";

type Payload = Readonly<Record<string, unknown>>;
interface Written { readonly id: string; readonly person: string | null; readonly rest: string }

/** A province of six counties over some nights, with all that may happen to a record. */
export function buildRandomHistory(seed: number, parameters: readonly Parameter[]): History {
  const random = createRandom(seed);
  const pick = <T>(all: readonly T[]): T => all[random(all.length)]!;
  const chance = (percent: number): boolean => random(100) < percent;
  const nights = Array.from({ length: 7 }, (_, i) => addDays("2020-04-01", i * 45 + random(30)));
  const tables = new Map<string, LakeRow[]>();
  const arrivals: ArrivalRow[] = [];
  const seqs = new Map<string, number>();
  const put = (
    relation: string, system: string, name: string, night: string, at: Written,
    version: number, payload: Payload, isGone = false,
  ): void => {
    const seqKey = `${relation} ${system} ${night}`;
    const seq = (seqs.get(seqKey) ?? 0) + 1;
    seqs.set(seqKey, seq);
    const row = {
      system, export: name, known_on: night, landing_day: night, file_id: `f${system}${night}`,
      sheet: "", row_number: seq, export_seq: seq, record_id: at.id, person_key: at.person,
      id_rest: at.rest, record_version: version, is_retraction: isGone, ...payload,
    };
    tables.set(relation, [...(tables.get(relation) ?? []), row]);
  };
  const present = new Map<string, { at: Written; relation: string; payload: Payload }>();
  /** One snapshot of a full export: what changed is stored, what is missing is retracted. */
  const snapshot = (
    relation: string, system: string, name: string, night: string,
    rows: readonly { at: Written; version?: number; payload: Payload }[],
    kept: ReadonlySet<string> = new Set(),
  ): void => {
    const prefix = `${system}/${name}/`;
    for (const { at, version, payload } of rows) {
      const before = present.get(prefix + at.id);
      if (JSON.stringify(before?.payload) === JSON.stringify(payload)) continue;
      present.set(prefix + at.id, { at, relation, payload });
      put(relation, system, name, night, at, version ?? 0, payload);
    }
    const ids = new Set(rows.map((r) => prefix + r.at.id));
    for (const [key, { at, payload }] of present) {
      if (!key.startsWith(prefix) || ids.has(key) || kept.has(key.slice(prefix.length))) continue;
      present.delete(key);
      const { teacher_no = null, person_token = null } = payload;
      const blank = Object.fromEntries(Object.keys(payload).map((k) => [k, null]));
      put(relation, system, name, night, at, 0, { ...blank, teacher_no, person_token }, true);
    }
  };
  const schools = Array.from({ length: 14 }, (_, i) => {
    const county = divisions[i % 6]!.county_code;
    return {
      school_code: `${county}${1000 + i}`, school_name: `s${i}`, county_code: county,
      school_type: pick(["school", "school", "village_school", "teaching_point"]),
      place_type: pick(["urban", "town", "rural"]), school_status: "open",
      opened_on: chance(20) ? addDays("2020-03-01", random(300)) : null,
      merged_on: null as string | null,
    };
  });
  const teachers = Array.from({ length: 40 }, (_, i) => ({
    teacher_no: `T${100 + i}`,
    person_token: chance(85) ? `k${chance(5) ? 1 : i}` : null as string | null,
    school_code: pick(schools).school_code, employment_status: "in_post",
    changed_on: chance(30) ? addDays("2019-06-01", random(700)) : null as string | null,
    isListed: !chance(6),
  }));
  const records: {
    system: string; at: Written; relation: string; payload: Record<string, unknown>;
  }[] = [];
  const trainings = Array.from({ length: 9 }, (_, i) => `c${i}`);
  const statements: string[] = [];
  const registrations = divisions.flatMap((d, i) => (chance(85) ? [{
    county_code: d.county_code, launched_on: addDays("2020-03-01", random(260)),
    filing_state: pick(["approved", "approved", "pending"]), no: `R${i}`, version: 1,
  }] : []));
  registrations.push({ ...(registrations[0] ?? {
    county_code: "510104", launched_on: "2020-08-01", filing_state: "approved", version: 1,
  }), no: "R9", launched_on: addDays("2020-05-01", random(200)) });

  let last = { teacher: teachers[0]!, id: trainings[0]! };
  const newTraining = (night: string): void => {
    const system = pick(priority);
    // The same training of the same teacher again, in whatever system.
    const teacher = chance(45) ? last.teacher : pick(teachers);
    if (seed % 2 === 1 && teacher.school_code.startsWith("513403")) return;
    const credit = pick([0, 2700, 13_500, 27_000, 40_500, 54_000, 81_000, 13_527]);
    const event = chance(94) ? addDays(night, -random(120)) : null;
    const isPassed = event !== null && chance(system === "practice" ? 55 : 88);
    const id = chance(60) ? last.id : pick(trainings);
    last = { teacher, id };
    const way = chance(25) ? "" : pick(["no", "no", "token", "both"]);
    if (system === "registry") {
      const phase = pick(["1", "2"]);
      const at = {
        id: `${id}|${phase}|${teacher.teacher_no}`, person: teacher.teacher_no,
        rest: `${id}|${phase}`,
      };
      records.push({ system, at, relation: "programme_record", payload: {
        programme_title: id, phase, teacher_no: teacher.teacher_no,
        online_seconds: chance(90) ? credit : null, practice_seconds: pick([0, 40_500, 81_000]),
        is_passed: isPassed, event_on: event,
      } });
      return;
    }
    const token = teacher.person_token ?? `k9${random(50)}`;
    const other = chance(4) ? pick(teachers).person_token : token;
    const teacherNo = way === "token" ? null : chance(6) ? `X${random(5)}` : teacher.teacher_no;
    const personToken = way === "no" ? null : other;
    const isLrs = system === "lrs";
    const byAccount = isLrs && chance(60);
    const statement = `st-${seed}-${statements.length}`;
    if (isLrs) statements.push(statement);
    const person = byAccount ? `p|a${random(12)}` : teacherNo ?? personToken ?? "k0";
    const at = isLrs ? { id: statement, person, rest: statement }
      : { id: `${person}|${id}`, person, rest: id };
    const category = system === "practice" ? "practice"
      : system === "ntms" ? pick(["online", "practice", "mixed"])
        : system === "credit" ? pick(["online", "practice"]) : "online";
    const rest = system === "credit" ? { ...at, id: `${at.id}|${category}`,
      rest: `${at.rest}|${category}` } : at;
    records.push({ system, at: rest, relation: "training_record", payload: {
      teacher_no: byAccount ? null : teacherNo,
      person_token: byAccount || isLrs ? null : person === "k0" ? "k0" : personToken,
      platform: byAccount ? "p" : null, account_token: byAccount ? person.slice(2) : null,
      source_training_id: id, category,
      practice_kind: system === "practice" ? pick(["evidence", "research", "recording"]) : null,
      credit_seconds: chance(95) ? credit : null, is_passed: isPassed,
      school_result: system === "practice" ? (isPassed ? "passed" : pick(["failed", "open"]))
        : null,
      county_review: system === "practice" && chance(10) ? "failed" : null,
      event_on: event,
    } });
  };

  for (const [n, night] of nights.entries()) {
    for (const t of teachers) {
      if (chance(6)) t.school_code = pick(schools).school_code;
      if (chance(4)) t.employment_status = pick(["in_post", "retired", "left"]);
      if (chance(8)) t.changed_on = chance(60) ? addDays(night, 40 - random(120)) : null;
      if (chance(3)) t.person_token = `k${random(45)}`;
      if (chance(6)) t.isListed = n === 0 || !t.isListed;
    }
    for (const s of schools) {
      if (chance(3)) {
        s.school_status = "closed";
        s.merged_on = chance(70) ? addDays(night, 60 - random(90)) : null;
      }
      if (chance(3)) s.place_type = pick(["urban", "town", "rural"]);
    }
    for (const r of registrations) {
      if (!chance(15)) continue;
      r.version = random(4);
      r.filing_state = pick(["approved", "pending", "returned"]);
      r.launched_on = addDays("2020-03-01", random(300));
    }
    for (let i = 0; i < 34; i++) newTraining(night);
    for (const r of records) {
      if (!chance(5)) continue;
      r.payload = { ...r.payload, is_passed: r.payload.event_on !== null && chance(70) };
      if (r.relation === "training_record") r.payload.credit_seconds = pick([2700, 54_000]);
    }
    const filed = (code: string) => ({ id: code, person: null, rest: code });
    const arrive = (system: string, name: string): void => {
      const status = pick(["accepted", "accepted", "partly", "repeated", "held"]);
      const isTaken = status === "accepted" || status === "partly";
      const rows = random(60);
      arrivals.push({
        system, export: name, known_on: night, landing_day: night, file_id: `f${system}${night}`,
        file_name: `${system}-${name}`, status, rows_read: isTaken ? rows : null,
        rows_accepted: isTaken ? rows : null,
        rows_rejected: isTaken ? random(rows + 1) : null, rows_duplicate: isTaken ? 0 : null,
      });
    };
    for (const c of contracts) if (!(c.system === "yunjiao" && n > 3)) arrive(c.system, c.export);
    snapshot("school", "registry", "schools", night, schools.filter(() => !chance(2))
      .map((s) => ({ at: filed(s.school_code), payload: { ...s } })));
    snapshot("teacher", "registry", "teachers", night, teachers.filter((t) => t.isListed)
      .map((t) => ({
        at: { id: t.teacher_no, person: t.teacher_no, rest: "" },
        payload: { ...t, isListed: null },
      })));
    snapshot("county_registration", "registry", "county_registrations", night,
      registrations.filter(() => !chance(5)).map(({ no, version, ...r }) =>
        ({ at: filed(no), version, payload: r })));
    snapshot("account", "registry", "accounts", night,
      Array.from({ length: 10 }, (_, i) => i).filter(() => !chance(10)).map((i) => ({
        at: filed(`p|a${i}`), payload: {
          platform: "p", account_token: `a${i}`, teacher_no: `T${100 + ((i * 7 + n) % 44)}`,
        },
      })));
    for (const system of priority) {
      const [name, mode] = exportOf[system] ?? ["programmes", "full"];
      const own = records.filter((r) => r.system === system);
      const relation = system === "registry" ? "programme_record" : "training_record";
      if (mode === "delta") {
        for (const r of own) {
          const version = system === "credit" ? random(3) : 0;
          const isNew = !present.has(`${system}/${name}/${r.at.id}`);
          const old = present.get(`${system}/${name}/${r.at.id}`)?.payload;
          if (!isNew && JSON.stringify(old) === JSON.stringify(r.payload)) continue;
          present.set(`${system}/${name}/${r.at.id}`, { at: r.at, relation, payload: r.payload });
          put(relation, system, name, night, r.at, version, r.payload);
        }
        continue;
      }
      const rejected = own.filter(() => chance(4));
      const shown = own.filter((r) => !rejected.includes(r) && !chance(8));
      snapshot(relation, system, name, night, shown, new Set(rejected.map((r) => r.at.id)));
      for (const r of rejected) {
        const { teacher_no = null, person_token = null } = r.payload;
        put("rejected_identity", system, name, night, r.at, 0, { teacher_no, person_token });
      }
    }
    for (const target of statements) {
      if (!chance(3)) continue;
      const at = { id: `v-${target}`, person: null, rest: `v-${target}` };
      put("voiding", "lrs", "statements", night, at, 0, { target_id: target, event_on: night });
    }
  }
  const rowsOf = <R>(relation: string): readonly R[] => (tables.get(relation) ?? []) as R[];
  return {
    school: rowsOf<SchoolRow>("school"),
    teacher: rowsOf<TeacherRow>("teacher"),
    county_registration: rowsOf<RegistrationRow>("county_registration"),
    account: rowsOf<AccountRow>("account"),
    training_record: rowsOf<TrainingRow>("training_record"),
    programme_record: rowsOf<ProgrammeRow>("programme_record"),
    rejected_identity: rowsOf<PersonRow>("rejected_identity"),
    voiding: rowsOf<VoidingRow>("voiding"),
    file_arrival: arrivals,
    export_contract: contracts,
    divisions, parameters, priority,
    crosswalk: new Map(priority.map((system) => [system, new Map(
      trainings.slice(0, 7).filter((_, i) => (i + system.length) % 6 !== 0)
        .map((id) => [id, `training-${id}`]))])),
  };
}
