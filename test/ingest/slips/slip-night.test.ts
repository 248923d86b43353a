import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readXlsx, writeXlsx } from "hucre";
import { writeNightSlips } from "../../../functions/ingest/slip-night.ts";
import type { UnmatchedPlace } from "../../../functions/ingest/slip-unmatched.ts";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import {
  people, roster, rosterRow, survey, surveyRow, vendor, vendorRow,
} from "../night/small-province.ts";
import { closeSharedWorkers, TrialHome } from "../night/trial-home.ts";
import { runCommand } from "../../province/province-home.ts";

const home = new TrialHome();
const root = join(home.folder, "home");
const [first, second] = ["2021-03-01", "2021-03-02"];
const teacher = (i: number) => people[i] ?? (() => { throw new Error(`no person ${i}`); })();
const course = (i: number, name = "C1") => vendorRow("国培2021", teacher(i), name);

/** Completes the slips of a day; `unmatched` names rows of vendor-a and survey files. */
async function complete(day: string, unmatched: Readonly<Record<string, readonly number[]>> | null) {
  const scratch = join(home.folder, "slips");
  mkdirSync(scratch, { recursive: true });
  const files = await readLedger(home.store, { date: day });
  const places = unmatched && files.flatMap((row): UnmatchedPlace[] =>
    (unmatched[row.file_name] ?? []).map((number, i) => ({
      system: row.system, file_id: row.file_id, sheet: row.format === "xlsx" ? "Sheet1" : "",
      row_number: number, reason: i === 0 ? "unknown.person" : "contradictory.person",
    })));
  return writeNightSlips({ store: home.store, scratch, knownOn: day, files, unmatched: places });
}

const body = async (key: string): Promise<Uint8Array> =>
  (await home.store.get(key))?.body ?? (() => { throw new Error(`missing ${key}`); })();
const sheetsOf = async (key: string) => (await readXlsx(await body(key))).sheets;
const textOf = async (key: string) => Buffer.from(await body(key)).toString("utf8");

const measured = { "进度.xlsx": [5, 4], "好.csv": [3] } as const;

beforeAll(async () => {
  await home.land(first, "vendor-a/进度.xlsx", await vendor([
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => course(i)),
    course(9).map((value, k) => (k === 12 ? "很多" : value)),
  ]));
  await home.land(first, "survey/好.csv", survey([surveyRow("E1", 90), surveyRow("E2", 91)]));
  await home.land(first, "survey/差.csv", survey([
    surveyRow("E3", 101), surveyRow("E4", "不详"), surveyRow("E5", 80),
    surveyRow("E6", 70).map((value, k) => (k === 4 ? "519999" : value)),
  ]));
  await home.land(first, "survey/空.csv", "");
  const teachers = [0, 1, 2].map((i) => rosterRow(teacher(i)));
  await home.land(first, "registry/教师名册.csv", roster(teachers));
  await home.night(first);
  await complete(first, measured);
  await home.land(second, "vendor-a/进度2.xlsx", await vendor([
    course(0), course(1).map((value, k) => (k === 12 ? "-3" : value)),
  ]));
  await home.land(second, "survey/同.csv", survey([surveyRow("E1", 90), surveyRow("E2", 91)]));
  await home.night(second);
  await complete(second, {});
});
afterAll(async () => {
  await closeSharedWorkers();
  home.remove();
});

