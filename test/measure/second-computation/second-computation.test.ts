import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModels } from "../../../functions/measure/read-models.ts";
import { buildFigures } from "./figures.ts";
import { buildKnown } from "./known.ts";
import { allParameters } from "./made-up-world.ts";
import { buildRandomHistory } from "./random-history.ts";
import { buildSeries } from "./series.ts";
import { runSql } from "./run-sql.ts";
import { stateOn } from "./teachers.ts";

const models = readModels();

const cases = Array.from({ length: 12 }, (_, i): [number, string] =>
  [i + 1, ["2020-07-20", "2020-10-20", "2021-01-20", "2023-01-05"][i % 4]!]);

/** Codes that buildFigures works out; the others rest on the cases alone so far. */
const computedTwice = /^(R\d|gate|pace|need|expected|H[1235]|gap_H|D_)/;

describe("the figures of a random history, computed a second time without SQL", () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    connection = await instance.connect();
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  it.each(cases)("history %i as of %s gives the same rows", async (seed, asOf) => {
    const history = buildRandomHistory(seed, allParameters);
    const known = buildKnown(history, asOf);
    const state = stateOn(known, asOf);
    const found = await runSql(connection, models, history, asOf,
      ["int_credit_record", "int_teacher_state", "mart_figure", "mart_series"]);

    expect(lines(found.int_credit_record!.map((r) => [
      r.system, r.record_id, r.teacher_no, r.training, r.category, r.credit_seconds ?? 0,
      r.event_on, r.outcome,
    ]))).toEqual(lines(state.credit.map((c) => [
      c.system, c.recordId, c.teacher ?? null, c.training, c.category, c.seconds, c.eventOn,
      c.outcome,
    ])));
    expect(lines(found.int_teacher_state!.map((r) => [
      r.teacher_no, r.school_code, r.county_code, r.in_denominator, r.online_seconds,
      r.practice_seconds, r.is_complete, r.completed_on,
    ]))).toEqual(lines(state.teachers.map((t) => [
      t.person.teacherNo, t.school, t.county ?? null, t.isCounted, t.online, t.practice,
      t.isComplete, t.completedOn,
    ])));
    const figures = buildFigures(known);
    const keys = Object.keys(figures[0]!) as (keyof (typeof figures)[number])[];
    expect(lines(found.mart_figure!.filter((r) => computedTwice.test(String(r.figure_code)))
      .map((r) => keys.map((k) => r[k]))))
      .toEqual(lines(figures.map((f) => keys.map((k) => f[k]))));
    const points = buildSeries(known);
    expect(lines(found.mart_series!.filter((r) =>
      r.figure_code !== "A4" && r.reading === "known_today").map((r) =>
      [r.area_code, r.figure_code, r.on_date, r.n, r.d, r.reading])))
      .toEqual(lines(points.map((p) =>
        [p.area_code, p.figure_code, p.on_date, p.n, p.d, p.reading])));
  });
});

function lines(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((r) => JSON.stringify(r)).sort();
}
