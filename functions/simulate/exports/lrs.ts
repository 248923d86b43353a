import { createHash } from "node:crypto";
import { formatDay, formatTime } from "../calendar.ts";
import type { VoidPayload } from "../truth/payloads.ts";
import type { LearningRecord } from "../world/learning.ts";
import type { Person } from "../world/people.ts";
import type { Teacher } from "../world/roll.ts";
import type { World } from "../world/world.ts";
import { NewsQueue, type News } from "./delta.ts";
import { stamp } from "./registry-rolls.ts";
import { isDaily, plainRow, type Exporter, type Row } from "./table.ts";
import { trainingEffect } from "./training-effect.ts";

export const lrsPlatform = "https://lrs.yunyanxiu.example";
const registryHomePage = "https://registry.scdx.example";

const keys = [
  "id", "timestamp", "stored", "actor.account.homePage", "actor.account.name", "verb.id",
  "object.id", "object.definition.name.zh-CN", "result.completion", "result.success",
  "result.duration", "context.platform", "object.objectType", "actor.objectType",
];

/** Whether the learning record store knows a teacher by a platform account. */
export const usesAccount = (teacher: Teacher): boolean => teacher.index % 2 === 0;
export const lrsAccount = (person: Person): string => `yx${person.teacherNo.slice(2)}`;

/** xAPI statements, voiding ones among them. */
export function buildLrsExporter(world: World): Exporter {
  const queue = new NewsQueue(world.learning.get("lrs") ?? []);
  return {
    system: "lrs", isDue: isDaily,
    build: (night, cut) => {
      const rows = queue.takeUntil(cut).flatMap((news) => statementRows(world, news));
      return rows.length === 0 ? [] : [{
        system: "lrs", export: "statements", mode: "delta", format: "ndjson",
        fileName: `statements-${stamp(night)}.ndjson`,
        tables: [{ sheet: "", titles: [], header: keys, rows }],
      }];
    },
  };
}

function statementRows(world: World, { on, record: r, what }: News): Row[] {
  if (what === "corrected") return [];
  if (what === "withdrawn") return [voidingRow(world, r, on)];
  const byAccount = r.teacher === null || usesAccount(r.teacher);
  const at = `${formatDay(r.endsOn)}T${formatTime(r.endSecond)}`;
  const hours = Math.floor(r.creditSeconds / 3600);
  const minutes = Math.floor(r.creditSeconds / 60) % 60;
  return [plainRow([
    statementId(world, r, "done"), `${at}.250+08:00`, `${at}.900+08:00`,
    byAccount ? lrsPlatform : registryHomePage,
    byAccount ? lrsAccount(r.person) : r.person.teacherNo,
    "http://adlnet.gov/expapi/verbs/completed", r.trainingId, r.trainingName, true, true,
    `PT${hours}H${minutes > 0 ? `${minutes}M` : ""}`, "Web", "Activity", "Agent",
  ], trainingEffect(
    r, { isPassed: true, creditSeconds: r.creditSeconds, version: 0, isFailed: false }
  ))];
}

function voidingRow(world: World, r: LearningRecord, on: number): Row {
  const payload: VoidPayload = { kind: "void", targetKey: `lrs/${r.serial}` };
  const at = `${formatDay(on)}T09:00:00+08:00`;
  return plainRow([
    statementId(world, r, "void"), at, at, registryHomePage, "lrs-admin",
    "http://adlnet.gov/expapi/verbs/voided", statementId(world, r, "done"),
    null, null, null, null, null,
    "StatementRef", "Agent",
  ], { key: `void/${r.serial}`, scope: "", payload, story: "record_withdrawn" });
}

/** UUID of version 4's shape, made from seed and record. */
function statementId(world: World, r: LearningRecord, what: string): string {
  const hex = createHash("sha256").update(`${world.seed}/${r.serial}/${what}`).digest("hex");
  const [a, b, c, d, e] = [[0, 8], [8, 12], [13, 16], [17, 20], [20, 32]]
    .map(([from, to]) => hex.slice(from, to));
  return `${a}-${b}-4${c}-8${d}-${e}`;
}
