import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractError } from "../../functions/shared/errors.ts";
import { parseModel } from "../../functions/shared/model-header.ts";
import { readParquet } from "../../functions/shared/read-parquet.ts";
import { requireRelation } from "../../functions/shared/relations.ts";
import { createSmallTable } from "../../functions/shared/sql-engine-duckdb-load.ts";
import type { EngineRequest, SourceFile, SqlEngine } from "../../functions/shared/sql-engine.ts";
import { fillLakeRow, typedCells } from "../sql/cases/fill-defaults.ts";

type Row = Readonly<Record<string, string>>;

const model = (name: string, reads: string, columns: string, sql: string, more = "") =>
  parseModel(name, [
    `-- ${name}: a model of the contract.`, "-- grain: key_code", `-- reads: ${reads}`,
    ...(more === "" ? [] : [`-- ${more}`]), "-- columns:",
    ...columns.split(",").map((c) => `--   ${c.trim()}: x`), sql,
  ].join("\n"));

const perSystem = model("int_version", "src_training_record", "key_code varchar, n_rows bigint",
  `SELECT t.system AS key_code, count(*) OVER (PARTITION BY t.system) AS n_rows
   FROM src_training_record AS t`, "per: system");
const total = model("mart_total", "int_version, run_context, seed_weight",
  "key_code varchar, n_rows bigint, weight bigint, share double, as_of_on date, is_big boolean",
  `SELECT v.key_code, max(v.n_rows) AS n_rows, w.weight,
     CAST(max(v.n_rows) AS double) / CAST(3 AS double) AS share,
     c.as_of_date AS as_of_on, max(v.n_rows) > 1 AS is_big
   FROM int_version AS v
   JOIN seed_weight AS w ON w.key_code = v.key_code
   CROSS JOIN run_context AS c
   GROUP BY v.key_code, w.weight, c.as_of_date`);
const school = model("mart_school_count", "src_school, run_context",
  "key_code varchar, n_rows bigint",
  `SELECT c.run_id AS key_code, count(s.school_code) AS n_rows
   FROM run_context AS c LEFT JOIN src_school AS s ON s.landing_day <= c.as_of_date
   GROUP BY c.run_id`);

const weights = {
  name: "seed_weight",
  columns: [
    { name: "key_code", type: "VARCHAR", meaning: "" },
    { name: "weight", type: "BIGINT", meaning: "" },
  ],
  rows: [["lrs", 1], ["ntms", 2]],
} as const;

