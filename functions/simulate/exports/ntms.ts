import { formatDay, type DayNumber, type Night } from "../calendar.ts";
import type { LearningRecord } from "../world/learning.ts";
import type { World } from "../world/world.ts";
import { stamp } from "./registry-rolls.ts";
import { isWeekly, plainRow, skippedRow, type Exporter, type Row } from "./table.ts";
import { formatHours, isWithdrawn, toldSeconds, trainingEffect } from "./training-effect.ts";
import { cutSheets } from "./vendor-b.ts";

const header = [
  "序号", "学校标识码", "学校名称", "教师姓名", "教师编号", "身份证件类型", "教师身份证号", "培训年度", "培训类别", "培训项目名称", "培训机构名称",
  "培训方式", "培训获得学时", "培训获得学分", "培训开始日期", "培训结束日期",
];
const ways = { online: "3-网络研修", practice: "2-短期面授培训", mixed: "4-面授培训与网络研修相结合" } as const;

/** 国内培训: two title rows, a group row before each city, 合计 at the end. */
export function buildNtmsExporter(world: World): Exporter {
  const byCity = new Map<string, LearningRecord[]>();
  for (const record of world.learning.get("ntms") ?? []) {
    const city = record.school.county.cityName;
    const list = byCity.get(city) ?? [];
    list.push(record);
    byCity.set(city, list);
  }
  return {
    system: "ntms", isDue: isWeekly,
    build: (night, cut) => [{
      system: "ntms", export: "trainings", mode: "full",
      // The exporter of the ministry's system changed its format now and then, never the ending.
      format: isQuarterEnd(night) ? "spreadsheetml" : "xls",
      fileName: `国内培训${stamp(night)}.xls`,
      tables: cutSheets("国内培训", [["全国教师管理信息系统"], ["教师培训信息—国内培训"]], header, cityRows(byCity, cut)),
    }],
  };
}

const isQuarterEnd = (night: Night): boolean =>
  night.kind === "monthly" && Number(stamp(night).slice(4, 6)) % 3 === 0;

function cityRows(byCity: ReadonlyMap<string, readonly LearningRecord[]>, cut: DayNumber): Row[] {
  const rows: Row[] = [];
  let serial = 0;
  for (const [city, list] of byCity) {
    const shown = list.filter((r) => r.reportsOn <= cut && !isWithdrawn(r, cut));
    if (shown.length === 0) continue;
    rows.push(skippedRow([`${city}（${new Set(shown.map((r) => r.school)).size}所）`]));
    for (const record of shown) rows.push(trainingRow(record, cut, ++serial));
  }
  rows.push(skippedRow([
    "合计", null, null, null, null, null, null, null, null, null, null, null, serial,
  ]));
  return rows;
}

function trainingRow(r: LearningRecord, cut: DayNumber, serial: number): Row {
  const credit = toldSeconds(r, cut);
  return plainRow([
    serial, r.school.code, r.school.name, r.person.name, r.person.teacherNo, "1-居民身份证",
    r.person.idNumber,
    formatDay(r.endsOn).slice(0, 4), "20-省级", r.trainingId, "四川省教师培训中心",
    ways[r.category], formatHours(credit), "", formatDay(r.beginsOn), formatDay(r.endsOn),
  ], trainingEffect(r, { isPassed: true, creditSeconds: credit, version: 0, isFailed: false }));
}
