import type { FieldKind } from "../contracts/contract.ts";
import { cellText, compactText } from "../judge/normalise-cell.ts";
import { buildFieldParser } from "../judge/parse-field.ts";
import { parseIdNumber } from "../judge/parse-identity.ts";
import type { JudgeSeeds } from "../judge/seeds.ts";
import { Tokens } from "../judge/tokens.ts";
import type { RawCell } from "../raw.ts";

/** Headers of real exports and the kind that stands below them; the first that fits. */
const byHeader: readonly (readonly [RegExp, FieldKind])[] = [
  [/(?:类型|类别|种类|方式|状态|结果|结论|层级)$/, "list"],
  [/身份证|证件号|idcard|id_?number/i, "id_number"],
  [/(?:教师|学员|职工|人员)(?:编号|工号|号)|^工号$|teacher_?(?:no|id)/i, "teacher_no"],
  [/学校(?:标识码|代码|编码)|school_?code/i, "school_code"],
  [/(?:行政区划|区划|地区)(?:代码|编码|码)|county_?(?:code|id)/i, "area"],
  [/学时|学分|credit|hours?$/i, "credit"],
  [/(?:时长|分钟)|minutes/i, "minutes"],
  [/^是否|^(?:is|has)[_A-Z]/, "yes_no"],
  [/日期|时间|date|time|(?:_|[a-z])(?:on|at)$/i, "instant"],
  [/能力点/, "ability"],
  [/邮箱|e-?mail/i, "email"],
  [/得分|分数|成绩|score/i, "score"],
  [/年度|^year$/i, "year"],
  [/编号|编码|代码|单号|(?:^|[_a-z])(?:id|code|no)$/i, "identifier"],
];

/** Kinds that values alone can tell, narrowest first. */
const byValues: readonly FieldKind[] = [
  "uuid", "id_number", "school_code", "email", "ability", "yes_no", "area", "instant",
];

/** Values of a column that are tried. */
const TRIED = 500;
/** Share of the rows that must be readable: exports are dirty, and a header is a witness. */
const READABLE = 0.8;
const READABLE_AS_NAMED = 0.5;

/** A value as found, and how often. */
export interface CountedCell {
  readonly cell: RawCell;
  n: number;
}

/**
 * Guess of the kind (rows.md) of a column from its header and the values below it: a kind that its
 * header names holds if most values can be read so; then kinds that values alone tell; a column of
 * few values is a list; all else is text.
 */
export function guessKind(
  header: string, cells: readonly CountedCell[],
  { seeds, isListLike }: { readonly seeds: JudgeSeeds; readonly isListLike: boolean },
): FieldKind {
  const tried = cells.slice(0, TRIED);
  const named = byHeader.find(([form]) => form.test(header))?.[1];
  if (named === "list") return isListLike ? "list" : "text";
  // Persons are told by their column however dirty it is.
  if (named === "id_number" || named === "teacher_no") return named;
  if (named && (tried.length === 0 || isReadable(named, tried, READABLE_AS_NAMED, seeds))) {
    return named;
  }
  const told = tried.length === 0
    ? undefined : byValues.find((kind) => isReadable(kind, tried, READABLE, seeds));
  if (told) return told;
  const isList = isListLike && named === undefined && tried.length > 1
    && !/名称|名字|title|name/i.test(header) && tried.every(({ cell }) => isWord(cell));
  return isList ? "list" : "text";
}

function isReadable(
  kind: FieldKind, cells: readonly CountedCell[], share: number, seeds: JudgeSeeds,
): boolean {
  const isGood = kind === "id_number" ? isIdNumber : parserOf(kind, seeds);
  let nGood = 0;
  let nAll = 0;
  for (const { cell, n } of cells) {
    nAll += n;
    if (isGood(cell)) nGood += n;
  }
  return nGood > 0 && nGood >= nAll * share;
}

function isIdNumber(cell: RawCell): boolean {
  return parseIdNumber(compactText(cellText(cell)), false).fault !== "invalid";
}

function parserOf(kind: FieldKind, seeds: JudgeSeeds): (cell: RawCell) => boolean {
  const parse = buildFieldParser({ header: "", field: "tried", kind }, {
    // Nothing of the parsed values is kept: any key does.
    tokens: new Tokens(Buffer.alloc(32)), seeds, is1904: false, landingDay: Infinity,
  });
  return (cell) => {
    const { fault } = parse(cell, cellText(cell));
    return fault === null || fault === "ruined";
  };
}

/** A short text that is no number. */
function isWord(cell: RawCell): boolean {
  const text = cellText(cell);
  return text.length <= 12 && !/^[-\d.,%]+$/.test(text);
}
