import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { writeXlsx } from "hucre";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { buildProvinceNight, people, type Person } from "../ingest/night/small-province.ts";
import { runCommand, type CommandRun } from "../province/province-home.ts";

/** The walk of CONTRIBUTING.md, done by reading its commands and its change out of it. */
const walk = readWalk(readFileSync(join(packageRoot, "CONTRIBUTING.md"), "utf8"));

interface Block { readonly kind: "sh" | "diff"; readonly lines: readonly string[] }

function readWalk(text: string): readonly Block[] {
  const section = /## Add a training system\n([\s\S]*?)\n## /.exec(text)?.[1] ?? "";
  return [...section.matchAll(/```(sh|diff)\n([\s\S]*?)```/g)].map((match) => ({
    kind: match[1] as Block["kind"],
    lines: (match[2] ?? "").split("\n").map((line) => line.replace(/^ {3}/, ""))
      .filter((line) => line !== ""),
  }));
}

const root = mkdtempSync(join(tmpdir(), "tenth-"));
const home = join(root, "home");
const runs: { readonly line: string; readonly run: CommandRun }[] = [];
const runOf = (start: string): CommandRun =>
  runs.find(({ line }) => line.startsWith(`npx dudao ${start}`))?.run as CommandRun;

const header = [
  "序号", "课程编号", "课程名称", "教师工号", "身份证号", "教师姓名", "所在学校", "学时", "完成状态", "完成时间",
];
const lesson = (
  n: number, p: Person, course: string, state = "已完成", hours = "2", id = p.idNumber,
): readonly string[] => [
  String(n), course, course === "Z1" ? "新课标专家讲座" : "课堂观察专家讲座", p.teacherNo, id, p.name,
  "第一小学", hours, state, "2021-02-18 20:15",
];
const person = (i: number): Person => people[i] as Person;

/** Nobody of these has a row in another system. */
const csvRows = [
  ["专家课堂学习记录"],
  header,
  lesson(1, person(12), "Z1"), lesson(2, person(13), "Z1"), lesson(3, person(14), "Z1", "未完成"),
  lesson(4, person(15), "Z2"), lesson(5, person(16), "Z2", "未完成"),
  // Two bad rows: hours that are none, a person in neither writing.
  lesson(6, person(17), "Z2", "已完成", "很多"),
  lesson(7, { ...person(18), teacherNo: "" }, "Z2", "已完成", "2", "12345"),
  // The value that the sample taught nobody, and a row sent twice.
  lesson(8, person(19), "Z1", "已取消"), lesson(8, person(19), "Z1", "已取消"),
];
const sampleRows = csvRows.slice(0, 9);
const xlsxRows = [header, lesson(1, person(20), "Z1", "已完成", "4")];

const csv = (rows: readonly (readonly string[])[]): Buffer =>
  iconv.encode(rows.map((row) => row.join(",")).join("\r\n") + "\r\n", "gb18030");

/** Runs one line of the walk as a shell would: dudao in this process, the rest by hand. */
async function runLine(line: string): Promise<void> {
  const words = line.split(" ").map((word) => word.replace(/^HOME(?=\/|$)/, home));
  const place = (word = ""): string => (word.startsWith("/") ? word
    : word.startsWith("sql/") ? join(packageRoot, word) : join(root, word));
  const [program, ...rest] = words;
  if (program === "npx") {
    const args = rest.slice(1).map((w) => (/^专家课堂[^/]*$/.test(w) ? place(w) : w));
    runs.push({ line, run: await runCommand(...args) });
  } else if (program === "mkdir") mkdirSync(place(rest[1]), { recursive: true });
  else if (program === "cp") copyFileSync(place(rest[0]), place(rest[1]));
  else if (program === "echo") {
    const [, text = "", file = ""] = /^echo '(.*)' >> (.*)$/.exec(line) ?? [];
    appendFileSync(file.replace(/^HOME/, home), `${text}\n`);
  } else throw new Error(`line of the walk: unknown program: ${line}`);
}

function applyChange(lines: readonly string[]): void {
  const file = join(home, "contracts/zjk/lessons.json");
  let text = readFileSync(file, "utf8");
  for (let i = 0; i < lines.length; i += 2) {
    const [old = "", fresh = ""] = [lines[i]?.slice(1), lines[i + 1]?.slice(1)];
    expect(lines[i]?.[0] + (lines[i + 1]?.[0] ?? "")).toBe("-+");
    expect(text, `to be changed: ${old}`).toContain(old);
    text = text.replace(old, fresh);
  }
  writeFileSync(file, text);
}

