import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Contract, ContractField } from "../../functions/ingest/contracts/contract.ts";
import { loadContracts } from "../../functions/ingest/contracts/load-contracts.ts";
import { DuplicateLog } from "../../functions/ingest/duplicate-log.ts";
import { PartJudge } from "../../functions/ingest/judge-part.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../functions/ingest/judge/seeds.ts";
import { planCut } from "../../functions/ingest/plan-cut.ts";
import { Staging } from "../../functions/ingest/staging.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";
import {
  openDuckDb, quoteText, type OpenDuckDb,
} from "../../functions/shared/sql-engine-duckdb-open.ts";
import { people } from "./night/small-province.ts";
import { statement, statementLine } from "./random-statements.ts";

const contracts = loadContracts();
const fixed = {
  seeds: buildJudgeSeeds(judgeSeedNames.map(readShippedSeed)),
  tokenKey: Buffer.from("5a".repeat(32), "hex"), landingDay: "2021-12-20",
};
let folder: string;
let db: OpenDuckDb;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "plain-"));
  db = await openDuckDb({
    threads: 1, memoryLimit: "500MB", tempDir: join(folder, "spill"), allowed: [folder],
  });
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Good cells first: most rows shall be plain. */
function cellsOf(field: ContractField): readonly string[] {
  const days = ["2021-03-01", "2021/3/2 8:05", "2021年12月1日", "", "2021-13-45", "2022-01-01"];
  switch (field.kind) {
    case "person":
    case "id_number":
    case "teacher_no": return field.kind === "teacher_no" || field.person_as === "teacher_no"
      ? [...people.slice(0, 4).map((p) => p.teacherNo), "", "T 1", "x"]
      : [...people.slice(0, 4).map((p) => p.idNumber), "", "4.3E+17", "0000***12"];
    case "day":
    case "instant":
    case "event": return days;
    case "list": return [...Object.keys(field.values ?? {}).slice(0, 3), "", "也许"];
    case "yes_no": return ["是", "否", "", "可能"];
    case "identifier": return ["C1", "C2", "Ｃ1", "a|b", ""];
    case "credit": return ["1.5", "2学时", "", "1.555", "9999"];
    case "minutes":
    case "score":
    case "count": return ["30", "45", "", "x"];
    case "year": return ["2021", "2022", "", "21"];
    case "school_code": return ["5101040001", "5101040002", "", "12"];
    case "ability": return ["A1", "B2", "", "Z9"];
    case "local_ability": return ["L5101-01", "L5101-02", "", "L0000-01"];
    case "city":
    case "area_any": return ["成都市", "5101", "", "某市"];
    case "email": return ["a@b.cn", "c@d.cn", "", "x"];
    default: return ["甲", "乙 丙", "Ａ１", "䶮\u{20000}", "", "a|b", "合计"];
  }
}

const rowOf = (contract: Contract) => fc.tuple(...contract.fields.map((field) => {
  const [first = "", ...others] = cellsOf(field);
  return fc.oneof({ weight: 9, arbitrary: fc.constant(first) },
    { weight: 2, arbitrary: fc.constantFrom(...others) });
})).map((cells) => cells.join(","));

/** Rows and records as they are staged, and how many of them were passed on one by one. */
async function stage(contract: Contract, path: string, mostCells: number, isPlain: boolean) {
  const own = mkdtempSync(join(folder, "staged-"));
  mkdirSync(own, { recursive: true });
  const staging = new Staging(own);
  const { relation, system } = contract;
  const cut = await planCut({
    path, system, fileName: contract.file_pattern.replace("*", ""), contracts: [contract],
  }, 200, 1);
  if (!cut) return undefined;
  const columns = isPlain ? staging.openColumns(relation, 7) : undefined;
  const judge = new PartJudge(cut, fixed, columns, mostCells);
  let nPassedOn = 0;
  const records: string[] = [];
  const counts = cut.ranges.map((_, index) => {
    const log = new DuplicateLog(join(own, `${index}.records`));
    const part = judge.judgePart(index, {
      path, chunkBytes: 100, ...(isPlain ? { records: log } : {}),
      onAccepted: (row, rowNumber, sheet, place) => {
        nPassedOn++;
        log.add(row.recordId, row.contentHash, row.recordVersion, place);
        staging.append(7, place, { row, rowNumber, sheet });
      },
      onRejected: () => undefined,
    });
    const logged = log.close();
    records.push(logged === undefined ? "" : readFileSync(logged, "hex"));
    return part;
  });
  const paths = staging.flush().map((part) => quoteText(part.path)).join(", ");
  const rows = paths === "" ? [] : (await db.connection.runAndReadAll(
    `SELECT * FROM read_parquet([${paths}], union_by_name = true) ORDER BY stage_seq`)).getRowObjectsJson();
  return { counts, records, rows, nPassedOn };
}

/** Of the others a cell hangs on another one, or one cell alone can be a row. */
const plainOnes = ["credit/credits", "practice/tasks", "registry/accounts", "registry/contacts",
  "registry/local_points", "registry/programmes",
  "registry/school_points", "registry/spot_checks", "registry/teacher_points",
  "vendor-a/courses", "vendor-b/courses", "yunjiao/sessions"];

/** Whether both ways stage the same of a file, and how many rows were plain. */
async function expectSame(contract: Contract, path: string, mostCells: number): Promise<number> {
  const one = await stage(contract, path, mostCells, true);
  const other = await stage(contract, path, mostCells, false);
  if (!one || !other) return 0;
  const { nPassedOn, ...staged } = one;
  expect({ ...staged, nPassedOn: staged.rows.length }).toEqual(other);
  return staged.rows.length - nPassedOn;
}

it.each(contracts.map((contract) => [`${contract.system}/${contract.export}`, contract] as const))(
  "stages plain rows of %s as it stages all others", async (name, contract) => {
    let nPlain = 0;
    const file = fc.array(rowOf(contract), { minLength: 2, maxLength: 30 });
    const mostCells = fc.constantFrom(1, 3, 1_000);
    await fc.assert(fc.asyncProperty(file, mostCells, async (rows, most) => {
      const path = join(folder, "file.csv");
      writeFileSync(path, [contract.fields.map((f) => f.header).join(","), ...rows, ""].join("\n"));
      nPlain += await expectSame(contract, path, most);
    }), { numRuns: 8, seed: 20211220 });
    expect(nPlain > 0).toBe(plainOnes.includes(name));
  });

it("stages plain statements as it stages all others", async () => {
  const contract = contracts.find(({ system }) => system === "lrs") as Contract;
  let nPlain = 0;
  let nLines = 0;
  const line = fc.oneof({ weight: 4, arbitrary: statement }, { weight: 1, arbitrary: statementLine });
  const file = fc.array(line, { minLength: 2, maxLength: 30 });
  await fc.assert(fc.asyncProperty(file, fc.constantFrom(1, 3, 1_000), async (lines, most) => {
    const path = join(folder, "file.ndjson");
    writeFileSync(path, `{"id":"x"}\n${lines.join("\n")}`);
    nLines += lines.length;
    nPlain += await expectSame(contract, path, most);
  }), { numRuns: 60, seed: 20211220 });
  expect(nPlain).toBeGreaterThan(nLines / 10);
});
