import { formatDay, parseDay, type DayNumber } from "../calendar.ts";
import { buildRandom } from "../random.ts";
import type { World } from "../world/world.ts";
import { stamp } from "./registry-rolls.ts";
import { isMonthly, plainRow, type Exporter, type Row } from "./table.ts";

const header = ["评价编号", "评价类型", "项目名称", "县（市、区）", "行政区划代码", "评价日期", "得分", "样本量"];

/** Expert, trainee and third-party evaluations, what is new since the last month. */
export function buildSurveyExporter(world: World): Exporter {
  const random = buildRandom(world.seed, "survey");
  const planned: { on: DayNumber; row: Row }[] = [];
  for (const county of world.counties) {
    const plan = world.plans.get(county.code)!;
    if (plan.kind !== "started") continue;
    const level = 74 + random.next() * 20;
    const from = Math.max(plan.evidencedBy!, parseDay("2020-08-01"));
    for (
      let on = from + random.between(30, 70); on <= world.until; on += random.between(70, 130)
    ) {
      for (const kind of ["专家", "学员", "第三方"]) {
        if (!random.chance(kind === "学员" ? 0.95 : 0.5)) continue;
        const score = Math.min(100, level + (random.next() - 0.5) * 10);
        planned.push({ on, row: plainRow([
          `PJ-${county.code}-${String(planned.length + 1).padStart(5, "0")}`, kind, "能力提升工程2.0",
          county.name, county.code,
          formatDay(on), score.toFixed(random.chance(0.5) ? 1 : 2),
          String(kind === "专家" ? random.between(3, 9) : random.between(20, 160)),
        ]) });
      }
    }
  }
  planned.sort((a, b) => a.on - b.on);
  let sentUntil = -Infinity;
  return {
    system: "survey", isDue: isMonthly,
    build: (night, cut) => {
      const rows = planned.filter((p) => p.on > sentUntil && p.on <= cut).map((p) => p.row);
      sentUntil = cut;
      return rows.length === 0 ? [] : [{
        system: "survey", export: "evaluations", mode: "delta", format: "csv utf-8",
        fileName: `质量评价${stamp(night)}.csv`, tables: [{ sheet: "", titles: [], header, rows }],
      }];
    },
  };
}
