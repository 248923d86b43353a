import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffFigures } from "../../functions/measure/diff-figures.ts";
import type { FigureDiff } from "../../functions/measure/diff-figures.ts";
import { ContractError } from "../../functions/shared/errors.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";
import type { SqlEngine } from "../../functions/shared/sql-engine.ts";
import { smallNights } from "./small-nights.ts";
import { writeNight } from "./write-night.ts";

const root = mkdtempSync(join(tmpdir(), "dudao-diff-test-"));
const store = createFolderStore(join(root, "home"));
const engine = createDuckDbEngine();

beforeAll(async () => {
  for (const night of smallNights) await writeNight(store, night);
  await writeNight(store, {
    day: "2021-06-20",
    rows: {
      // The person of the row that matched nobody comes onto the roll; T00001 moves away.
      teacher: [
        { teacher_no: "T00009", person_token: "token9", school_code: "5101040001" },
        { teacher_no: "T00001", person_token: "token1", school_code: "5101050001",
          changed_on: "2021-06-15" },
      ],
      school: [{ school_code: "5101050001", county_code: "510105" }],
      // The practice of T00001 is gone.
      training_record: [{ system: "practice", teacher_no: "T00001", source_training_id: "P1",
        is_retraction: "true", category: "", credit_seconds: "", event_on: "", is_passed: "" }],
    },
    files: [
      { system: "registry", export: "teachers", file_id: "f1", file_name: "roll.csv", rows_read: 2,
        rows_accepted: 2 },
    ],
  });
});
afterAll(() => rmSync(root, { recursive: true }));

const ask = (from: string, to: string, area: string, by: SqlEngine = engine) =>
  diffFigures({ store, from, to, area, log: silentLog, engine: by, isWanted: () => true });
const find = (found: readonly FigureDiff[], figure: string) =>
  found.find((one) => one.figure_code === figure);

describe("diff", () => {
  let june: readonly FigureDiff[];
  beforeAll(async () => { june = await ask("2021-06-10", "2021-06-20", "510104"); }, 60_000);

  it("names a teacher, the new record and the file that brought it", async () => {
    const found = find(await ask("2021-06-09", "2021-06-10", "510104"), "H3");
    expect(found).toMatchObject({
      from: "2021-06-09", to: "2021-06-10", n_before: 135_000, n_after: 162_000,
      d_before: 405_000, d_after: 405_000, member_kind: "teacher",
    });
    expect(found?.members).toHaveLength(1);
    expect(found?.members[0]).toMatchObject({
      member: "T00002", n_before: 0, n_after: 27_000,
      because: [{ relation: "training_record", system: "vendor-a", known_on: "2021-06-10", rows: 1,
        rows_gone: 0 }],
      records: [{ system: "vendor-a", training: "vendor-a:C1", seconds: 27_000,
        outcome_before: null, outcome_after: "credited" }],
    });
  });

  it("tells a record that matched nobody until the roll knew the person", () => {
    expect(find(june, "H3")?.members.find((m) => m.member === "T00009")).toMatchObject({
      n_before: null, n_after: 54_000, d_before: null, d_after: 135_000,
      because: [{ relation: "teacher", system: "registry", file_name: "roll.csv" }],
      records: [{ outcome_before: "unmatched", outcome_after: "credited" }],
    });
  });

  it("tells who left the area, and which record is gone", () => {
    const moved = find(june, "H2")?.members.find((m) => m.member === "T00001");
    expect(moved).toMatchObject({
      n_before: 1, n_after: null, d_after: null,
      records: [{ system: "practice", outcome_before: "credited", outcome_after: "retracted" }],
    });
    expect(moved?.because.map((c) => [c.relation, c.rows, c.rows_gone, c.file_name])).toEqual([
      ["training_record", 1, 1, null], ["school", 1, 0, "roll.csv"], ["teacher", 1, 0, "roll.csv"],
    ]);
  });

  it("gives members that add up to the change of every figure that has some", () => {
    const add = (found: FigureDiff, key: "n" | "d") => found.members
      .reduce((sum, m) => sum + (m[`${key}_after`] ?? 0) - (m[`${key}_before`] ?? 0), 0);
    const withMembers = june.filter((one) => one.member_kind !== null);
    expect(withMembers.map((one) => one.figure_code)).toEqual(
      expect.arrayContaining(["H2", "H3", "H4_evidence", "H5_practice"]));
    for (const one of withMembers) {
      expect([one.figure_code, add(one, "n")])
        .toEqual([one.figure_code, (one.n_after ?? 0) - (one.n_before ?? 0)]);
      if (one.d_after !== null && one.d_before !== null && one.members.some((m) => m.d_after !== null)) {
        expect(add(one, "d"), one.figure_code).toBe(one.d_after - one.d_before);
      }
    }
  });

  it("says nothing where nothing moved", async () => {
    expect(await ask("2021-06-11", "2021-06-12", "510105")).toEqual([]);
  });

  it("refuses to answer where members do not add up", async () => {
    const lying: SqlEngine = {
      name: engine.name,
      run: (request) => engine.run({ ...request, models: request.models.map((m) =>
        (m.name === "int_member_teacher" ? { ...m, sql: m.sql.concat("\nLIMIT 3") } : m)) }),
    };
    const refused = ask("2021-06-09", "2021-06-10", "510104", lying);
    await expect(refused).rejects.toBeInstanceOf(ContractError);
    await expect(refused).rejects.toThrow(/of 510104: its members add up to .* the figure is/);
  });
});
