import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseByHeader, listByFileName } from "../../../functions/ingest/choose-contract.ts";
import type { Contract } from "../../../functions/ingest/contracts/contract.ts";
import { loadContracts } from "../../../functions/ingest/contracts/load-contracts.ts";
import { judgeFile } from "../../../functions/ingest/judge-file.ts";
import { createJudge } from "../../../functions/ingest/judge/judge.ts";
import { DuplicateIndex } from "../../../functions/ingest/judge/duplicate-index.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../../functions/ingest/judge/seeds.ts";
import { findTableHeader } from "../../../functions/ingest/judge/table-header.ts";
import { Tokens } from "../../../functions/ingest/judge/tokens.ts";
import { tokenKeyId } from "../../../functions/shared/token-key-id.ts";
import type { AcceptedRow, Verdict } from "../../../functions/ingest/judge/verdict.ts";
import type { RawCell, RawRow, RawSheet } from "../../../functions/ingest/raw.ts";
import { ContractError } from "../../../functions/shared/errors.ts";
import { refusalSentence } from "../../../functions/shared/messages/refusals.ts";
import { parseSeed, readShippedSeed } from "../../../functions/shared/seeds.ts";

const contracts = loadContracts();
const contractOf = (name: string): Contract => {
  const found = contracts.find((c) => `${c.system}/${c.export}` === name);
  if (!found) throw new Error(`contract: unknown: ${name}`);
  return found;
};
const seeds = buildJudgeSeeds(judgeSeedNames.map(readShippedSeed));
const key = Buffer.from("5a".repeat(32), "hex");

function judgeOne(
  name: string, cells: Readonly<Record<string, RawCell>>, tokens = new Tokens(key),
): Verdict {
  const contract = contractOf(name);
  const headers = contract.fields.map((f) => f.header);
  const header = findTableHeader(contract, [{ row: 1, cells: headers }]);
  if (!header) throw new Error("no header");
  const judge = createJudge(
    { contract, seeds, tokens, landingDay: "2021-06-01" },
    { header, is1904: false, isText: true },
  );
  return judge({ row: 2, cells: headers.map((h) => cells[h] ?? null) });
}

const session = {
  课堂编号: "S1", 听课学校标识码: "5101040001", 教师编号: "T00000001", 签到时间: "2021-03-01 8:30",
  "时长(分钟)": "45", 是否合格: "是",
};
const accepted = (verdict: Verdict): AcceptedRow => {
  if (verdict.kind !== "accepted") throw new Error(`not accepted: ${JSON.stringify(verdict)}`);
  return verdict;
};

describe("areas", () => {
  const { areas } = seeds;
  test.each<[string, string | undefined]>([
    ["510104", "510104"], ["510104000000", "510104"], ["510104001", "510104"],
    ["5101040", undefined],
    ["510100", undefined], ["51", undefined], ["513402", "513425"], ["512081", "510185"],
    ["510132", "510118"], ["锦江区", undefined], ["", undefined],
  ])("county code %j is %s", (code, county) => { expect(areas.findCounty(code)).toBe(county); });

  test.each<[string, string, string | undefined]>([
    ["锦江区", "", "510104"], ["锦江", "", "510104"], ["会理市", "", "513425"],
    ["会理", "凉山彝族自治州", "513425"], ["射洪县", "遂宁", "510981"], ["市中区", "", undefined],
    ["市中区", "乐山市", "511102"], ["市中", "5110", "511002"], ["锦江区", "乐山市", undefined],
    ["锦江区", "重庆市", undefined], ["高新区", "成都市", undefined], ["锦江县", "成都市", undefined],
    ["九寨沟县", "阿坝州", "513225"], ["简阳市", "成都市", "510185"],
  ])("county %s in city %j is %s", (county, city, code) => {
    expect(areas.findCountyByName(county, city)).toBe(code);
  });

  test.each<[string, string | undefined]>([
    ["5101", "5101"], ["510100", "5101"], ["510100000000", "5101"], ["成都市", "5101"], ["成都", "5101"],
    ["凉山州", "5134"], ["510104", undefined], ["锦江区", undefined], ["51", undefined],
  ])("city %j is %s", (text, city) => { expect(areas.findCity(text)).toBe(city); });

  test.each<[string, string | undefined]>([
    ["51", "51"], ["510000", "51"], ["510000000000", "51"], ["5101", "5101"], ["510100", "5101"],
    ["510132", "510118"], ["52", undefined], ["520000", undefined], ["成都市", undefined],
  ])("an area of any level %j is %s", (text, area) => { expect(areas.findAny(text)).toBe(area); });

  test("broken seeds are named with line, key, value and what is accepted", () => {
    const broken = judgeSeedNames.map((name) => (name === "division_aliases.csv"
      ? parseSeed(name, "alias_code,alias_name,code,name,note\n51,x,999999,y,\n")
      : readShippedSeed(name)));
    expect(() => buildJudgeSeeds(broken)).toThrow(ContractError);
    expect(() => buildJudgeSeeds(broken)).toThrow(
      /line 2: code: unknown: 999999; accepted: .*\n.*alias_code: invalid: 51; accepted: 6 digits/,
    );
  });
});

