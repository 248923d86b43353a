import { formatHours } from "../number-format.ts";

/** What became of a record (figures.md, *Credit rows*). */
export const outcomeTexts: Readonly<Record<"zh" | "en", Readonly<Record<string, string>>>> = {
  zh: {
    superseded: "已有更新版本", retracted: "已撤回", not_due: "日期未到", out_of_period: "不在实施期内",
    not_passed: "未合格", unmatched: "查无此人", contradicted: "原始记录判为不合格",
    cross_system_duplicate: "其他系统已计", credited: "已计入",
  },
  en: {
    superseded: "a newer version counts", retracted: "withdrawn", not_due: "not due yet",
    out_of_period: "outside the programme", not_passed: "not passed", unmatched: "matches nobody",
    contradicted: "the original says failed", cross_system_duplicate: "counted from another system",
    credited: "counted",
  },
};

const standingTexts = {
  counted: "计入分母（在职，学校在办）",
  off_roll: "不计入分母：不在最新的教师名册上",
  not_in_post: "不计入分母：在岗状态不是在职",
  school_unknown: "不计入分母：学校不在学校名册上",
  school_closed: "不计入分母：学校未在办或已撤并",
} as const;

/** One line in Chinese: does the teacher count, is the training complete and why (not). */
export function sayTeacher({ explanation: t, standing }: {
  readonly standing: keyof typeof standingTexts;
  readonly explanation: {
    readonly teacher_no: string; readonly online_seconds: number;
    readonly practice_seconds: number; readonly complete: boolean;
    readonly completed_on: string | null; readonly capable: boolean; readonly qualified: boolean;
    readonly short_online_seconds: number; readonly short_practice_seconds: number;
  };
}): string {
  const hours = (seconds: number): string => `${formatHours(seconds)} 学时`;
  const missing = [
    ...(t.short_online_seconds > 0 ? [`线上 ${hours(t.short_online_seconds)}`] : []),
    ...(t.short_practice_seconds > 0 ? [`实践 ${hours(t.short_practice_seconds)}`] : []),
  ].join("、");
  const completion = t.complete
    ? `学时已达标${t.completed_on === null ? "" : `（${t.completed_on}）`}`
    : `学时未达标，尚缺${missing}`;
  const ability = t.qualified ? "能力点测评通过，合格"
    : t.capable ? "能力点测评通过" : "能力点测评未通过";
  return `${t.teacher_no} ${standingTexts[standing]}；线上 ${hours(t.online_seconds)}，` +
    `实践 ${hours(t.practice_seconds)}；${completion}；${ability}`;
}
