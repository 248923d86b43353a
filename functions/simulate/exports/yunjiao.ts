import { formatDay, formatTime } from "../calendar.ts";
import type { Night } from "../calendar.ts";
import type { World } from "../world/world.ts";
import { NewsQueue, type News } from "./delta.ts";
import { stamp } from "./registry-rolls.ts";
import { plainRow, type Exporter, type Row } from "./table.ts";
import { trainingEffect } from "./training-effect.ts";

const header = [
  "序号", "课堂编号", "课堂类型", "授课学校", "听课学校标识码", "教师编号", "身份证号", "签到时间", "签退时间", "时长(分钟)", "是否合格",
];

/** Attendance of 四川云教; the platform falls silent for the last ten nights. */
export function buildYunjiaoExporter(world: World): Exporter {
  const queue = new NewsQueue(world.learning.get("yunjiao") ?? []);
  return {
    system: "yunjiao",
    isDue: (night: Night) => night.index < 4,
    build: (night, cut) => {
      const rows = queue.takeUntil(cut).filter((n) => n.what === "new").map(sessionRow);
      return rows.length === 0 ? [] : [{
        system: "yunjiao", export: "sessions", mode: "delta", format: "csv utf-8-bom",
        fileName: `听课记录${stamp(night)}.csv`, tables: [{ sheet: "", titles: [], header, rows }],
      }];
    },
  };
}

function sessionRow({ record: r }: News, i: number): Row {
  const minutes = r.creditSeconds / 60;
  const isPassed = r.verdict === "passed" && r.serial % 29 !== 0;
  return plainRow([
    String(i + 1), r.trainingId, r.trainingName, "成都市第七中学", r.school.code, r.person.teacherNo,
    r.person.idNumber,
    `${formatDay(r.endsOn)} ${formatTime(r.endSecond)}`,
    `${formatDay(r.endsOn)} ${formatTime(r.endSecond + minutes * 60)}`,
    String(minutes), isPassed ? "是" : "否",
  ], trainingEffect(r, { isPassed, creditSeconds: r.creditSeconds, version: 0, isFailed: false }));
}