describe("tokens and contents", () => {
  test("a token is the id of the key and the HMAC-SHA256 of kind and value, cut to 32 hex digits", () => {
    const tokens = new Tokens(key);
    const longKey = Buffer.alloc(100, 7);
    const expected = (by: Buffer, value: string): string => `${tokenKeyId(by)}.` +
      createHmac("sha256", by).update(`account:${value}`).digest("hex").slice(0, 32);
    for (const value of ["000000198001010013", "账号一", "x".repeat(400), "000000198001010013"]) {
      expect(tokens.token("account", value)).toBe(expected(key, value));
      expect(new Tokens(longKey).token("account", value)).toBe(expected(longKey, value));
    }
    expect(tokens.token("phone", "1")).not.toBe(tokens.token("account", "1"));
  });

  test("two ways to write the same values have the same content", () => {
    const first = accepted(judgeOne("yunjiao/sessions", session));
    const same = { ...session, 签到时间: "2021/3/1 08:30:00", "时长(分钟)": "４５.0", 序号: 7 };
    expect(accepted(judgeOne("yunjiao/sessions", same)).contentHash).toBe(first.contentHash);
  });

  test.each<[string, Readonly<Record<string, RawCell>>]>([
    ["another value", { "时长(分钟)": "46" }],
    ["a time where there was none", { 签到时间: "2021-03-01" }],
    ["a personal value", { 身份证号: "000000198001010013" }],
    ["a text that no column keeps", { 授课学校: "乙校" }],
  ])("%s makes another content", (_name, change) => {
    const first = accepted(judgeOne("yunjiao/sessions", session));
    const other = accepted(judgeOne("yunjiao/sessions", { ...session, ...change }));
    expect(other.contentHash).not.toBe(first.contentHash);
    expect(other.recordId).toBe(first.recordId);
  });

  test("contents are keyed: another home's key gives another hash", () => {
    const other = new Tokens(Buffer.from("5b".repeat(32), "hex"));
    expect(accepted(judgeOne("yunjiao/sessions", session, other)).contentHash)
      .not.toBe(accepted(judgeOne("yunjiao/sessions", session)).contentHash);
  });

  test("no accepted row of a public relation carries a personal value", () => {
    const row = accepted(judgeOne("practice/tasks", {
      教师姓名: "某某某", 身份证号: "000000198001010013", 能力点编号: "A1", 实践类型: "课堂实录",
      实践任务: "课", 提交时间: "2021-03-01", 校级测评结果: "合格", 实践学时: 1,
    }));
    expect(JSON.stringify(row)).not.toMatch(/某某某|000000198001010013/);
  });
});

