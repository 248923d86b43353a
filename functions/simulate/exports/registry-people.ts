import { formatDay, parseDay, type DayNumber } from "../calendar.ts";
import { readShippedSeed } from "../../shared/seeds.ts";
import { buildRandom } from "../random.ts";
import type { Cell } from "../formats/cell.ts";
import type { TrainingPayload } from "../truth/payloads.ts";
import { buildPerson } from "../world/people.ts";
import type { Teacher } from "../world/roll.ts";
import type { World } from "../world/world.ts";
import { lrsAccount, lrsPlatform, usesAccount } from "./lrs.ts";
import { exportedAt, stamp } from "./registry-rolls.ts";
import { isDaily, plainRow, type Exporter, type Row } from "./table.ts";

interface Dated { readonly on: DayNumber; readonly row: Row }

/** Programmes, model schools, spot checks, contacts and platform accounts of the registry. */
export function buildPeopleExporters(world: World): readonly Exporter[] {
  return [
    buildDated("programmes", "示范培训", "示范培训",
      ["项目名称", "期次", "教师编号", "线上学时", "实践学时", "是否结业", "结业日期"], planProgrammes(world)),
    buildDated("model_schools", "样板校", "样板校", ["学校标识码", "认定日期"], planModelSchools(world), false),
    buildDated("spot_checks", "质量抽检", "质量抽检",
      ["抽检编号", "市（州）", "教师编号", "抽检日期", "抽检结论"], planSpotChecks(world)),
    buildDated("contacts", "联系人", "附件5",
      ["行政区划代码", "类型", "姓名", "单位", "部门", "职务", "手机号", "电子邮箱"], planContacts(world), false),
    {
      system: "registry", isDue: isDaily,
      build: (night) => [{
        system: "registry", export: "accounts", mode: "full", format: "csv utf-8",
        fileName: `平台账号对照${stamp(night)}.csv`,
        tables: [{ sheet: "", titles: [], header: ["平台", "账号", "教师编号"], rows: accountRows(world) }],
      }],
    },
  ];
}

function buildDated(
  name: string, filePart: string, sheet: string, header: readonly string[], rows: readonly Dated[],
  isStamped = true,
): Exporter {
  return {
    system: "registry", isDue: isDaily,
    build: (night, cut) => [{
      system: "registry", export: name, mode: "full", format: "xlsx",
      fileName: `${filePart}${stamp(night)}.xlsx`,
      tables: [
        {
          sheet, titles: isStamped ? [[sheet], [exportedAt(night)]] : [], header,
          rows: rows.filter((r) => r.on <= cut).map((r) => r.row),
        },
      ],
    }],
  };
}

function planProgrammes(world: World): Dated[] {
  const random = buildRandom(world.seed, "programmes");
  const started = world.roll.teachers.filter((t) =>
    world.plans.get(t.states[0]!.school.county.code)!.kind === "started" && t.states.length === 1);
  const dated: Dated[] = [];
  const taken = new Set<string>();
  for (const row of readShippedSeed("programmes.csv").rows) {
    const title = row["title"]!;
    const seats = Number(row["seats_per_phase"]) || 100;
    for (let phase = 1; phase <= Number(row["phases"]); phase++) {
      const endsOn = parseDay("2020-11-20") + (phase - 1) * 210 + random.between(0, 20);
      const n = Math.max(3, Math.round(seats * world.scale * 1.5));
      for (let i = 0; i < n; i++) {
        const teacher = random.pick(started);
        const key = `${title}|${phase}|${teacher.teacherNo}`;
        if (taken.has(key)) continue;
        taken.add(key);
        dated.push({
          on: endsOn + 10,
          row: programmeRow(key, title, String(phase), teacher, endsOn, row, random.chance(0.9)),
        });
      }
    }
  }
  return dated;
}

function programmeRow(
  key: string, title: string, phase: string, teacher: Teacher, endsOn: DayNumber,
  seed: Readonly<Record<string, string>>, isFinished: boolean,
): Row {
  const online = Number(seed["online_hours"]);
  const practice = Number(seed["practice_hours"]);
  const payload = (category: "online" | "practice", hours: number): TrainingPayload => ({
    kind: "training", system: "registry", trainingId: `${title}|${phase}`, category,
    creditSeconds: hours * 2700, isPassed: isFinished, endsOn: isFinished ? endsOn : null,
    isFailed: false,
    version: 0, teacher, byTeacherNo: true, byIdNumber: false, byAccount: false,
    isContradictory: false,
  });
  const cells: Cell[] = [title, phase, teacher.teacherNo, isFinished ? online : null,
    isFinished ? practice : null, isFinished ? "是" : "否", isFinished ? formatDay(endsOn) : ""];
  return plainRow(cells, {
    key, scope: "",
    payload: {
      kind: "programme", parts: [payload("online", online), payload("practice", practice)],
    },
  });
}

function planModelSchools(world: World): Dated[] {
  const random = buildRandom(world.seed, "model-schools");
  const left = new Map<string, number>();
  const dated: Dated[] = [];
  for (const school of world.roll.schools) {
    const city = school.county.cityCode;
    if (!left.has(city)) left.set(city, random.between(3, 8));
    const isFitting = school.type === "学校" && school.mergedOn === null;
    if (left.get(city)! === 0 || !isFitting || !random.chance(0.4)) continue;
    left.set(city, left.get(city)! - 1);
    const on = parseDay("2021-01-10") + random.between(0, 280);
    dated.push({ on, row: plainRow([school.code, formatDay(on)]) });
  }
  return dated;
}

function planSpotChecks(world: World): Dated[] {
  const random = buildRandom(world.seed, "spot-checks");
  const dated: Dated[] = [];
  const learned = [...world.spans.keys()].sort((a, b) => a.index - b.index);
  for (const teacher of learned) {
    if (!random.chance(0.02)) continue;
    const on = world.spans.get(teacher)!.from + random.between(60, 200);
    dated.push({
      on,
      row: plainRow([
        `CJ${String(dated.length + 1).padStart(5, "0")}`, teacher.states[0]!.school.county.cityName,
        teacher.teacherNo, formatDay(on), random.chance(0.94) ? "属实" : "不属实",
      ]),
    });
  }
  return dated;
}

function planContacts(world: World): Dated[] {
  const areas = new Map<string, string>([["51", "四川省"]]);
  for (const county of world.counties) {
    areas.set(county.cityCode, county.cityName);
    areas.set(county.code, county.name);
  }
  let n = 0;
  const dated: Dated[] = [];
  for (const [code, name] of areas) {
    for (const type of ["负责人", "联系人"]) {
      const person = buildPerson(world.seed, 9_000_000 + n++);
      dated.push({ on: 0, row: plainRow([
        code.padEnd(6, "0"), type, person.name, `${name}教育局`, "教育信息化科",
        type === "负责人" ? "科长" : "科员",
        person.phone, `${type === "负责人" ? "lead" : "office"}.${code}@edu.example`,
      ]) });
    }
  }
  return dated;
}

function accountRows(world: World): Row[] {
  const rows: Row[] = [];
  const seen = new Set<Teacher>();
  for (const { teacher } of world.learning.get("lrs") ?? []) {
    if (teacher === null || seen.has(teacher) || !usesAccount(teacher)) continue;
    seen.add(teacher);
    rows.push(plainRow([lrsPlatform, lrsAccount(teacher), teacher.teacherNo]));
  }
  return rows;
}
