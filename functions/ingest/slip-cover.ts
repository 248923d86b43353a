import type { FileStatus } from "../shared/ledger.ts";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { fileStatusTexts, slipTexts } from "../shared/messages/slips.ts";
import { systemNameZh } from "../shared/messages/systems.ts";
import type { Contract } from "./contracts/contract.ts";
import { describeReason } from "./slip-reason.ts";
import { buildPlainSheet, type SlipSheet, type SlipValue } from "./slip-sheet.ts";
import type { SlipStyle } from "./slip-styles.ts";

/** What the cover of a slip says of its file. */
export interface CoverFacts {
  readonly system: string;
  /** Undefined where no contract fitted. */
  readonly contract: Contract | undefined;
  readonly fileName: string;
  readonly sha256: string;
  readonly landingDay: string;
  readonly knownOn: string;
  readonly status: FileStatus;
  /** Of a refused or held file: one Chinese sentence. */
  readonly reasonZh: string | null;
  /** Null where nothing of the file was read. */
  readonly counts: CoverCounts | null;
  readonly reasons: Readonly<Record<string, number>>;
  readonly columnRemarks: readonly string[];
  /** Rows of persons who match nobody; null before the night has been measured. */
  readonly rowsUnmatched: number | null;
  /** Rejected rows for which the workbook had no place. */
  readonly rowsLeftOut: number;
}
export interface CoverCounts {
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicate: number;
  readonly skipped: number;
}

const texts = slipTexts.zh;
type CoverRow = readonly { readonly value: SlipValue; readonly style: SlipStyle }[];

/** First sheet of a slip: which file, the numbers that add up, reasons, what to do. */
export function buildCover(facts: CoverFacts): SlipSheet {
  const { counts, contract } = facts;
  const isWhole = facts.status === "refused" || facts.status === "held";
  const rows: readonly CoverRow[] = [
    [{ value: texts.title, style: "title" }],
    [],
    pair(texts.status, fileStatusTexts.zh[facts.status]),
    ...(isWhole && facts.reasonZh !== null
      ? [[cell("", "plain"), cell(facts.reasonZh, "fault")]] : []),
    pair(texts.system, `${systemNameZh(facts.system)}（${facts.system}）`),
    ...(contract ? [pair(texts.export, exportNameZh(contract))] : []),
    pair(texts.fileName, facts.fileName),
    pair(texts.sha256, facts.sha256),
    pair(texts.landingDay, facts.landingDay),
    pair(texts.night, facts.knownOn),
    ...(counts ? countRows(counts, facts) : []),
    ...reasonRows(facts),
    ...remarkRows(facts),
    [],
    [{ value: texts.adviceHeading, style: "heading" }, { value: null, style: "heading" }],
    ...adviceOf(facts).map((value): CoverRow => [cell("", "plain"), cell(value, "advice")]),
    [],
    [cell("", "plain"), cell(texts.privacy, "advice")],
  ];
  return buildPlainSheet(texts.coverSheet, [24, 92, 12], rows);
}

/** The sender's own name of an export where its file pattern has one: 教师名册*.csv → 教师名册. */
export function exportNameZh(contract: Contract): string {
  const name = contract.file_pattern.replace(/\*.*$/, "");
  return name === "" ? contract.export : name;
}

function cell(value: SlipValue, style: SlipStyle): CoverRow[number] {
  return { value, style };
}
function pair(label: string, value: string): CoverRow {
  return [cell(label, "label"), cell(value, "value")];
}

function countRows(counts: CoverCounts, facts: CoverFacts): readonly CoverRow[] {
  const { rowsUnmatched, rowsLeftOut } = facts;
  const line = (label: string, value: number, says?: string): CoverRow => [
    cell(label, "label"), cell(says === undefined ? String(value) : `${value}（${says}）`, "value"),
  ];
  return [
    line(texts.rowsRead, counts.read),
    line(texts.rowsAccepted, counts.accepted),
    line(texts.rowsRejected, counts.rejected,
      rowsLeftOut > 0 ? fillMessage(texts.moreRows, { rows: rowsLeftOut }) : undefined),
    line(texts.rowsDuplicate, counts.duplicate),
    line(texts.rowsSkipped, counts.skipped, texts.skippedNote),
    pair(texts.balance, fillMessage(texts.balanceLine, { ...counts })),
    ...(rowsUnmatched === null ? [] : [line(
      texts.rowsUnmatched, rowsUnmatched, rowsUnmatched > 0 ? texts.unmatchedNote : undefined)]),
  ];
}

function reasonRows({ reasons, contract }: CoverFacts): readonly CoverRow[] {
  const sorted = Object.entries(reasons).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (sorted.length === 0 || !contract) return [];
  return [
    [],
    [cell("", "plain"), cell(texts.reasonHeading, "heading"), cell(texts.reasonRows, "heading")],
    ...sorted.map(([reason, rows]): CoverRow => [
      cell("", "plain"), cell(describeReason(reason, contract), "note"), cell(rows, "noteCount"),
    ]),
  ];
}

const remarks: readonly (readonly [string, string])[] = [
  ["added column: ", texts.addedColumn],
  ["missing optional column: ", texts.missingColumn],
  ["contract by header: ", texts.contractByHeader],
  ["sheet without header: ", texts.sheetWithoutHeader],
];

function remarkRows({ columnRemarks }: CoverFacts): readonly CoverRow[] {
  if (columnRemarks.length === 0) return [];
  const sentences = columnRemarks.map((remark) => {
    const known = remarks.find(([start]) => remark.startsWith(start));
    return known ? fillMessage(known[1], { column: remark.slice(known[0].length) }) : remark;
  });
  return [
    [],
    ...sentences.map((value, i): CoverRow =>
      [cell(i === 0 ? texts.remarkHeading : "", "label"), cell(value, "value")]),
  ];
}

function adviceOf({ status, contract, counts, rowsUnmatched }: CoverFacts): readonly string[] {
  if (status === "refused") return [texts.adviceRefused];
  return [
    ...(status === "held" ? [texts.adviceHeld] : []),
    ...(counts && counts.rejected > 0 ? [
      texts.adviceLook, contract?.mode === "full" ? texts.adviceFull : texts.adviceDelta,
      texts.adviceDigits,
    ] : []),
    ...(rowsUnmatched ? [
      texts.adviceUnmatched, ...(contract?.mode === "full" ? [texts.unmatchedUnchanged] : []),
    ] : []),
  ];
}
