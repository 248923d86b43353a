import { formatDay, formatTime } from "../calendar.ts";
import type { LearningRecord } from "../world/learning.ts";
import type { World } from "../world/world.ts";
import { RowCache } from "./row-cache.ts";
import { stamp } from "./registry-rolls.ts";
import { isWeekly, plainRow, type Exporter, type Row, type Table } from "./table.ts";
import {
  formatHours, isWithdrawn, recordState, toldSeconds, trainingEffect,
} from "./training-effect.ts";

const header = [
  "项目名称", "姓名", "手机号", "身份证", "单位", "课程编号", "课程名称", "学时", "已学时长（分）", "课程完成率", "完成状态", "学习开始时间",
  "学习结束时间",
];
/** A BIFF8 sheet ends at row 65,536. */
export const rowsPerSheet = 60_000;

/** Course rows of a vendor's back-end, everything it holds. */
export function buildVendorBExporter(world: World): Exporter {
  const records = world.learning.get("vendor-b") ?? [];
  const cache = new RowCache();
  return {
    system: "vendor-b", isDue: isWeekly,
    build: (night, cut) => {
      const rows = records.filter((r) => r.beginsOn <= cut && !isWithdrawn(r, cut))
        .map((r) => cache.row(r.serial, recordState(r, cut), () => courseRow(r, cut)));
      return [{
        system: "vendor-b", export: "courses", mode: "full", format: "xls",
        fileName: `课程学习明细${stamp(night)}.xls`, tables: cutSheets("明细", [], header, rows),
      }];
    },
  };
}

/** Splits rows over as many sheets as a binary workbook needs. */
export function cutSheets(
  name: string, titles: Table["titles"], heads: readonly string[], rows: readonly Row[],
): Table[] {
  const tables: Table[] = [];
  for (let i = 0; i === 0 || i < rows.length; i += rowsPerSheet) {
    tables.push({
      sheet: i === 0 ? name : `${name}${i / rowsPerSheet + 1}`, titles, header: heads,
      rows: rows.slice(i, i + rowsPerSheet),
    });
  }
  return tables;
}

function courseRow(r: LearningRecord, cut: number): Row {
  const isPassed = r.endsOn <= cut;
  const credit = toldSeconds(r, cut);
  return plainRow([
    r.project, r.person.name, r.person.phone, r.person.idNumber, r.school.name, r.trainingId,
    r.trainingName,
    Number(formatHours(credit)), Math.round(credit / (
      isPassed ? 50 : 110
    )), isPassed ? "100%" : "45%",
    isPassed ? "已完成" : "学习中", `${formatDay(r.beginsOn)} 08:30:00`,
    isPassed ? `${formatDay(r.endsOn)} ${formatTime(r.endSecond)}` : "",
  ], trainingEffect(r, { isPassed, creditSeconds: credit, version: 0, isFailed: false }));
}
