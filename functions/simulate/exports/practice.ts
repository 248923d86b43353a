import { formatDay, formatTime, type DayNumber, type Night } from "../calendar.ts";
import { buildRandom } from "../random.ts";
import type { World } from "../world/world.ts";
import { NewsQueue, type News } from "./delta.ts";
import { isWeekly, plainRow, type DraftFile, type Exporter, type Row } from "./table.ts";
import { formatHours, toldSeconds, trainingEffect } from "./training-effect.ts";

const header = [
  "县（市、区）", "学校名称", "学校标识码", "教师姓名", "教师编号", "身份证号", "环境", "能力点编号", "实践类型", "实践任务", "提交时间",
  "校级测评结果", "县级复核结果", "实践学时",
];
const environments: Readonly<Record<string, string>> = { A: "多媒体教学环境", B: "混合学习环境", C: "智慧学习环境" };

/** Sheets typed by the county offices: one file a county and week, not every county each week. */
export function buildPracticeExporter(world: World): Exporter {
  const queue = new NewsQueue(world.learning.get("practice") ?? []);
  const random = buildRandom(world.seed, "practice-offices");
  const waiting = new Map<string, News[]>();
  return {
    system: "practice", isDue: isWeekly,
    build: (night, cut) => {
      for (const news of queue.takeUntil(cut)) {
        if (news.what === "withdrawn") continue;
        const code = news.record.school.county.code;
        const list = waiting.get(code) ?? [];
        list.push(news);
        waiting.set(code, list);
      }
      const files: DraftFile[] = [];
      for (const code of [...waiting.keys()].sort()) {
        if (random.chance(0.5)) continue;
        const news = waiting.get(code)!;
        waiting.delete(code);
        files.push({
          system: "practice", export: "tasks", mode: "delta", format: "csv gb18030",
          fileName: `${news[0]!.record.school.county.name}_${code}_${weekOf(night)}.csv`,
          tables: [{ sheet: "", titles: [], header, rows: news.map(taskRow) }],
        });
      }
      return files;
    },
  };
}

/** ISO week, `2021W50`. */
function weekOf(night: Night): string {
  const thursday: DayNumber = night.day - ((night.day + 3) % 7) + 3;
  const year = formatDay(thursday).slice(0, 4);
  const first = Date.parse(`${year}-01-01T00:00:00Z`) / 86_400_000;
  return `${year}W${String(Math.floor((thursday - first) / 7) + 1).padStart(2, "0")}`;
}

function taskRow({ on, record: r }: News): Row {
  const credit = toldSeconds(r, on);
  const school = r.verdict === "school_failed" ? "不合格" : r.verdict === "open" ? "待评" : "合格";
  const isReviewed = r.verdict === "passed" && r.serial % 5 === 0;
  const county = r.verdict === "county_failed" ? "不通过" : isReviewed ? "通过" : "未复核";
  const isFailed = school === "不合格" || county === "不通过";
  return plainRow([
    r.school.county.name, r.school.name, r.school.code, r.person.name, r.person.teacherNo,
    r.person.idNumber,
    environments[r.abilityCode[0]!]!, r.abilityCode, r.practiceKind, r.trainingId,
    `${formatDay(r.endsOn)} ${formatTime(r.endSecond)}`, school, county, formatHours(credit),
  ], trainingEffect(
    r,
    { isPassed: school === "合格" && county !== "不通过", creditSeconds: credit, version: 0, isFailed }
  ));
}
