import { describe, expect, it } from "vitest";
import { parseModel } from "../../functions/shared/model-header.ts";
import { neededModels, orderModels } from "../../functions/shared/sql-engine-order.ts";
import type { Model } from "../../functions/shared/sql-engine.ts";

const header = (...lines: readonly string[]): string =>
  ["-- m: what it is: one sentence,", "-- of two lines.", ...lines, "SELECT 1 AS a"].join("\n");

describe("parseModel", () => {
  it("reads every part of a header", () => {
    const sql = header(
      "-- grain: area_code, n", "-- reads: src_teacher,", "--   run_context", "-- per: system",
      "-- columns:", "--   area_code varchar: code of the area, see seeds: divisions",
      "--   n bigint: teachers", "--   seen_at timestamp(3): instant",
      "-- rule: [\u4e8c.1] hours", "-- rule: another");
    expect(parseModel("m", sql)).toEqual({
      name: "m", sql, about: "what it is: one sentence, of two lines.",
      grain: ["area_code", "n"], reads: ["src_teacher", "run_context"], isPerSystem: true,
      columns: [
        { name: "area_code", type: "VARCHAR", meaning: "code of the area, see seeds: divisions" },
        { name: "n", type: "BIGINT", meaning: "teachers" },
        { name: "seen_at", type: "TIMESTAMP_MS", meaning: "instant" },
      ],
    });
  });

  it("reads what is at stake in a check, and a grain of one row", () => {
    const model = parseModel("m", header("-- matters: much.", "-- resolve: so.",
      "-- grain: one row",
      "-- reads: a", "-- columns:", "--   a integer: x"));
    expect([model.matters, model.resolve, model.grain]).toEqual(["much.", "so.", []]);
  });

  it.each([
    ["another name", "x", header("-- grain: a", "-- reads: b", "-- columns:", "--   a bigint: x"),
      "first line: invalid: m; accepted: -- x: one sentence"],
    [
      "no grain",
      "m",
      header("-- reads: b", "-- columns:", "--   a bigint: x"),
      "missing key: grain",
    ],
    [
      "no reads",
      "m",
      header("-- grain: a", "-- columns:", "--   a bigint: x"),
      "missing key: reads",
    ],
    ["no columns", "m", header("-- grain: a", "-- reads: b"), "missing key: columns"],
    ["an unknown key", "m", header("-- grain: a", "-- reads: b", "-- owner: me", "-- columns:",
      "--   a bigint: x"),
      "unknown key: owner"],
    ["a type of one engine", "m", header("-- grain: a", "-- reads: b", "-- columns:",
      "--   a hugeint: x"),
      "invalid column: a hugeint: x"],
    ["a column without meaning", "m", header("-- grain: a", "-- reads: b", "-- columns:",
      "--   a bigint"),
      "invalid column: a bigint"],
    ["a grain that is no column", "m", header("-- grain: z", "-- reads: b", "-- columns:",
      "--   a bigint: x"),
      "unknown column in grain: z"],
    ["another per", "m", header("-- grain: a", "-- reads: b", "-- per: city", "-- columns:",
      "--   a bigint: x"),
      "invalid per: city; accepted: system"],
  ])("refuses %s", (_what, name, sql, message) => {
    expect(() => parseModel(name, sql)).toThrow(message);
  });
});

describe("the order of models", () => {
  const models: readonly Model[] = [["c", ["a", "b"]], ["a", ["src"]], ["b", ["a"]], ["d", ["src"]]]
    .map(([name, reads]) => ({ name, reads, sql: "", about: "", grain: [], isPerSystem: false,
      columns: [] }) as unknown as Model);
  const namesIn = (m: Model) => m.reads;

  it("puts each after what it reads", () => {
    expect(orderModels(models, new Set(["src"]), namesIn).map((m) => m.name))
      .toEqual(["a", "b", "c", "d"]);
  });

  it("tells a longer cycle by its way and all other faults with it", () => {
    const looped = models.map((m) => (m.name === "a" ? { ...m, reads: ["c", "x"] } : m));
    expect(() => orderModels(looped, new Set(["src"]), namesIn))
      .toThrow(/3 fault\(s\)\n {2}a\.sql: unknown relation: x.*\n {2}cycle: a -> c -> a/);
  });

  it("refuses two models of one name", () => {
    expect(() => orderModels([...models, models[0]!], new Set(["src"]), namesIn))
      .toThrow("duplicate model: c");
  });

  it("leaves out what nobody wants", () => {
    expect(neededModels(models, ["b"]).map((m) => m.name)).toEqual(["a", "b"]);
  });
});
