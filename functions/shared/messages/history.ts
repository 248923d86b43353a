import type { Catalogue } from "./catalogue.ts";

type Key = "heading" | "note" | "asToday" | "asThen" | "title" | "desc" | "descThen" | "none"
  | "colDay" | "colToday" | "colThen" | "different";

/** Texts of a figure's history in both readings (metrics.md, *Two clocks*). */
export const historyTexts: Catalogue<Key> = {
  zh: {
    heading: "学时进度的历史：按今天所知与按当时所知",
    note: "线为按今天所知（迟到和更正的数据算在培训发生的那天）；点为当天夜间任务保存的数值。两者之差是后来才知道的部分。",
    asToday: "按今天所知", asThen: "按当时所知",
    title: "学时进度的历史",
    desc: "按今天所知：{from} {first}，{to} {last}。",
    descThen: "按当时所知：{count} 天，{from} {first}，{to} {last}。",
    none: "还没有可画的数据。",
    colDay: "日期", colToday: "按今天所知", colThen: "按当时所知",
    different: "与今天所知不同的有 {count} 天，最多相差 {points} 个百分点（{day}）。",
  },
  en: {
    heading: "History of progress: as known today and as known then",
    note: "The line is what is known today (late and corrected data counts on the day of the training); dots are what the night of that day stored. What lies between them became known later.",
    asToday: "as known today", asThen: "as known then",
    title: "History of progress",
    desc: "As known asToday: {from} {first}, {to} {last}. ",
    descThen: "As known asThen: {count} days, {from} {first}, {to} {last}. ",
    none: "Nothing to draw yet.",
    colDay: "Day", colToday: "As known today", colThen: "As known then",
    different: "{count} days differ from what is known today, at most by {points} percentage points ({day}).",
  },
};
