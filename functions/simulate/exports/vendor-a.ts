import { formatDay, formatTime } from "../calendar.ts";
import type { LearningRecord } from "../world/learning.ts";
import type { World } from "../world/world.ts";
import { RowCache } from "./row-cache.ts";
import { stamp } from "./registry-rolls.ts";
import { isDaily, plainRow, type Exporter, type Row, type Table } from "./table.ts";
import {
  formatHours, isWithdrawn, recordState, toldSeconds, trainingEffect,
} from "./training-effect.ts";

const header = [
  "项目名称", "班级", "姓名", "账号", "身份证号", "市", "区县", "学校", "课程编号", "课程名称", "课程进度(%)", "观看时长(分钟)", "认定学时",
  "是否合格", "最近学习时间",
];

/** Cumulative progress of everyone, one sheet a county. */
export function buildVendorAExporter(world: World): Exporter {
  const records = world.learning.get("vendor-a") ?? [];
  const byCounty = new Map<string, LearningRecord[]>();
  for (const record of records) {
    const list = byCounty.get(record.school.county.code) ?? [];
    list.push(record);
    byCounty.set(record.school.county.code, list);
  }
  const cache = new RowCache();
  return {
    system: "vendor-a", isDue: isDaily,
    build: (night, cut) => {
      const tables: Table[] = [];
      for (const [code, list] of byCounty) {
        const rows = list.filter((r) => r.beginsOn <= cut && !isWithdrawn(r, cut))
          .map((r) => cache.row(r.serial, recordState(r, cut), () => courseRow(r, cut)));
        if (rows.length === 0) continue;
        const name = list[0]!.school.county.name;
        tables.push({ sheet: `${code}${name}`, titles: [[`${name}学习进度统计表`]], header, rows });
      }
      if (
        tables.length === 0
      ) tables.push({ sheet: "Sheet1", titles: [["学习进度统计表"]], header, rows: [] });
      return [{
        system: "vendor-a", export: "courses", mode: "full", format: "xlsx",
        fileName: `学习数据${stamp(night)}.xlsx`, tables,
      }];
    },
  };
}

function courseRow(r: LearningRecord, cut: number): Row {
  const isPassed = r.endsOn <= cut;
  const credit = toldSeconds(r, cut);
  const minutes = Math.round(credit / 60);
  const last = isPassed
    ? `${formatDay(r.endsOn).replaceAll("-", ".")} ${formatTime(r.endSecond).slice(0, 5)}`
    : `${formatDay(r.beginsOn).replaceAll("-", ".")} 20:15`;
  return plainRow([
    r.project, `${r.school.county.name}${(r.serial % 3) + 1}班`, r.person.name,
    `va${r.person.teacherNo}`,
    r.person.idNumber, r.school.county.cityName, r.school.county.name, r.school.name, r.trainingId,
    r.trainingName,
    isPassed ? 100 : 40, isPassed ? minutes : Math.round(minutes * 0.4),
    isPassed ? Number(formatHours(credit)) : 0, isPassed ? "是" : "否", last,
  ], trainingEffect(
    r, { isPassed, creditSeconds: isPassed ? credit : 0, version: 0, isFailed: false }
  ));
}
