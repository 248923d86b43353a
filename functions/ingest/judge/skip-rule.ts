import type { SkipReason } from "./verdict.ts";

// 合计, 总计 or 小计, alone or followed by a colon, a bracket or a digit.
const totalForm = /^(?:合计|总计|小计)(?:$|[:(\d])/;

/**
 * Why a row is no record, or undefined where it is one (rows.md, *Rows that are no records*).
 * `texts` are normalised cells, '' where empty; `header` the compared texts of the columns.
 */
export function findSkipReason(
  texts: readonly string[], header: readonly string[], nColumns: number,
): SkipReason | undefined {
  let nFilled = 0;
  let first = "";
  let nEqual = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] as string;
    if (text === "") continue;
    if (nFilled++ === 0) first = text;
    const title = header[i];
    if (title !== undefined && title !== "" && isHeaderText(text, title)) nEqual++;
  }
  if (nFilled === 0) return "empty";
  if (nEqual * 5 >= nFilled * 4) return "repeated_header";
  if (nFilled === 1 && nColumns >= 4) return "group";
  return isTotalText(first) ? "total" : undefined;
}

/** Whether a row that begins with this text sums up others. */
export function isTotalText(text: string): boolean {
  const c = text.charCodeAt(0);
  return (c === 0x5408 || c === 0x603b || c === 0x5c0f) && totalForm.test(text);
}

/** Whether a cell repeats the title of its column, spaces aside. */
export function isHeaderText(text: string, title: string): boolean {
  if (text === title) return true;
  // A header cell may hold spaces that the compared text has lost.
  return text.length > title.length && text.charCodeAt(0) === title.charCodeAt(0)
    && text.replaceAll(" ", "") === title;
}
