import { addDays, daysBetween } from "./days.ts";
import type { History } from "./lake.ts";
import { createMadeUpLake } from "./made-up-lake.ts";
import type { MadeUpLake } from "./made-up-lake.ts";
import {
  abilityPoints, contracts, divisions, exportOf, parametersOf, priority, programmes,
} from "./made-up-world.ts";
import { buildPapers, sendPapers } from "./random-registry.ts";
import { buildRoll, changeRoll, sendRoll } from "./random-roll.ts";
import { addSuspicions, createTrainings, togetherId, trainingIds } from "./random-trainings.ts";
import type { MadeUpTraining, TrainingSource } from "./random-trainings.ts";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";

/** Days on which something turns: gates, years, rules, the programme's end; and days between. */
const days = [
  "2020-07-20", "2020-10-20", "2021-01-20", "2020-10-31", "2020-12-31", "2021-02-10",
  "2021-01-01", "2021-06-13", "2020-03-01", "2021-12-31", "2022-06-15", "2020-09-01",
  "2020-05-20", "2021-03-31", "2022-12-31", "2020-11-15", "2023-01-05", "2020-12-30",
  "2023-03-15", "2020-08-08",
];
export function dayOf(seed: number): string {
  return days[(seed - 1) % days.length]!;
}

/** A province over some nights, some after the day, with all that may happen to a record. */
export function buildRandomHistory(seed: number, asOf = dayOf(seed)): History {
  const random = createRandom(seed);
  const { below, chance, pick } = random;
  const nights = buildNights(random, asOf);
  const lake = createMadeUpLake();
  const roll = buildRoll(seed, random, asOf);
  const papers = buildPapers(random, roll, asOf);
  const trainings = createTrainings(seed, random, roll, asOf);
  for (const [n, night] of nights.entries()) {
    changeRoll(roll, random, night, n === 0);
    for (let i = 0; i < 30; i++) trainings.addRandom(night);
    addSuspicions(trainings, random, roll, night);
    changeTrainings(trainings.records, random);
    sendArrivals(lake, random, night);
    sendRoll(lake, roll, random, night);
    sendPapers(lake, papers, random, night);
    lake.snapshot({ relation: "account", system: "registry", name: "accounts" }, night,
      Array.from({ length: 10 }, (_, i) => i).filter(() => !chance(10)).map((i) => ({
        at: { id: `p|a${i}`, person: null, rest: `p|a${i}` }, payload: {
          platform: "p", account_token: `a${i}`, teacher_no: `T${100 + ((i * 7 + n) % 44)}`,
        },
      })));
    for (const system of priority) sendTrainings(lake, trainings, random, system, night);
    for (const target of trainings.statements.filter(() => chance(3))) {
      const id = `v-${target}`;
      lake.put({ relation: "voiding", system: "lrs", name: "statements" },
        pick([night, night, nights[below(n + 1)]!]),
        { at: { id, person: null, rest: id }, payload: { target_id: target, event_on: night } });
    }
  }
  return {
    school: lake.rowsOf("school"), teacher: lake.rowsOf("teacher"),
    county_registration: lake.rowsOf("county_registration"),
    plan_filing: lake.rowsOf("plan_filing"), school_point: lake.rowsOf("school_point"),
    teacher_point: lake.rowsOf("teacher_point"), local_point: lake.rowsOf("local_point"),
    model_school: lake.rowsOf("model_school"), spot_check: lake.rowsOf("spot_check"),
    evaluation: lake.rowsOf("evaluation"), account: lake.rowsOf("account"),
    training_record: lake.rowsOf("training_record"),
    programme_record: lake.rowsOf("programme_record"),
    rejected_identity: lake.rowsOf("rejected_identity"), voiding: lake.rowsOf("voiding"),
    file_arrival: lake.arrivals, export_contract: contracts,
    divisions, parameters: parametersOf(seed), priority, abilityPoints, programmes,
    crosswalk: new Map(priority.map((system) => [system, new Map(
      trainingIds.slice(0, 7).filter((_, i) => (i + system.length) % 6 !== 0)
        .map((id) => [id, `training-${id}`]))])),
  };
}

/** Five nights up to the day, the last of them now and then the day itself, and two after it. */
function buildNights({ below, chance }: Random, asOf: string): readonly string[] {
  const first = "2020-01-12";
  const span = Math.min(chance(70) ? 280 : 900, daysBetween(first, asOf));
  const step = Math.floor(span / 5);
  const before = Array.from({ length: 5 }, (_, i) => addDays(asOf, -step * (5 - i) + below(step)));
  if (chance(50)) before[4] = asOf;
  return [...before, addDays(asOf, 1), addDays(asOf, 3 + below(40))];
}

function changeTrainings(records: readonly MadeUpTraining[], { chance, pick }: Random): void {
  for (const r of records) {
    if (!chance(5) || r.payload.source_training_id === togetherId) continue;
    r.payload = { ...r.payload, is_passed: r.payload.event_on !== null && chance(70) };
    if (r.relation === "training_record") r.payload.credit_seconds = pick([2700, 54_000]);
  }
}

function sendArrivals(lake: MadeUpLake, { below, chance, pick }: Random, night: string): void {
  for (const { system, export: name } of contracts) {
    if (chance(8)) continue;
    const status = pick(["accepted", "accepted", "partly", "repeated", "accepted", "held"]);
    // Held rows are counted too; those of a repeated file are not.
    const isTaken = status !== "repeated";
    const rows = chance(5) ? 0 : below(60);
    const rejected = below(rows + 1);
    lake.arrivals.push({
      system, export: name, known_on: night, landing_day: night, file_id: `f${system}${night}`,
      file_name: `${system}-${name}`, status, rows_read: isTaken ? rows : null,
      rows_accepted: isTaken ? rows - rejected : null,
      rows_rejected: isTaken ? rejected : null, rows_duplicate: isTaken ? 0 : null,
    });
  }
}

function sendTrainings(
  lake: MadeUpLake, trainings: TrainingSource, { below, chance }: Random, system: string,
  night: string,
): void {
  const [name, mode] = exportOf[system] ?? ["programmes", "full"];
  const relation = system === "registry" ? "programme_record" : "training_record";
  const from = { relation, system, name };
  // Of records that are written alike the last one is sent.
  const own = [...new Map(trainings.records.filter((r) => r.system === system)
    .map((r) => [r.at.id, r])).values()];
  if (mode === "delta") {
    lake.append(from, night, own.map((r) => ({
      at: r.at, version: system === "credit" ? below(3) : 0, payload: r.payload,
    })));
    return;
  }
  const rejected = own.filter(() => chance(4));
  const shown = own.filter((r) => !rejected.includes(r) && !chance(8));
  lake.snapshot(from, night, shown, new Set(rejected.map((r) => r.at.id)));
  for (const r of rejected) {
    const { teacher_no = null, person_token = null } = r.payload;
    lake.put({ ...from, relation: "rejected_identity" }, night,
      { at: r.at, payload: { teacher_no, person_token } });
  }
}
