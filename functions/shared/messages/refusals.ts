import { systemNames } from "./systems.ts";
import { fillMessage, type Catalogue, type Language } from "./catalogue.ts";

type RefusalText =
  | "empty" | "unreadable" | "unknown_export" | "header_missing" | "unclosed_quote" | "too_large"
  | "crashed" | "encrypted" | "defaultPassword" | "truncated" | "damagedArchive" | "damagedSheet"
  | "otherWorkbook" | "big5" | "noSheet" | "noText" | "textBehind" | "foreign" | "tooLargeBy" | "unknownSystem";

/** Why a file as a whole was not taken, as one sentence to its sender. */
export const refusalTexts: Catalogue<RefusalText> = {
  zh: {
    empty: "文件是空的，没有任何数据，请重新导出后报送。",
    unreadable: "文件无法读取（{detail}），请重新导出后报送。",
    unknown_export: "文件不符合“{system}”的任何一种导出，请核对文件名和表头。",
    header_missing: "前 40 行中找不到完整的表头，缺少必需的列：{columns}。",
    unclosed_quote: "第 {line} 行的引号没有闭合，其后的数据无法分行，请修正后重新报送。",
    too_large: "文件过大，超出可以处理的上限，请分批导出后报送。",
    tooLargeBy: "文件过大（上限 {detail}），请分批导出后报送。",
    crashed: "处理该文件时程序中断或超时，未读入任何数据。",
    encrypted: "文件已加密，请去掉密码后重新报送。",
    defaultPassword: "工作簿用默认密码做了保护（打开时并不提示输入），请取消保护并另存后重新报送。",
    damagedArchive: "文件内部的压缩包有误（内容重名、重叠或与目录不符），请重新导出后报送。",
    damagedSheet: "工作表内部的数据已损坏，无法完整读取，请重新导出后报送。",
    truncated: "文件不完整，可能在传输中被截断，请重新报送。",
    otherWorkbook: "不支持这种格式的文件（{detail}），请另存为 .xlsx 后重新报送。",
    big5: "文件是 Big5 编码，请另存为 UTF-8 或 GB18030 后重新报送。",
    noText: "文件内容既不是工作簿，也不是可识别编码的文本，请重新导出后报送。",
    textBehind: "JSON 数组结束之后还有多余的内容，请重新导出后报送。",
    noSheet: "工作簿中没有可读的工作表，请重新导出后报送。",
    foreign: "这不是数据文件（{detail}），请报送系统导出的表格或文本。",
    unknownSystem: "没有名为“{system}”的报送系统，请核对存放的文件夹。",
  },
  en: {
    empty: "The file holds no data; please export it again.",
    unreadable: "The file cannot be read ({detail}); please export it again.",
    unknown_export: "The file fits no export of “{system}”; please check its name and header.",
    header_missing: "No complete header in the first 40 rows; missing required columns: {columns}.",
    unclosed_quote: "A quote opened in line {line} is never closed; please correct the file.",
    too_large: "The file is too large; please export it in parts.",
    tooLargeBy: "The file is too large (limit: {detail}); please export it in parts.",
    crashed: "The program stopped or ran past its deadline on this file; nothing was taken.",
    encrypted: "The file is encrypted; please send it without a password.",
    defaultPassword:
      "The workbook is protected with the default password, which opens without asking; "
      + "please remove the protection and save it again.",
    damagedArchive: "The archive inside the file is wrong: names twice, overlaps, other sizes.",
    damagedSheet: "The data inside the workbook are damaged; please export it again.",
    truncated: "The file is incomplete, perhaps cut short in transfer; please send it again.",
    otherWorkbook: "Files of this kind ({detail}) are not read; please save it as .xlsx.",
    big5: "The file is in Big5; please save it as UTF-8 or GB18030.",
    noText: "The file is neither a workbook nor text in a known encoding; please export it again.",
    textBehind: "Something follows the end of the JSON array; please export it again.",
    noSheet: "The workbook has no readable sheet; please export it again.",
    foreign: "This is no data file ({detail}); please send the system's export.",
    unknownSystem: "There is no system “{system}”; please check the folder.",
  },
};

/** Details of the readers that deserve a sentence of their own. */
const special: readonly (readonly [RegExp, RefusalText])[] = [
  [/default password/i, "defaultPassword"],
  [/encrypt/i, "encrypted"],
  [/^archive (?:holds two|entry .* (?:overlaps|has packing|.*(?:declared|differs|other name)))/i,
    "damagedArchive"],
  [/^damaged (?:sheet|page|workbook:)|shared string|^row |^cell |^sheet |^XML (?!ends)|overlap/i,
    "damagedSheet"],
  [/truncated|ends inside|damaged|array is not closed/i, "truncated"],
  [/^neither workbook nor text/i, "noText"],
  [/follows the JSON array/i, "textBehind"],
  [/^(?:XLSB workbook|OpenDocument file)$/, "otherWorkbook"],
  [/big5/i, "big5"],
  [/without sheets|holds no workbook|no workbook stream|without a table/i, "noSheet"],
  [/^(?:PDF|PNG|JPEG|gzip|RAR|7z|RTF|ELF|xz|zstd|SQLite) file$/i, "foreign"],
];

/**
 * One sentence for people about a refused file. `word` as in rows.md, `detail` the English facts
 * behind it, `system` the folder in which the file landed.
 */
export function refusalSentence(
  word: string, detail: string, system: string, language: Language = "zh",
): string {
  const key = findKey(word, detail);
  const line = /\d+/.exec(detail)?.[0] ?? "?";
  const name = key === "unknownSystem" ? system : systemNames[system]?.[language] ?? system;
  const values = { detail: sizeDetail(detail), system: name, columns: detail, line };
  return fillMessage(refusalTexts[language][key], values);
}

function findKey(word: string, detail: string): RefusalText {
  if (word === "unreadable") {
    return special.find(([form]) => form.test(detail))?.[1] ?? "unreadable";
  }
  if (word === "unknown_export") {
    return detail.startsWith("no system") ? "unknownSystem" : "unknown_export";
  }
  if (word === "too_large" && /\d{7,} bytes/.test(detail)) return "tooLargeBy";
  return Object.hasOwn(refusalTexts.zh, word) ? word as RefusalText : "unreadable";
}

/** Bytes as MB: nobody reads nine digits. */
function sizeDetail(detail: string): string {
  const bytes = /(\d{7,}) bytes/.exec(detail)?.[1];
  return bytes === undefined ? detail : `${Math.ceil(Number(bytes) / 1e6)} MB`;
}
