import { fillMessage, type Catalogue } from "./catalogue.ts";

type Key = "head" | "run" | "public" | "notPublic" | "same" | "changed" | "missing" | "figures"
  | "files" | "system" | "inputs" | "rebuild";

/** Texts of `dudao explain card`. */
export const originTexts: Catalogue<Key> = {
  zh: {
    head: "记分卡 {card}：{area}，截至 {day}",
    run: "运行 {run}（{state}），{versions}",
    public: "当前公开", notPublic: "不是当前公开的运行",
    same: "PDF 与发布时一致，SHA-256 {sha256}",
    changed: "PDF 与发布的不一致：{sha256} / {published}",
    missing: "没有保存该地区的 PDF",
    figures: "卡上指标出自该运行的 {count} 项指标，例如：",
    files: "依据 {files} 个文件、{nights} 个夜间任务：",
    system: "{system}：{files} 个文件，接受 {rows} 行，最近 {day}",
    inputs: "清单列出 {count} 项输入及其 SHA-256（--json 全部列出）",
    rebuild: "逐字节重建核对：npx dudao rebuild {run}",
  },
  en: {
    head: "scorecard {card}: {area}, as of {day}",
    run: "run {run} ({state}), {versions}",
    public: "the public one", notPublic: "not the public run",
    same: "the PDF is as published, SHA-256 {sha256}",
    changed: "the PDF is not the published one: {sha256} / {published}",
    missing: "no PDF of the area is stored",
    figures: "its figures are among {count} of the run, for instance:",
    files: "it rests on {files} files of {nights} nights:",
    system: "{system}: {files} files, {rows} rows accepted, newest {day}",
    inputs: "the manifest names {count} inputs with their SHA-256 (--json has all)",
    rebuild: "to make it again, byte for byte: npx dudao rebuild {run}",
  },
};

/** A text of `dudao explain card` in Chinese. */
export function sayOrigin(
  key: Key, values: Readonly<Record<string, string | number>> = {},
): string {
  return fillMessage(originTexts.zh[key], values);
}
