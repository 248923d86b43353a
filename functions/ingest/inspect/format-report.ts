import { refusalSentence } from "../../shared/messages/refusals.ts";
import { inspectTexts, kindNamesZh } from "../../shared/messages/inspect.ts";
import { translatorOf, type Language, type Translate } from "../../shared/messages/catalogue.ts";
import { rowReasonZh } from "../../shared/messages/row-reasons.ts";
import type { Contract } from "../contracts/contract.ts";
import type { ColumnProfile, FileStudy, SheetInspection } from "./inspection.ts";
import { findNearest } from "./try-contract.ts";

type Say = Translate<keyof typeof inspectTexts.zh>;

export interface ReportRequest {
  readonly name: string;
  readonly sizeBytes: number;
  readonly study: FileStudy;
  readonly contracts: readonly Contract[];
  readonly language: Language;
}

/** The report of a file for people, one string a line. No personal value stands in it whole. */
export function formatReport(request: ReportRequest): readonly string[] {
  const { study, language } = request;
  const { inspection, profiles } = study;
  const say = translatorOf(inspectTexts, language);
  const lines = [
    say("file", { name: request.name, bytes: request.sizeBytes }),
    say("format", { format: inspection.format }),
    say("encoding", { encoding: inspection.encoding ?? say("noEncoding") }),
  ];
  if (inspection.refused !== null) {
    lines.push(say("refused", { reason: refusalText(inspection.refused, language) }));
  }
  for (const sheet of inspection.sheets) {
    lines.push("", sheetLine(sheet, say));
    const profile = profiles.find((p) => p.sheet === sheet.name);
    if (!profile || profile.columns.length === 0) continue;
    lines.push(say("columns", { rows: profile.nData }));
    for (const column of profile.columns) lines.push(...columnLines(column, say, language));
  }
  if (inspection.xapi) lines.push("", say("xapi", inspection.xapi));
  lines.push("", ...contractLines(request, say));
  return lines;
}

/** A refusal (`word: fact`) as one sentence. */
export function refusalText(refused: string, language: Language): string {
  const [, word = "", detail = ""] = /^([a-z_]+): ?(.*)$/s.exec(refused) ?? [];
  const say = translatorOf(inspectTexts, language);
  if (word === "crashed") return say(detail.startsWith("past") ? "tooSlow" : "ended");
  if (word === "too_large" && detail.startsWith("needs")) return say("tooMuchMemory");
  return refusalSentence(word, detail, "", language);
}

function sheetLine(sheet: SheetInspection, say: Say): string {
  const values = {
    name: sheet.name || say("noName"), rows: sheet.n_rows, columns: sheet.n_columns,
  };
  return sheet.header_row === null
    ? say("noHeader", values) : say("sheet", { ...values, header: sheet.header_row });
}

function columnLines(column: ColumnProfile, say: Say, language: Language): readonly string[] {
  const n = column.nValues + column.nEmpty;
  const line = say("column", {
    header: column.header,
    kind: language === "zh" ? kindNamesZh[column.kind] ?? column.kind : column.kind,
    empty: n === 0 ? "0 %" : `${Math.round((column.nEmpty * 100) / n)} %`,
    distinct: column.isDistinctCut ? say("cut", { n: column.nDistinct }) : column.nDistinct,
    personal: column.isPersonal ? say("personal") : "",
  });
  if (column.examples.length === 0) return [line];
  return [line, say("examples", { examples: column.examples.join(" · ") })];
}

function contractLines(
  { study, contracts, language }: ReportRequest, say: Say,
): readonly string[] {
  const headers = study.profiles.flatMap((p) => p.columns.map((c) => c.header));
  const fit = findNearest(contracts, headers.length > 0
    ? headers : study.inspection.sheets.flatMap((s) => s.columns));
  if (!fit) return [say("noNearest")];
  const list = (columns: readonly string[]): string => columns.join("、") || say("none");
  const { contract, matched, missing, added } = fit;
  return [
    say("nearest", {
      contract: `${contract.system}/${contract.export}`,
      matched: matched.length, all: contract.fields.length,
    }),
    say("matched", { columns: list(matched) }),
    say("missing", { columns: list(missing) }),
    say("added", { columns: list(added) }),
    ...trialLines(study, say, language),
  ];
}

function trialLines({ trial }: FileStudy, say: Say, language: Language): readonly string[] {
  if (!trial) return [];
  if (trial.refused !== null) {
    return [say("trialRefused", { reason: refusalText(trial.refused, language) })];
  }
  const counts = say("trial", {
    read: trial.rowsRead, accepted: trial.rowsAccepted, rejected: trial.rowsRejected,
    duplicate: trial.rowsDuplicate, skipped: trial.rowsSkipped,
  });
  return [counts, ...Object.entries(trial.reasons).map(([reason, rows]) =>
    say("trialReason", { reason: language === "zh" ? rowReasonZh(reason) : reason, rows }))];
}