describe("the slip of a file after its night", () => {
  it("has the rows whose person matches nobody on a sheet of their own, and as CSV", async () => {
    const sheets = await sheetsOf("slips/vendor-a/2021-03-01/进度.xlsx.xlsx");
    expect(sheets.map((s) => s.name)).toEqual(["说明", "退回行", "未匹配人员"]);
    const cover = new Map(sheets[0]?.rows.map((row) => [row[0], row[1]]));
    expect(cover.get("未匹配人员行数")).toMatch(/^2（已接受，但所写的人不在教师名册中/);
    expect(cover.get("核对")).toBe("读入 10 = 接受 9 + 退回 1 + 重复 0");
    expect(sheets[0]?.rows.flat().join("\n")).toContain("只列本文件中新增或有改动的行");
    expect(cover.get("处理日期")).toBe("2021-03-01");
    expect(sheets[1]?.rows[1]?.slice(0, 4)).toEqual([
      "Sheet1", 12, "M12", "“认定学时”填写的“很多”不是 0–200 的学时数",
    ]);
    expect(sheets[2]?.rows).toEqual([
      ["工作表", "行号", "原因", "怎么办"],
      ["Sheet1", 4, "教师编号与身份证号指向名册中的两个人",
        "核对本行的教师编号和身份证号，改正写错的一项后再报"],
      ["Sheet1", 5, "教师名册中查无此人：所写的教师编号、身份证号或账号对不上任何人",
        "核对本行的教师编号和身份证号；没有写错就请所在学校把此人报入教师名册"],
    ]);
    expect(await textOf("slips/vendor-a/2021-03-01/unmatched/进度.xlsx.csv")).toBe(`\uFEFF${
      sheets[2]?.rows.map((row) => `${row.join(",")}\r\n`).join("")}`);
  });

  it("is there for a file without rejected rows whose persons match nobody", async () => {
    const sheets = await sheetsOf("slips/survey/2021-03-01/好.csv.xlsx");
    expect(sheets.map((s) => s.name)).toEqual(["说明", "未匹配人员"]);
    expect(sheets[1]?.rows[1]?.[0]).toBe(3);
    expect(sheets[0]?.rows.flat()).toContain("全部接受");
  });

  it("says of a refused file in one sentence why, and what to do", async () => {
    const sheets = await sheetsOf("slips/survey/2021-03-01/空.csv.xlsx");
    expect(sheets).toHaveLength(1);
    const texts = sheets[0]?.rows.flat() ?? [];
    expect(texts).toContain("整个文件拒收");
    const [row] = (await readLedger(home.store, { date: first }))
      .filter((r) => r.file_name === "空.csv");
    expect(texts).toContain(row?.reason_zh);
    expect(texts.join("\n")).toContain("重新报送完整文件");
    expect(texts).not.toContain("读入行数");
  });

  it("says of a held file that nothing is in force yet, and keeps its rejected rows", async () => {
    const sheets = await sheetsOf("slips/vendor-a/2021-03-02/进度2.xlsx.xlsx");
    expect(sheets.map((s) => s.name)).toEqual(["说明", "退回行"]);
    expect(sheets[0]?.rows.flat()).toContain("暂缓入库，等待放行");
    expect(sheets[0]?.rows.flat().join("\n")).toContain("其中的行还没有生效");
    expect(sheets[1]?.rows[1]?.slice(0, 3)).toEqual(["Sheet1", 4, "M4"]);
  });

  it("is not made where nothing goes back", async () => {
    const keys = (await home.store.list("slips/")).map((o) => o.key);
    expect(keys.filter((key) => /教师名册|同\.csv/.test(key))).toEqual([]);
  });

  it("is readable by the owner alone, with everything beside it", async () => {
    for (const { key } of await home.store.list("slips/")) {
      expect({ key, mode: statSync(join(root, key)).mode & 0o777 }).toEqual({ key, mode: 0o600 });
    }
  });

  it("is the same to the byte when the night is completed again", async () => {
    const keys = (await home.store.list("slips/")).map((o) => o.key);
    const before = await Promise.all(keys.map(textOf));
    await complete(first, measured);
    await complete(second, {});
    expect((await home.store.list("slips/")).map((o) => o.key)).toEqual(keys);
    expect(await Promise.all(keys.map(textOf))).toEqual(before);
  });
});

describe("the summary of a system and night", () => {
  it("has every file with its numbers that add up, its status and its slip", async () => {
    const sheets = await sheetsOf("slips/survey/2021-03-01.xlsx");
    expect(sheets.map((s) => s.name)).toEqual(["文件", "原因"]);
    expect(sheets[0]?.rows.map((row) => [row[0], row[3], ...row.slice(4, 10), row[11]])).toEqual([
      ["文件", "处理结果", "读入行数", "接受行数", "退回行数", "重复行数", "跳过行数", "未匹配人员行数",
        "退回单"],
      ["好.csv", "全部接受", 2, 2, 0, 0, 0, 1, "2021-03-01/好.csv.xlsx"],
      ["差.csv", "部分退回", 4, 1, 3, 0, 0, 0, "2021-03-01/差.csv.xlsx"],
      ["空.csv", "整个文件拒收", "—", "—", "—", "—", "—", "—", "2021-03-01/空.csv.xlsx"],
      ["合计", null, 6, 3, 3, 0, 0, 1, null],
    ]);
  });

  it("has every reason with its rows and the place of the first", async () => {
    const sheets = await sheetsOf("slips/survey/2021-03-01.xlsx");
    expect(sheets[1]?.rows).toEqual([
      ["文件", "原因", "行数", "首例位置", "可接受的写法", "原因代码"],
      ["差.csv", "“得分”不是 0–100 的得分", 2, "行号 2 · 得分", "0–100，最多两位小数",
        "invalid.score"],
      ["差.csv", "“行政区划代码”对不上任何一个县（市、区）", 1, "行号 5 · 行政区划代码",
        "县级行政区划代码 6 位，如 510104；或市名加县名", "unknown.area"],
    ]);
  });

  it("says the same as CSV, and holds no name, number or account", async () => {
    for (const system of ["survey", "vendor-a", "registry"]) {
      const csv = await textOf(`slips/${system}/2021-03-01.csv`);
      const sheets = await sheetsOf(`slips/${system}/2021-03-01.xlsx`);
      const lines = sheets.map((s) => s.rows.map((row) => row.map((v) => v ?? "").join(",")));
      expect(csv.split("\r\n").slice(1, -1).map((line) => line.replaceAll('"', "")))
        .toEqual(lines.flatMap((of, i) => (i === 0 ? of : ["", ...of])));
      const secrets = people.flatMap((p) => [p.name, p.idNumber, p.phone, p.account]);
      expect(secrets.filter((secret) => csv.includes(secret))).toEqual([]);
    }
  });

  it("says — for the persons of a held file and of a night that was not measured", async () => {
    const held = await sheetsOf("slips/vendor-a/2021-03-02.xlsx");
    expect(held[0]?.rows[1]?.[9]).toBe("—");
    const key = "slips/survey/2021-03-01.xlsx";
    await home.store.delete(key);
    await complete(first, null);
    expect((await sheetsOf(key))[0]?.rows[1]?.[9]).toBe("—");
    await complete(first, measured);
    expect((await sheetsOf(key))[0]?.rows[1]?.[9]).toBe(1);
    await complete(first, null);
    expect((await sheetsOf(key))[0]?.rows[1]?.[9]).toBe(1);
  });
});