describe("a row with several faults", () => {
  test("carries them all in the order of the fields and is counted under the first", () => {
    const verdict = judgeOne("yunjiao/sessions", {
      课堂编号: "x".repeat(101), 听课学校标识码: "51", 教师编号: "?", 身份证号: 9.8765432e17,
      签到时间: "2021-06-02", "时长(分钟)": "9001", 是否合格: "Y", 课堂类型: "直播",
    });
    expect(verdict).toMatchObject({
      kind: "rejected", header: "课堂编号", columnIndex: 1, identity: undefined,
      reasons: [
        "invalid.training", "invalid.school_code", "invalid.teacher_no", "ruined.id_number",
        "invalid.event_on", "invalid.minutes",
      ],
    });
  });

  test("a text over 4,000 code points is cut and warned of, an identifier over 100 refused", () => {
    const long = accepted(judgeOne("yunjiao/sessions", { ...session, 授课学校: "𠮷".repeat(4001) }));
    expect(long.warnings).toEqual(["invalid.teaching_school"]);
    const full = accepted(judgeOne("yunjiao/sessions", { ...session, 授课学校: "𠮷".repeat(4000) }));
    expect(full.warnings).toEqual([]);
    expect(judgeOne("yunjiao/sessions", { ...session, 课堂编号: "𠮷".repeat(100) }).kind)
      .toBe("accepted");
  });
});

describe("headers", () => {
  const contract = contractOf("yunjiao/sessions");
  const headers: RawCell[] = contract.fields.map((f) => f.header);
  const titles = (n: number): RawRow[] =>
    Array.from({ length: n }, (_, i) => ({ row: i + 1, cells: ["标题"] }));

  test("stand in the first 40 rows", () => {
    expect(findTableHeader(contract, [...titles(39), { row: 40, cells: headers }])?.index).toBe(39);
    expect(findTableHeader(contract, [...titles(40), { row: 41, cells: headers }])).toBeUndefined();
  });

  test("need one writing of the person; columns needed only when passed may be missing", () => {
    const without = (...names: string[]) =>
      findTableHeader(contract, [
        { row: 1, cells: headers.filter((h) => !names.includes(h as string)) },
      ]);
    expect(without("身份证号", "签到时间", "时长(分钟)")?.remarks).toEqual([
      "missing optional column: 身份证号", "missing optional column: 签到时间",
      "missing optional column: 时长(分钟)",
    ]);
    expect(without("身份证号", "教师编号")).toBeUndefined();
    expect(without("课堂编号")).toBeUndefined();
  });

  test("are compared after normalisation, without spaces", () => {
    const cells = headers.map((h) => ` ${String(h).replace("(", "（ ").replace(")", "）")}\u3000`);
    expect(findTableHeader(contract, [{ row: 1, cells }])?.nMatched).toBe(contract.fields.length);
  });
});

describe("the contract of a file", () => {
  test.each<[string, string, readonly string[]]>([
    ["registry", "学校名册20210601.xlsx", ["schools"]], ["registry", "学校名册.csv", ["schools"]],
    ["registry", "教师选点测评.csv", ["teacher_points"]], ["registry", "名册.xlsx", []],
    ["vendor-a", "任何名字.csv", ["courses"]], ["ntms", "a", ["trainings"]], ["moodle", "a.csv", []],
  ])("%s %s fits %s", (system, fileName, exports) => {
    expect(listByFileName(contracts, system, fileName).map((c) => c.export)).toEqual(exports);
  });

  const sheetOf = (...cells: string[]): RawSheet => ({
    name: "", rows: async function* () { yield [{ row: 1, cells }]; }, countRows: async () => 1,
  });
  test("is the one of which most columns are there; a tie or none is no contract", async () => {
    const registry = contracts.filter((c) => c.system === "registry");
    expect((await chooseByHeader(registry, [sheetOf("学校标识码", "年度", "能力点编号")]))?.export)
      .toBe("school_points");
    const accounts = contractOf("registry/accounts");
    const twins = [accounts, { ...accounts, export: "accounts_2" }];
    expect(await chooseByHeader(twins, [sheetOf("平台", "账号", "教师编号")])).toBeUndefined();
    expect(await chooseByHeader(registry, [sheetOf("标题")])).toBeUndefined();
  });
});