/** What every SqlEngine must do; `create` gives a fresh engine. */
export function describeSqlEngine(name: string, create: () => SqlEngine | Promise<SqlEngine>): void {
  describe(`${name} as SqlEngine`, () => {
    let root: string;
    let sources: Map<string, SourceFile[]>;
    beforeEach(async () => {
      root = mkdtempSync(join(tmpdir(), "dudao-engine-"));
      sources = new Map();
      await addFile("lrs", "2021-06-01", [{}]);
      await addFile("ntms", "2021-06-01", [{}, {}]);
      await addFile("ntms", "2021-06-10", [{}]);
    });
    afterEach(() => rmSync(root, { recursive: true }));

    async function addFile(system: string, day: string, rows: readonly Row[]): Promise<void> {
      const relation = requireRelation("training_record");
      const folder = join(root, "lake", `system=${system}`, `known_on=${day}`);
      mkdirSync(folder, { recursive: true });
      const path = join(folder, "f1.parquet");
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      const cells = rows.map((row, i) => typedCells(relation.columns,
        fillLakeRow(relation.name, { system, known_on: day, category: "online", ...row }, i + 1,
          []),
        "row"));
      await createSmallTable(connection, { name: "t", columns: relation.columns, rows: cells });
      await connection.run(`COPY t TO '${path}' (FORMAT parquet)`);
      connection.closeSync();
      instance.closeSync();
      sources.set("training_record", [...sources.get("training_record") ?? [], { path, system }]);
    }

    const run = async (change: Partial<EngineRequest> = {}) => {
      const result = await (await create()).run({
        asOf: "2021-06-10", runId: "2021-06-10-abc123", sources, tables: [weights],
        models: [total, school, perSystem], keep: ["mart_total"], outDir: join(root, "out"),
        ...change,
      });
      return { result, rows: await readParquet(result.outputs[0]!.path) };
    };

    it("runs models in the order of their reads, per system where the header says so", async () => {
      const { result, rows } = await run();
      expect(result.outputs.map(({ name: output, rows: n }) => [output, n])).toEqual(
        [["mart_total", 2]]);
      const rest = { as_of_on: "2021-06-10" };
      expect(rows).toEqual([
        { key_code: "lrs", n_rows: 1, weight: 1, share: 1 / 3, is_big: false, ...rest },
        { key_code: "ntms", n_rows: 3, weight: 2, share: 1, is_big: true, ...rest },
      ]);
      expect(Object.keys(result.seconds).sort())
        .toEqual(["int_version", "mart_school_count", "mart_total", "sources"]);
    });

    it("sees nothing that was not known on the day", async () => {
      const { rows } = await run({ asOf: "2021-06-09" });
      expect(rows.map((r) => [r.key_code, r.n_rows])).toEqual([["lrs", 1], ["ntms", 2]]);
    });

    it("has typed empty views for relations without a file", async () => {
      const { rows } = await run({ keep: ["mart_school_count"] });
      expect(rows).toEqual([{ key_code: "2021-06-10-abc123", n_rows: 0 }]);
      const none = await run({ sources: new Map() });
      expect(none.rows).toEqual([]);
    });

    it("keeps only the wanted value of a column", async () => {
      const { rows } = await run({ only: { mart_total: { column: "key_code", value: "lrs" } } });
      expect(rows.map((r) => r.key_code)).toEqual(["lrs"]);
    });

    it("writes the same bytes for the same request", async () => {
      const read = async (out: string, files: Map<string, SourceFile[]>) =>
        readFileSync((await run({ outDir: join(root, out),
          sources: files })).result.outputs[0]!.path);
      const turned = new Map([["training_record", [...sources.get("training_record")!].reverse()]]);
      expect((await read("a", sources)).equals(await read("b", turned))).toBe(true);
    });

    it("does not run two requests into one another", async () => {
      const days = ["2021-06-01", "2021-06-10", "2021-06-09"];
      const all = await Promise.all(days.map((asOf) =>
        run({ asOf, outDir: join(root, asOf) })));
      expect(all.map(({ rows }) => rows[1]?.n_rows)).toEqual([2, 3, 2]);
    });

    it("runs an earlier day beside it, each as if it were alone", async () => {
      const later = { tables: [weights], asOf: "2021-06-10", outDir: join(root, "later") };
      const earlier = {
        asOf: "2021-06-09", runId: "2021-06-09-def456", keep: ["mart_school_count", "mart_total"],
        tables: [{ ...weights, rows: [["ntms", 7]] }], outDir: join(root, "earlier"),
      };
      const both = (await run({ ...later, earlier })).result;
      const alone = [
        (await run({ ...later, outDir: join(root, "alone", "later") })).result,
        (await run({ ...earlier, outDir: join(root, "alone", "earlier") })).result,
      ];
      for (const [i, result] of [both, both.earlier!].entries()) {
        expect(result.outputs.map((o) => [o.name, o.rows]))
          .toEqual(alone[i]!.outputs.map((o) => [o.name, o.rows]));
        for (const [k, { path }] of result.outputs.entries()) {
          expect(readFileSync(path).equals(readFileSync(alone[i]!.outputs[k]!.path))).toBe(true);
        }
      }
      const total = both.earlier!.outputs.find((o) => o.name === "mart_total")!;
      expect((await readParquet(total.path)).map((r) => [r.key_code, r.n_rows, r.weight]))
        .toEqual([["ntms", 2, 7]]);
    });

    it.each([
      ["an unknown relation", model("m", "lake", "key_code varchar",
        "SELECT l.key_code FROM lake AS l"),
        "m.sql: unknown relation: lake"],
      ["a header that reads something else", model("m", "int_version", "key_code varchar",
        "SELECT s.key_code FROM seed_weight AS s"),
          "m.sql: invalid reads: int_version; the SQL reads: seed_weight"],
      [
        "a cycle",
        model("m", "m", "key_code varchar", "SELECT m.key_code FROM m AS m"),
        "cycle: m -> m",
      ],
      ["a column that is not there", model("m", "seed_weight", "key_code varchar",
        "SELECT s.nothing AS key_code FROM seed_weight AS s"), "m.sql: invalid: "],
      ["columns other than its header's", model("m", "seed_weight", "key_code bigint",
        "SELECT s.key_code FROM seed_weight AS s"),
          "m.sql: invalid columns: key_code VARCHAR; header: key_code BIGINT"],
      [
        "text that is no SELECT",
        model("m", "seed_weight", "key_code varchar", "SELEC 1"),
        "m.sql: invalid",
      ],
    ])("refuses %s", async (_name, broken, message) => {
      const refused = run({ models: [total, school, perSystem, broken], keep: ["m"] });
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toBeInstanceOf(ContractError);
    });

    it("refuses to keep an unknown model and days that are none", async () => {
      await expect(run({ keep: ["mart_x"] })).rejects.toThrow("keep: unknown model: mart_x");
      await expect(run({ asOf: "2021-6-1" })).rejects.toThrow("invalid day");
    });

    it("refuses a cell of a small table that is not of its column's type", async () => {
      await expect(run({ tables: [{ ...weights, rows: [["lrs", "much"]] }] }))
        .rejects.toThrow("seed_weight.weight: invalid value: much; accepted: bigint");
    });
  });
}