beforeAll(async () => {
  for (const { name, body } of await buildProvinceNight()) {
    const file = join(home, "landing", dirname(name), "2021-02-20", basename(name));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
  writeFileSync(join(root, "专家课堂_20210221.csv"), csv(sampleRows));
  writeFileSync(join(root, "专家课堂_补报.xlsx"),
    await writeXlsx({ sheets: [{ name: "Sheet1", rows: xlsxRows.map((row) => [...row]) }] }));
  for (const { kind, lines } of walk) {
    if (kind === "diff") applyChange(lines);
    else {
      for (const line of lines) {
        // The day's file is longer than the sample that was looked at.
        if (line.startsWith("cp 专家课堂_20210221.csv")) {
          writeFileSync(join(root, "专家课堂_20210221.csv"), csv(csvRows));
        }
        await runLine(line);
      }
    }
  }
}, 180_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What a command answers a script about the home. */
async function ask(...args: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { out } = await runCommand(...args, "--home", home, "--json");
  return out.filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe("the walk through a tenth system in CONTRIBUTING.md", () => {
  test("runs every command without a fault", () => {
    expect(runs.map(({ line, run }) => [line, run.code, run.err.filter((e) => e.startsWith("dudao"))]))
      .toEqual(runs.map(({ line }) => [line, 0, []]));
    expect(runs.length).toBeGreaterThanOrEqual(7);
  });

  test("the report tells header, kinds and personal columns and shows no number or name whole", () => {
    const report = runOf("inspect").out.join("\n");
    expect(report).toContain("表头在第 2 行");
    expect(report).toContain("编码：gb18030");
    expect(report).toMatch(/教师工号：教师编号/);
    expect(report).toMatch(/身份证号：身份证号.*个人信息/);
    expect(report).toMatch(/教师姓名：.*个人信息/);
    for (const p of people) {
      expect(report).not.toContain(p.idNumber);
      expect(report).not.toContain(p.name);
    }
  });

  test("the first contract names what it guessed and what a person must decide", () => {
    const contract = JSON.parse(readFileSync(join(home, "contracts/zjk/lessons.json"), "utf8")) as {
      readonly fields: readonly { readonly header: string; readonly kind: string }[];
    };
    expect(Object.fromEntries(contract.fields.map((f) => [f.header, f.kind]))).toEqual({
      序号: "ignored", 课程编号: "identifier", 课程名称: "text", 教师工号: "person", 身份证号: "person",
      教师姓名: "text", 所在学校: "text", 学时: "credit", 完成状态: "list", 完成时间: "event",
    });
    const drafted = runs.find(({ line }) => line.includes("--contract"))?.run.err.join("\n");
    for (const word of ["需要人决定", "记录编号", "完成状态", "增量", "专家课堂_*.csv"]) {
      expect(drafted).toContain(word);
    }
  });

  test("doctor counts the contract of the home", () => {
    expect(runOf("doctor").out.join("\n")).toMatch(/contracts: 21 exports, 1 of this home: zjk\/lessons/);
  });

  test("files of both formats balance, bad rows go back with cell and reason", async () => {
    const files = await ask("files", "--date", "2021-02-21");
    expect(files.filter((file) => file["system"] === "zjk")).toMatchObject([
      { file_name: "专家课堂_20210221.csv", status: "partly", rows_skipped: 1, rows_read: 9,
        rows_accepted: 6, rows_rejected: 2, rows_duplicate: 1 },
      { file_name: "专家课堂_补报.xlsx", status: "accepted", rows_read: 1, rows_accepted: 1 },
    ]);
    expect(await ask("slip", "zjk/2021-02-21/专家课堂_20210221.csv")).toEqual([
      { sheet: "", row: 8, cell: "学时", reasons: ["invalid.credit"] },
      { sheet: "", row: 9, cell: "身份证号", reasons: ["invalid.id_number"] },
    ]);
  });

  test("its teachers are credited, in the seconds of its hours", async () => {
    const told = await ask("explain", "teacher", person(20).teacherNo, "--as-of", "2021-02-21");
    expect(told).toMatchObject([
      { online_seconds: 4 * 2_700, records: [{ system: "zjk", outcome: "credited" }] },
    ]);
  });

  test("H1 grows by the four teachers whom only this system reports", async () => {
    const h1 = async (day: string): Promise<number> => {
      const rows = await ask("figures", "--as-of", day, "--area", "51", "--figure", "H1");
      return Number(rows.find((row) => row["segment_code"] === "all")?.["n"]);
    };
    expect(await h1("2021-02-21") - await h1("2021-02-20")).toBe(4);
  });

  test("D_systems counts ten systems, all in time", async () => {
    expect(await ask("figures", "--as-of", "2021-02-21", "--figure", "D_systems"))
      .toMatchObject([{ area_code: "51", segment_code: "all", n: 10, d: 10 }]);
  });
});
