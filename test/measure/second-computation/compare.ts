import type { DuckDBConnection } from "@duckdb/node-api";
import type { Model } from "../../../functions/shared/sql-engine.ts";
import type { Figure } from "./figure.ts";
import { buildFigures } from "./figures.ts";
import { buildKnown } from "./known.ts";
import type { History } from "./lake.ts";
import { runSql } from "./run-sql.ts";
import { buildSeries } from "./series.ts";
import { stateOn } from "./teachers.ts";

/** Relation → its rows as lines, in order. */
export type Lines = Readonly<Record<string, readonly string[]>>;
export interface Comparison {
  readonly fromSql: Lines;
  readonly secondly: Lines;
  readonly figures: readonly Figure[];
}
const figureColumns = [
  "area_code", "area_level", "segment_code", "figure_code", "n", "d", "share", "target",
  "state_code", "on_date",
] as const;

/** Both computations of faults, credit, teachers, figures and series of a history as of a day. */
export async function compareOn(
  connection: DuckDBConnection, models: readonly Model[], checks: readonly Model[],
  history: History, asOf: string,
): Promise<Comparison> {
  const checkNames = checks.map((c) => c.name);
  const found = await runSql(connection, [...models, ...checks], history, asOf,
    ["int_credit_record", "int_teacher_state", "mart_figure", "mart_series", ...checkNames]);
  const known = buildKnown(history, asOf);
  const state = stateOn(known, asOf);
  const figures = buildFigures(known);
  return {
    figures,
    fromSql: {
      faults: lines(checkNames.flatMap((name) => found[name]!.map((r) => [name, r]))),
      credit: lines(found.int_credit_record!.map((r) => [
        r.system, r.record_id, r.teacher_no, r.training, r.category, r.credit_seconds ?? 0,
        r.event_on, r.outcome,
      ])),
      teachers: lines(found.int_teacher_state!.map((r) => [
        r.teacher_no, r.school_code, r.county_code, r.in_denominator, r.online_seconds,
        r.practice_seconds, r.is_complete, r.completed_on,
      ])),
      figures: lines(found.mart_figure!.map((r) => figureLine(r as unknown as Figure))),
      // The other reading is taken from stored runs.
      series: lines(found.mart_series!.filter((r) => r.reading === "known_today").map((r) =>
        [r.area_code, r.figure_code, r.on_date, r.n, r.d])),
    },
    secondly: {
      // The checks of sql/ find no fault.
      faults: [],
      credit: lines(state.credit.map((c) => [
        c.system, c.recordId, c.teacher ?? null, c.training, c.category, c.seconds, c.eventOn,
        c.outcome,
      ])),
      teachers: lines(state.teachers.map((t) => [
        t.person.teacherNo, t.school, t.county ?? null, t.isCounted, t.online, t.practice,
        t.isComplete, t.completedOn,
      ])),
      figures: lines(figures.map(figureLine)),
      series: lines(buildSeries(known).map((p) =>
        [p.area_code, p.figure_code, p.on_date, p.n, p.d])),
    },
  };
}

/** Shares that are no single division depend on the order of steps: told to 12 decimals. */
function figureLine(f: Figure): readonly unknown[] {
  const isQuotient = f.n !== null && f.d !== null;
  return figureColumns.map((c) => (c === "share" && !isQuotient && f.share !== null
    ? f.share.toFixed(12).replace(/^-(0\.0+)$/, "$1") : f[c]));
}

function lines(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((r) => JSON.stringify(r)).sort();
}

/** Lines that one side has more often, marked - (SQL) and + (second computation). */
export function differencesOf({ fromSql, secondly }: Comparison): readonly string[] {
  return Object.keys(fromSql).flatMap((relation) => {
    const more = new Map<string, number>();
    for (const line of fromSql[relation]!) more.set(line, (more.get(line) ?? 0) + 1);
    for (const line of secondly[relation]!) more.set(line, (more.get(line) ?? 0) - 1);
    return [...more].filter(([, n]) => n !== 0)
      .map(([line, n]) => `${relation} ${n > 0 ? "-" : "+"} ${line}`);
  });
}
