import { formatDay, formatTime } from "../calendar.ts";
import type { World } from "../world/world.ts";
import { NewsQueue, type News } from "./delta.ts";
import { stamp } from "./registry-rolls.ts";
import { isDaily, plainRow, type Exporter, type Row } from "./table.ts";
import { formatHours, toldSeconds, trainingEffect } from "./training-effect.ts";

const keys = [
  "employeeName", "idCard", "unitName", "countyId", "trainId", "trainName", "trainUnitName",
  "trainBeginDate", "trainEndDate", "creditHour", "category", "status", "updatedAt",
];

/** API dump of what changed; a revoked credit is a newer version with status `revoked`. */
export function buildCreditExporter(world: World): Exporter {
  const queue = new NewsQueue(world.learning.get("credit") ?? []);
  return {
    system: "credit", isDue: isDaily,
    build: (night, cut) => {
      const rows = queue.takeUntil(cut).map(creditRow);
      // The platform writes no file when nothing changed.
      return rows.length === 0 ? [] : [{
        system: "credit", export: "credits", mode: "delta", format: "json",
        fileName: `credits-${stamp(night)}.json`,
        tables: [{ sheet: "", titles: [], header: keys, rows }],
      }];
    },
  };
}

function creditRow({ on, record: r, what }: News): Row {
  const credit = toldSeconds(r, on);
  const isPassed = what !== "withdrawn";
  return plainRow([
    r.person.name, r.person.idNumber, r.school.name, r.school.county.code, r.trainingId,
    r.trainingName,
    "四川省教师继续教育中心", formatDay(r.beginsOn), formatDay(r.endsOn), Number(formatHours(credit)),
    r.category, isPassed ? "valid" : "revoked", `${formatDay(on)}T${formatTime(r.endSecond)}+08:00`,
  ], trainingEffect(r, { isPassed, creditSeconds: credit, version: on, isFailed: false }));
}
