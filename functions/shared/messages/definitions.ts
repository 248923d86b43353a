import type { FigureCode } from "../figures.ts";
import { figureNames } from "./figure-names.ts";

export interface Definition {
  readonly n: string;
  readonly d?: string;
}

type Unit = (typeof figureNames)[FigureCode]["unit"];

/** Numerator and denominator of the figures that the pages show, in words (figures.md). */
export const definitionTexts: Readonly<
  Record<"zh" | "en", Readonly<Partial<Record<FigureCode, Definition>>>>
> = {
  zh: {
    R1: { n: "已启动的县：启动登记已通过，且有足够教师（20 名，教师不足 40 名的县为半数）取得学时", d: "全部县（市、区）" },
    R2: { n: "启动登记已通过且启动日期已到的县", d: "全部县（市、区）" },
    gate_20: { n: "已启动的县", d: "全部县；目标为 20%，期限 2020 年底" },
    gate_60: { n: "已启动的县", d: "全部县；目标为 60%，期限 2021 年底" },
    gate_100: { n: "已启动的县", d: "全部县；目标为全部，期限 2022 年底" },
    gate_completion: { n: "学时进度与应达进度相比：启动日到今天占启动日到 2022 年底的比例" },
    expected_H3: { n: "启动日到今天的天数", d: "启动日到 2022 年底的天数" },
    H1: { n: "取得任何学时的教师", d: "在职教师" },
    H2: { n: "线上满 20 学时且实践满 30 学时的教师", d: "在职教师" },
    H3: { n: "教师已修学时之和，线上至多计 20、实践至多计 30", d: "在职教师 × 50 学时" },
    H5_online: { n: "全体教师距线上 20 学时还缺的学时之和" },
    H5_practice: { n: "全体教师距实践 30 学时还缺的学时之和" },
    gap_H3: { n: "该群体的学时进度减去同一地区其他教师的学时进度，以百分点计" },
    A4: { n: "学时达标且能力点测评通过的教师", d: "在职教师" },
    E2: { n: "近 180 天作为听课学校有合格课堂记录的村小、教学点", d: "在办的村小、教学点" },
    D_reported: { n: "有教师学习记录的县", d: "全部县（市、区）" },
    D_systems: { n: "所有导出都按时到达的系统", d: "全部系统" },
    I_any: { n: "学时记录存疑的教师", d: "在职教师" },
  },
  en: {
    R1: { n: "counties started: registration passed and enough teachers with credit (20, or half in a county below 40)", d: "all counties" },
    R2: { n: "counties whose registration has passed and whose day has come", d: "all counties" },
    gate_20: { n: "counties started", d: "all counties; the gate is 20 % by the end of 2020" },
    gate_60: { n: "counties started", d: "all counties; the gate is 60 % by the end of 2021" },
    gate_100: { n: "counties started", d: "all counties; the gate is all by the end of 2022" },
    gate_completion: { n: "progress of hours against the part of the time from the start to the end of 2022 that has passed" },
    expected_H3: { n: "days since the start", d: "days from the start to the end of 2022" },
    H1: { n: "teachers with any credit", d: "teachers in post" },
    H2: { n: "teachers with 20 hours online and 30 of practice", d: "teachers in post" },
    H3: { n: "hours of all teachers, at most 20 online and 30 of practice each", d: "teachers in post × 50 hours" },
    H5_online: { n: "hours that all teachers together lack of 20 online" },
    H5_practice: { n: "hours that all teachers together lack of 30 of practice" },
    gap_H3: { n: "progress of the group less that of the other teachers of the area, in points" },
    A4: { n: "teachers with their hours and their ability points passed", d: "teachers in post" },
    E2: { n: "village schools with a passed session in 180 days", d: "village schools in operation" },
    D_reported: { n: "counties with learning records of their teachers", d: "all counties" },
    D_systems: { n: "systems whose exports all arrived in time", d: "all systems" },
    I_any: { n: "teachers with a flagged record", d: "teachers in post" },
  },
};

export const unitTexts: Readonly<Record<"zh" | "en", Readonly<Partial<Record<Unit, string>>>>> = {
  zh: {
    share: "比例", count: "县数", "counties per day": "县/天", persons: "人", seconds: "学时（45 分钟）",
    points: "百分点", days: "天", index: "指数", part: "分项", rank: "位次", counties: "县",
  },
  en: { seconds: "hours of 45 minutes", points: "percentage points", count: "counties" },
};
