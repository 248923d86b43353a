import { formatDay, type DayNumber } from "../calendar.ts";
import { readShippedSeed } from "../../shared/seeds.ts";
import { buildRandom, type Random } from "../random.ts";
import type { Cell } from "../formats/cell.ts";
import type { School } from "../world/roll.ts";
import type { World } from "../world/world.ts";
import { RowCache } from "./row-cache.ts";
import { stamp } from "./registry-rolls.ts";
import { isDaily, plainRow, type Exporter } from "./table.ts";

interface DatedRow { readonly on: DayNumber; readonly cells: Cell[] }
interface TeacherPoint {
  readonly serial: number;
  readonly on: DayNumber;
  readonly assessedOn: DayNumber;
  readonly reviewedOn: DayNumber;
  readonly fixed: readonly [string, string, string];
  readonly passes: boolean;
  readonly review: string;
}

/** Cities with approved points of their own. */
const localPointCities = ["5101", "5107", "5113", "5134"];
const dimensionNames = ["学情分析", "教学设计", "学法指导", "学业评价"];
const localPoint = (city: string, n: number): string => `L${city}-0${n}`;

/** Ability points: chosen by schools, chosen and passed by teachers, approved by cities. */
export function buildPointExporters(world: World): readonly Exporter[] {
  const random = buildRandom(world.seed, "points");
  const byDimension = new Map<string, string[]>();
  for (const row of readShippedSeed("ability_points.csv").rows) {
    const list = byDimension.get(row["dimension_code"]!) ?? [];
    list.push(row["ability_code"]!);
    byDimension.set(row["dimension_code"]!, list);
  }
  const dimensions = [...byDimension.values()];
  const schoolRows: DatedRow[] = [];
  const teacherPoints: TeacherPoint[] = [];
  for (const school of world.roll.schools) {
    const plan = world.plans.get(school.county.code)!;
    if (plan.learnsFrom === null || random.chance(0.06)) continue;
    const on = plan.learnsFrom + random.between(0, 50);
    const chosen = choosePoints(school, dimensions, random);
    for (const code of chosen.flat()) {
      schoolRows.push({ on, cells: [school.code, formatDay(on).slice(0, 4), code, formatDay(on)] });
    }
    for (const teacher of school.teachers) {
      const span = world.spans.get(teacher);
      if (!span || random.chance(0.12)) continue;
      const own = new Set(chosen.map((list) => random.pick(list)));
      const offered = chosen.flat();
      for (let i = 0; own.size < 3 && i < 20; i++) own.add(random.pick(offered));
      for (const code of own) {
        const assessedOn = span.from + 20 + random.between(20, 150);
        teacherPoints.push({
          serial: teacherPoints.length,
          on: span.from + random.between(0, 20), assessedOn,
          reviewedOn: assessedOn + random.between(10, 60),
          fixed: [teacher.teacherNo, code, formatDay(span.from)], passes: random.chance(0.95),
          review: random.chance(0.97) ? "通过" : "不通过",
        });
      }
    }
  }
  const cache = new RowCache();
  const pointHeader = ["学校标识码", "年度", "能力点编号", "选定日期"];
  const teacherHeader = ["教师编号", "能力点编号", "选点日期", "自评", "互评", "校级测评结果", "测评日期", "县级复核结果"];
  return [
    {
      system: "registry", isDue: isDaily,
      build: (night, cut) => [{
        system: "registry", export: "school_points", mode: "full", format: "csv gb18030",
        fileName: `学校选点${stamp(night)}.csv`,
        tables: [{
          sheet: "", titles: [], header: pointHeader,
          rows: schoolRows.filter((r) => r.on <= cut).map((r) => plainRow([...r.cells])),
        }],
      }],
    },
    {
      system: "registry", isDue: isDaily,
      build: (night, cut) => [{
        system: "registry", export: "teacher_points", mode: "full", format: "csv gb18030",
        fileName: `教师选点测评${stamp(night)}.csv`,
        tables: [{
          sheet: "", titles: [], header: teacherHeader,
          rows: teacherPoints.filter((p) => p.on <= cut).map((p) =>
            cache.row(p.serial, pointState(p, cut), () => plainRow(teacherPointCells(p, cut)))),
        }],
      }],
    },
    {
      system: "registry", isDue: isDaily,
      build: (night) => [{
        system: "registry", export: "local_points", mode: "full", format: "xlsx",
        fileName: `地方能力点${stamp(night)}.xlsx`,
        tables: [{
          sheet: "地方能力点", titles: [], header: ["能力点编号", "市（州）", "维度", "名称", "环境"],
          rows: localPointCities.flatMap((city) => [1, 2, 3].map((n) => plainRow([
            localPoint(city, n), world.counties.find((c) => c.cityCode === city)!.cityName,
            dimensionNames[n]!, `本地资源应用${n}`, "多媒体教学环境",
          ]))),
        }],
      }],
    },
  ];
}

const pointState = (p: TeacherPoint, cut: DayNumber): number =>
  (p.assessedOn <= cut ? 1 : 0) + (p.reviewedOn <= cut ? 2 : 0);

function teacherPointCells(p: TeacherPoint, cut: DayNumber): Cell[] {
  const isAssessed = p.assessedOn <= cut;
  const isReviewed = isAssessed && p.passes && p.reviewedOn <= cut;
  return [
    ...p.fixed, isAssessed ? "优秀" : "", isAssessed ? "良好" : "",
    isAssessed ? (p.passes ? "合格" : "不合格") : "待评", isAssessed ? formatDay(p.assessedOn) : "",
    isReviewed ? p.review : "未复核",
  ];
}

/**
 * Points by dimension; a few schools choose against the rule (one dimension, another city's point).
 */
function choosePoints(
  school: School, dimensions: readonly (readonly string[])[], random: Random
): string[][] {
  const wanted = random.chance(0.05) ? 1 : school.isSmart ? 3 : random.between(2, 3);
  const left = [...dimensions];
  const chosen: string[][] = [];
  for (let i = 0; i < wanted; i++) {
    const [dimension] = left.splice(random.between(0, left.length - 1), 1);
    const points = new Set<string>();
    while (points.size < 2) points.add(random.pick(dimension!));
    chosen.push([...points]);
  }
  const city = school.county.cityCode;
  if (localPointCities.includes(city) && random.chance(0.2)) chosen[0]!.push(localPoint(city, 1));
  else if (random.chance(0.01)) chosen[0]!.push(localPoint(city === "5101" ? "5107" : "5101", 2));
  return chosen;
}
