import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";
import { findMemberSource, isInArea, toMember } from "../../../functions/measure/figure-members.ts";
import { readModels } from "../../../functions/measure/read-models.ts";
import type { ParquetRow } from "../../../functions/shared/read-parquet.ts";
import { buildRandomHistory } from "./random-history.ts";
import { runSql } from "./run-sql.ts";

const memberModels =
  ["int_member_county", "int_member_record", "int_member_teacher", "int_school_count"];

it.each([[1, "2021-01-20"], [2, "2023-01-05"]])(
  "in history %i as of %s the members of every figure add up to it in every area and group",
  async (seed, asOf) => {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    const history = buildRandomHistory(seed, asOf);
    const found = await runSql(connection, readModels(), history, asOf,
      ["mart_figure", ...memberModels]);
    connection.closeSync();
    instance.closeSync();

    const checked = new Set<string>();
    for (const row of found.mart_figure!) {
      const code = String(row.figure_code);
      const source = findMemberSource(code);
      // A median, a maximum, kinds of rules: no sums.
      if (!source || /^P[456]$/.test(code)) continue;
      const members = (found[source.model] as readonly ParquetRow[])
        .filter((m) => m.figure_code === source.code &&
          (m.segment_code ?? "all") === row.segment_code && isInArea(m, String(row.area_code)))
        .filter((m) => !source.isReportedOnly || m.is_reported === true)
        .map((m) => toMember(m, source.kind));
      const place = `${code} ${row.segment_code} of ${row.area_code}`;
      expect([place, members.reduce((sum, m) => sum + (m.n ?? 0), 0)]).toEqual([place, row.n]);
      if (row.d !== null && members.some((m) => m.d !== null)) {
        expect([place, members.reduce((sum, m) => sum + (m.d ?? 0), 0)]).toEqual([place, row.d]);
      }
      checked.add(code);
    }
    expect([...checked]).toEqual(expect.arrayContaining(["R1", "gate_60", "H1", "H3", "H5_online",
      "H3_reported", "H4_evidence", "A4", "I_any", "L1", "P1", "L5"]));
  });
