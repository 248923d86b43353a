import type { Contract } from "../contracts/contract.ts";
import type { RawCell, RawRow } from "../raw.ts";
import { dayNumber } from "./calendar.ts";
import { buildRowPlan, type RowPlan } from "./row-plan.ts";
import { judgeCells } from "./judge-cells.ts";
import { cellText } from "./normalise-cell.ts";
import type { JudgeSeeds } from "./seeds.ts";
import { findSkipReason } from "./skip-rule.ts";
import type { TableHeader } from "./table-header.ts";
import { Tokens } from "./tokens.ts";
import type { RejectedRow, Verdict } from "./verdict.ts";

export interface JudgeOptions {
  readonly contract: Contract;
  readonly seeds: JudgeSeeds;
  readonly tokens: Tokens;
  /** `2021-12-20`; events after it are invalid. */
  readonly landingDay: string;
}

/** Facts of one table that its rows do not show. */
export interface TableFacts {
  readonly header: TableHeader;
  /** Serials count from 1904. */
  readonly is1904: boolean;
  /** Delimited text: a surplus field means that the row was cut wrongly. */
  readonly isText: boolean;
}

export type JudgeRow = (row: RawRow) => Verdict;

/**
 * The judge of one table: a pure function from a row after the header to its verdict, by the
 * contract, the row itself and the seeds alone (rows.md). Keeps caches; not for two tables.
 */
export function createJudge(options: JudgeOptions, facts: TableFacts): JudgeRow {
  return createRowJudge(planRows(options, facts), facts);
}

/** The contract made ready for the rows of one table. */
export function planRows(options: JudgeOptions, facts: TableFacts): RowPlan {
  return buildRowPlan(options.contract, facts.header, options.tokens, {
    tokens: options.tokens,
    seeds: options.seeds,
    is1904: facts.is1904,
    landingDay: parseLandingDay(options.landingDay),
  });
}

export function createRowJudge(plan: RowPlan, facts: TableFacts): JudgeRow {
  const { header } = facts;
  const width = header.headers.length;
  // One buffer for all rows: nothing of it outlives its row.
  const texts: string[] = [];
  return (row) => {
    if (row.fault && row.cells.length === 0) return rejectWhole(row.fault);
    readTexts(row.cells, texts);
    const why = findSkipReason(texts, header.texts, header.nColumns);
    if (why) return { kind: "skipped", why };
    if (row.fault) return rejectWhole(row.fault);
    if (facts.isText && texts.length > width && texts.slice(width).some((t) => t !== "")) {
      return rejectWhole("invalid.structure");
    }
    return judgeCells(plan, row.cells, texts);
  };
}

function readTexts(cells: readonly RawCell[], texts: string[]): void {
  texts.length = cells.length;
  for (let i = 0; i < cells.length; i++) texts[i] = cellText(cells[i]);
}

function rejectWhole(reason: NonNullable<RawRow["fault"]>): RejectedRow {
  return {
    kind: "rejected", reasons: [reason], columnIndex: undefined, header: "",
    identity: undefined, scope: undefined,
  };
}

function parseLandingDay(text: string): number {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const number = dayNumber(year, month, day);
  if (number === undefined) throw new Error(`landing day: invalid: ${text}; accepted: 2021-12-20`);
  return number;
}
