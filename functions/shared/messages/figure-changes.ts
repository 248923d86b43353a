import { fillMessage, type Catalogue } from "./catalogue.ts";

type Key = "unchanged" | "members" | "more" | "none" | "fromFile" | "fromExport" | "gone"
  | "noFile" | "record" | "unknownYet" | "notAsked" | "wasNone" | "isNone";

/** Texts of `dudao diff`. */
export const changeTexts: Catalogue<Key> = {
  zh: {
    unchanged: "{area}：{from} 与 {to} 之间没有指标变化",
    members: "变动的{kind} {count} 个，合计与指标的变化一致：",
    more: "…另有 {count} 个，全部见 --json",
    none: "—",
    fromFile: "{system} {day} {file}：{rows} 行",
    fromExport: "{system} {day} 的全量数据：{rows} 行",
    gone: "（其中 {rows} 行是记录撤回）",
    noFile: "没有新文件：日期推移，或此前的规则到期生效",
    record: "{system} {training} {hours}：{before} → {after}",
    unknownYet: "尚不知道",
    notAsked: "（成员见 --figure {figure}）",
    wasNone: "此前不在本地区",
    isNone: "此后不在本地区",
  },
  en: {
    unchanged: "{area}: no figure moved between {from} and {to}",
    members: "{count} {kind} moved, which add up to the change of the figure:",
    more: "… {count} more, all of them with --json",
    none: "—",
    fromFile: "{system} {day} {file}: {rows} rows",
    fromExport: "the full export of {system} of {day}: {rows} rows",
    gone: " ({rows} of them records that are gone)",
    noFile: "no new file: a day passed, or a rule came into force",
    record: "{system} {training} {hours}: {before} → {after}",
    unknownYet: "not known yet",
    notAsked: "(members with --figure {figure})",
    wasNone: "was none of the area before",
    isNone: "is none of the area any more",
  },
};

export const memberKinds: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  teacher: { zh: "教师", en: "teachers" }, county: { zh: "县", en: "counties" },
  school: { zh: "学校", en: "schools" }, record: { zh: "记录", en: "records" },
};

/** A text of `dudao diff` in Chinese. */
export function sayChange(
  key: Key, values: Readonly<Record<string, string | number>> = {},
): string {
  return fillMessage(changeTexts.zh[key], values);
}