it("can itself be sent back: repaired in the sheet of rejected rows it is accepted", async () => {
  const sheets = await sheetsOf("slips/survey/2021-03-01/差.csv.xlsx");
  const repairs: Readonly<Record<string, string>> = { "101": "100", 不详: "88.5", 519999: "510104" };
  const repaired = sheets.map(({ name, rows }) => ({
    name, rows: name !== "退回行" ? rows
      : rows.map((row) => row.map((v) => repairs[String(v)] ?? v)),
  }));
  const day = "2021-03-03";
  await home.land(day, "survey/差_修改.csv", await writeXlsx({ sheets: repaired }));
  expect(await home.ledger(day)).toEqual(["survey/差_修改.csv accepted 3=3+0+0 u0"]);
  const scores = await home.rows(
    "evaluation", "known_on::VARCHAR AS known_on, score_hundredths::INT AS score");
  expect(scores.filter((r) => r["known_on"] === day).map((r) => r["score"]))
    .toEqual([10_000, 8850, 7000]);
});

describe("dudao slip", () => {
  const run = (...args: readonly string[]) => runCommand("slip", ...args, "--home", root);

  it("prints the rows in the shape of figures.md and nothing else", async () => {
    const { code, out } = await run("差.csv", "--json");
    expect(code).toBe(0);
    expect(out.map((line) => JSON.parse(line) as object)).toEqual([
      { sheet: "", row: 2, cell: "得分", reasons: ["invalid.score"] },
      { sheet: "", row: 3, cell: "得分", reasons: ["invalid.score"] },
      { sheet: "", row: 5, cell: "行政区划代码", reasons: ["unknown.area"] },
    ]);
  });

  it("tells a person place and reason in Chinese, and where workbook and CSV lie", async () => {
    const { out } = await run("进度.xlsx");
    expect(out).toEqual([
      "vendor-a/2021-03-01/进度.xlsx  部分退回", "读入 10 = 接受 9 + 退回 1 + 重复 0", "",
      "工作表  行号  单元格  原因", "Sheet1  12    M12     学时无法识别或超出范围", "",
      "退回单（交报送单位）：slips/vendor-a/2021-03-01/进度.xlsx.xlsx",
      "同样内容的 CSV：slips/vendor-a/2021-03-01/进度.xlsx.csv",
      "未匹配人员：slips/vendor-a/2021-03-01/unmatched/进度.xlsx.csv",
    ]);
    expect((await run("空.csv")).out.slice(0, 1)).toEqual(["survey/2021-03-01/空.csv  整个文件拒收"]);
  });

  it("knows a file by name, by its landing key and by the first digits of its SHA-256", async () => {
    const [row] = (await readLedger(home.store)).filter((r) => r.file_name === "差.csv");
    for (const name of ["survey/2021-03-01/差.csv", "landing/survey/2021-03-01/差.csv",
      row?.sha256.slice(0, 8) ?? ""]) {
      expect((await run(name, "--json")).out).toHaveLength(3);
    }
    const unknown = await run("没有.csv");
    expect(unknown.code).toBe(2);
    expect(unknown.err.join())
      .toContain("file: unknown: 没有.csv; accepted: a file of `dudao files`");
    expect((await run()).err.join()).toContain("missing FILE or --date");
    expect((await run("差.csv", "--system", "survey")).code).toBe(2);
  });

  it("lists what a night sends back, of all systems or one", async () => {
    const { out } = await run("--date", first, "--system", "survey");
    expect(out).toEqual([
      "survey/2021-03-01/好.csv  全部接受", "  slips/survey/2021-03-01/好.csv.xlsx",
      "survey/2021-03-01/差.csv  部分退回  退回 3 行", "  slips/survey/2021-03-01/差.csv.xlsx",
      "survey/2021-03-01/空.csv  整个文件拒收", "  slips/survey/2021-03-01/空.csv.xlsx",
      "本晚汇总：slips/survey/2021-03-01.xlsx",
    ]);
    const json = (await run("--date", first, "--json")).out.map((l) => JSON.parse(l) as object);
    expect(json).toHaveLength(4);
    expect(json).toContainEqual({
      system: "vendor-a", landing_day: first, file_name: "进度.xlsx", status: "partly",
      rows_rejected: 1, workbook: "slips/vendor-a/2021-03-01/进度.xlsx.xlsx",
      csv: "slips/vendor-a/2021-03-01/进度.xlsx.csv",
      unmatched: "slips/vendor-a/2021-03-01/unmatched/进度.xlsx.csv",
    });
  });
});
