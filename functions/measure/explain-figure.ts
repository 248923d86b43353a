import { ContractError } from "../shared/errors.ts";
import { figureNames, type FigureCode } from "../shared/figures.ts";
import { figureDefinitions } from "../shared/messages/figure-definitions.ts";
import { neededModels } from "../shared/sql-engine-order.ts";
import { answer } from "./answer.ts";
import type { OpenQuestion, Question } from "./answer.ts";
import { findMemberSource, isInArea, toMember } from "./figure-members.ts";
import type { FigureMember, MemberSource } from "./figure-members.ts";
import { cutInputs } from "./read-inputs.ts";
import { toFigure, type FigureRow } from "./read-figures.ts";

/** `dudao explain figure --json`, keys in this order. */
export interface FigureExplanation extends Omit<FigureRow, "run_id"> {
  readonly as_of: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly definition: {
    readonly n: string; readonly d: string | null; readonly formula: string;
    readonly source: string;
  };
  /** What the members are; null where the figure has none of its own (`parts` then). */
  readonly member_kind: MemberSource["kind"] | null;
  /** Members with something in the numerator. */
  readonly numerator: readonly FigureMember[];
  /** All members. */
  readonly denominator: readonly FigureMember[];
  /** Other figures of the area that this one is worked out from. */
  readonly parts: readonly FigureRow[];
  /** Sources and nights that it rests on. */
  readonly rests_on: readonly SourceNights[];
}
export interface SourceNights {
  readonly relation: string;
  readonly system: string;
  /** Nights that brought rows. */
  readonly nights: number;
  readonly newest_on: string;
}
export interface ExplainFigureQuestion extends Question {
  readonly figure: FigureCode;
  readonly area: string;
  readonly segment: string;
}

/**
 * What a figure means, who and what is in its numerator and denominator, and on which sources and
 * nights it rests; undefined where the area has no such figure on the day.
 * Throws ContractError where the members do not add up to the figure.
 */
export async function explainFigure(
  question: ExplainFigureQuestion,
): Promise<FigureExplanation | undefined> {
  const { figure, area, segment, asOf } = question;
  return answer(question, async (open) => {
    const source = findMemberSource(figure);
    const wanted = source ? ["mart_figure", source.model] : ["mart_figure"];
    const tables = await open.rows(wanted, {
      mart_figure: { column: "area_code", value: area },
      ...(source && { [source.model]: { column: "figure_code", value: source.code } }),
    });
    const figures = (tables.get("mart_figure") ?? []).map((row) => toFigure(row, null));
    const row = figures.find((f) => f.figure_code === figure && f.segment_code === segment);
    if (!row) return undefined;
    const members = source ? (tables.get(source.model) ?? [])
      .filter((m) => (m.segment_code ?? "all") === segment && isInArea(m, area))
      .filter((m) => !source.isReportedOnly || m.is_reported === true)
      .map((m) => toMember(m, source.kind)) : [];
    if (source) requireSum(row, members);
    const { zh, formula, source: paragraph } = figureDefinitions[figure];
    const { run_id: _, ...plain } = row;
    return {
      ...plain,
      as_of: asOf,
      name_zh: figureNames[figure].zh,
      name_en: figureNames[figure].en,
      definition: { n: zh.n, d: zh.d ?? null, formula, source: paragraph },
      member_kind: source?.kind ?? null,
      numerator: members.filter((m) => (m.n ?? 0) > 0),
      denominator: members,
      parts: source ? [] : figures.filter((f) => isPart(figure, f, segment)),
      rests_on: listSources(open, source?.model ?? "mart_figure", asOf),
    };
  });
}

/** Days (P5, P6) are a median and a maximum; a city's P4 counts kinds of rules, not filings. */
export const notAdded = /^P[456]$/;

function requireSum(row: FigureRow, members: readonly FigureMember[]): void {
  if (notAdded.test(row.figure_code)) return;
  const add = (key: "n" | "d"): number => members.reduce((sum, m) => sum + (m[key] ?? 0), 0);
  const hasD = row.d !== null && members.some((m) => m.d !== null);
  if (add("n") === row.n && (!hasD || add("d") === row.d)) return;
  throw new ContractError(
    `${row.figure_code} of ${row.area_code}: its members add up to ${add("n")} / ${add("d")}, ` +
    `the figure is ${row.n} / ${row.d}`,
  );
}

/** Figures of the same area from which a figure without members is worked out. */
function isPart(figure: string, row: FigureRow, segment: string): boolean {
  const { figure_code: code } = row;
  if (figure.startsWith("gap_")) {
    return code === figure.slice(4) && (row.segment_code === segment || row.segment_code === "all");
  }
  if (row.segment_code !== "all") return figure === "S_equity" && code === "H3";
  if (/^(?:pace|need)_/.test(figure)) return code === figure.replace(/^\w+_/, "gate_");
  if (figure === "gate_completion" || figure === "expected_H3") {
    return code === "H3" || code === "R1" || code === "expected_H3";
  }
  if (figure.startsWith("Q_spot_")) return code === "Q_spot";
  if (figure === "S" || figure.startsWith("S_rank")) return code.startsWith("S");
  const parts: Readonly<Record<string, readonly string[]>> = {
    S_rollout: ["R1"], S_completion: ["H3"], S_qualified: ["A4"], S_equity: ["H3"],
    S_leadership: ["L1", "L2", "P2"], S_quality: ["Q_expert", "Q_trainee", "Q_third"],
    S_data: ["I_any"],
  };
  return parts[figure]?.includes(code) ?? false;
}

function listSources(
  { plan }: OpenQuestion, model: string, asOf: string,
): readonly SourceNights[] {
  const read = new Set(neededModels(plan.models, [model]).flatMap((m) => m.reads));
  const found = new Map<string, SourceNights>();
  for (const o of cutInputs(plan.inputs, asOf).objects) {
    if (!read.has(`src_${o.relation}`)) continue;
    const key = `${o.relation} ${o.system}`;
    const before = found.get(key);
    found.set(key, {
      relation: o.relation,
      system: o.system,
      nights: (before?.nights ?? 0) + 1,
      newest_on: before && before.newest_on > o.knownOn ? before.newest_on : o.knownOn,
    });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, nights]) => nights);
}
