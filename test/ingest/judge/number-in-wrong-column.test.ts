import { describe, expect, test } from "vitest";
import { loadContracts } from "../../../functions/ingest/contracts/load-contracts.ts";
import { createJudge } from "../../../functions/ingest/judge/judge.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../../functions/ingest/judge/seeds.ts";
import { findTableHeader } from "../../../functions/ingest/judge/table-header.ts";
import { Tokens } from "../../../functions/ingest/judge/tokens.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";

const seeds = buildJudgeSeeds(judgeSeedNames.map(readShippedSeed));
const tokens = new Tokens(Buffer.from("5a".repeat(32), "hex"));

function judge(name: string, cells: Readonly<Record<string, string>>) {
  const contract = loadContracts().find((c) => `${c.system}/${c.export}` === name);
  if (!contract) throw new Error(`contract: unknown: ${name}`);
  const headers = contract.fields.map((f) => f.header);
  const header = findTableHeader(contract, [{ row: 1, cells: headers }]);
  if (!header) throw new Error("no header");
  const row = createJudge(
    { contract, seeds, tokens, landingDay: "2021-06-01" }, { header, is1904: false, isText: true },
  )({ row: 2, cells: headers.map((h) => cells[h] ?? null) });
  if (row.kind !== "accepted") throw new Error(`not accepted: ${JSON.stringify(row)}`);
  return row;
}

const teacher = { 学校标识码: "5101040001", 岗位: "教师", 在岗状态: "在职" };
const session = {
  课堂编号: "S1", 听课学校标识码: "5101040001", 签到时间: "2021-03-01 8:30", "时长(分钟)": "45", 是否合格: "是",
};
// Area 000000 was never issued; the check digit is right.
const number = "000000199001010018";

describe("an identity number in the column of teacher numbers", () => {
  test("is a valid teacher number, but never leaves the judge as written", () => {
    for (const row of [
      judge("registry/teachers", { ...teacher, 教师编号: number }),
      judge("yunjiao/sessions", { ...session, 教师编号: number }),
    ]) expect(JSON.stringify(row)).not.toContain(number);
  });

  test("gives the roll and a training the same person", () => {
    const roll = judge("registry/teachers", { ...teacher, 教师编号: number });
    const training = judge("yunjiao/sessions", { ...session, 教师编号: number });
    expect(roll.personKey).toMatch(/^[0-9a-f]{6}\.[0-9a-f]{32}$/);
    expect(training.personKey).toBe(roll.personKey);
    expect(judge("yunjiao/sessions", { ...session, 教师编号: "000000199001010026" }).personKey)
      .not.toBe(roll.personKey);
  });

  test("an ordinary number of 18 digits, without a right check digit, stays as it is", () => {
    expect(judge("registry/teachers", { ...teacher, 教师编号: "000000199001010012" }).recordId)
      .toBe("000000199001010012");
  });
});