describe("duplicates inside a file", () => {
  const content = (n: number) => n.toString(16).padStart(32, "0").split("").reverse().join("");
  test("are rows with the content of the newest version so far, through every growth", () => {
    const index = new DuplicateIndex();
    for (let i = 0; i < 20_000; i++) expect(index.isDuplicate(`r|${i}`, content(i), 0)).toBe(false);
    for (let i = 0; i < 20_000; i++) expect(index.isDuplicate(`r|${i}`, content(i), 0)).toBe(true);
    expect(index.isDuplicate("r|5", content(7), 0)).toBe(false);
    expect(index.isDuplicate("r|5", content(5), 0)).toBe(false);
  });
  test("an older version does not become the newest", () => {
    const index = new DuplicateIndex();
    expect(index.isDuplicate("a", content(1), 20)).toBe(false);
    expect(index.isDuplicate("a", content(2), 10)).toBe(false);
    expect(index.isDuplicate("a", content(1), 20)).toBe(true);
    expect(index.isDuplicate("a", content(2), 10)).toBe(false);
  });
});

describe("a new system", () => {
  let folder: string;
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "dudao-judge-")); });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  test("is a contract file, no code", async () => {
    const [moodle] = loadContracts([{
      name: "moodle/grades.json",
      text: JSON.stringify({
        system: "moodle", export: "grades", file_pattern: "成绩*.csv", usual_format: "csv",
        mode: "full", scope_field: "course", cadence_days: 7, grace_days: 1,
        relation: "training_record",
        fields: [
          { header: "Course", field: "course", kind: "text", required: "yes", in_record_id: true },
          {
            header: "Teacher", field: "teacher_no", kind: "person", person_as: "teacher_no",
            required: "yes", in_record_id: true,
          },
          { header: "Hours", field: "hours", kind: "credit", required: "when_passed" },
          {
            header: "State", field: "state", kind: "list", required: "yes",
            values: { Done: "done", Open: "open" },
          },
        ],
        passed: [{ field: "state", is: ["done"] }],
        columns: {
          teacher_no: { person: "teacher_no" }, source_training_id: { from: "course" },
          project: { from: "course" }, category: { value: "online" },
          credit_seconds: { from: "hours" }, is_passed: { passed: true },
        },
      }),
    }]) as [Contract];
    const path = join(folder, "成绩.csv");
    writeFileSync(path, [
      "Teacher;Course;State;Hours", "T00000001;C1;Done;2", "T00000002;C1;Open;",
      "T00000003;C2;Done;", "",
    ].join("\n"));
    const rows: AcceptedRow[] = [];
    const verdict = await judgeFile({
      path, fileName: "成绩.csv", system: "moodle", contracts: [moodle], seeds, tokenKey: key,
      landingDay: "2021-06-01", onAccepted: (row) => { rows.push(row); },
      onRejected: () => undefined,
    });
    expect(verdict).toMatchObject({
      kind: "judged", rowsRead: 3, rowsAccepted: 2, rowsRejected: 1, isBalanced: true,
      reasons: { "missing.hours": 1 }, scopes: { C1: 2, C2: 1 },
    });
    expect(rows.map((r) => [r.recordId, r.values[8], r.values[9]])).toEqual([
      ["C1|T00000001", 5400, true], ["C1|T00000002", null, false],
    ]);
  });
});

describe("sentences about refused files", () => {
  test.each<[string, string, RegExp]>([
    ["header_missing", "样本量, 得分", /缺少必需的列：样本量, 得分。$/],
    ["unclosed_quote", "line 17", /第 17 行的引号没有闭合/],
    ["unreadable", "encrypted workbook", /已加密/],
    ["unreadable", "text is Big5, not GB18030", /Big5/],
    ["unreadable", "PDF file", /不是数据文件（PDF file）/],
    ["unreadable", "cell reference 7A", /工作表内部的数据已损坏/],
    ["unreadable", "JSON array is not closed", /截断/],
    ["unreadable", "text follows the JSON array", /JSON 数组结束之后/],
    ["unreadable", "neither workbook nor text in UTF-8, UTF-16 or GB18030", /可识别编码/],
    ["too_large", "archive inflates to more than 2147483648 bytes", /2148 MB/],
    ["unknown_export", "no system moodle", /没有名为“survey”/],
    ["empty", "0 bytes", /空的/],
  ])("%s: %s", (word, detail, form) => {
    expect(refusalSentence(word, detail, "survey")).toMatch(form);
    expect(refusalSentence(word, detail, "survey", "en"))
      .toMatch(/^[\x20-\x7e“”\p{Script=Han}]+\.$/u);
  });
});
