import fc from "fast-check";
import iconv from "iconv-lite";
import { afterAll, expect, it } from "vitest";
import { TextTrial, type LandedText } from "./parts-of-file.ts";
import { people } from "./night/small-province.ts";
import { statementLine } from "./random-statements.ts";

const trial = new TextTrial();
afterAll(() => trial.remove());

const registrations = "登记编号,县（市、区）,行政区划代码,启动日期,方案文号,样板县,备案状态,更新时间";
const courses = "项目名称,班级,姓名,账号,身份证号,市,区县,学校,课程编号,课程名称,课程进度(%)," +
  "观看时长(分钟),认定学时,是否合格,最近学习时间";

/** A record of the registry with versions; few values, so that rows repeat and differ. */
const registration = fc.tuple(
  fc.constantFrom("R1", "R2", "Ｒ1", "R3", ""), fc.constantFrom("锦江区", "", "青羊区"),
  fc.constantFrom("510104", "510105", "999999", '="510104"'),
  fc.constantFrom("2021-03-01", "2021年3月1日", "31.2.2021", "44256", ""),
  fc.constantFrom("川教〔2021〕1号", '"川教\n1号"', '"a,b"', '"说""好"""', "䶮\u{20000}", "x\"y"),
  fc.constantFrom("是", "否", "可能", ""), fc.constantFrom("通过", "待审", "通 过", "无"),
  fc.constantFrom("2021-03-01 08:00", "2021-03-02 08:00", "2021-03-01", "-", ""),
).map((cells) => cells.join(","));

const course = fc.tuple(
  fc.constantFrom("2021年项目", "甲", "乙", ""), fc.constantFrom("1班", '"2班"', "２班"),
  fc.constantFrom("王建国", "欧阳 曦", ""), fc.constantFrom("u1", "u2"),
  fc.constantFrom(...people.slice(0, 3).map((p) => p.idNumber), "4.3E+17", "0000***12", ""),
  fc.constantFrom("成都市"), fc.constantFrom("锦江区"), fc.constantFrom("实验小学", "A@b"),
  fc.constantFrom("C1", "C2", "'C1", "-", ""), fc.constantFrom("信息化", "=1+1"),
  fc.constantFrom("10", "20"), fc.constantFrom("30"),
  fc.constantFrom("1.5", "2学时", "1.555", "9999", ""), fc.constantFrom("是", "否", "也许", ""),
  fc.constantFrom("2021.01.15 13:25", "2021-13-45", "2022-01-01", "2021/2/3", ""),
).map((cells) => cells.join(","));

/** Rows that are no records, or no rows of this table. */
const other = (header: string) => fc.constantFrom(
  "", " , ", ",,,,,,,", "-,—,,", "合计,12,,", "总计：3", "只有一格", header, `${header},,`,
  "a,b", Array(30).fill("x").join(","), `${Array(15).fill("").join(",")},surplus`,
  '"open\r\nclosed",b', '"a" b,c', '"a"b,c', "\uFEFFa,b",
);

const file = fc.record({
  kind: fc.constantFrom("registry" as const, "vendor-a" as const),
  encoding: fc.constantFrom("utf8", "utf8-bom", "gb18030"),
  title: fc.constantFrom("", "2021年导出\n", "\n说明,甲\n\n"),
  end: fc.constantFrom("\n", "\r\n", "\r", "mixed"),
  hasEnd: fc.boolean(),
  broken: fc.option(fc.nat(), { nil: undefined }),
}).chain((form) => {
  const row = form.kind === "registry" ? registration : course;
  const header = form.kind === "registry" ? registrations : courses;
  const rows = fc.array(
    fc.oneof({ weight: 5, arbitrary: row }, { weight: 2, arbitrary: other(header) }),
    { maxLength: 24 });
  return rows.map((lines): LandedText => {
    const ends = form.end === "mixed" ? ["\n", "\r\n", "\r"] : [form.end];
    const text = form.title + [header, ...lines]
      .map((line, i, all) => line + (i < all.length - 1 || form.hasEnd
        ? ends[i % ends.length] : "")).join("");
    const bytes = form.encoding === "gb18030"
      ? iconv.encode(text, "gb18030")
      : Buffer.from((form.encoding === "utf8-bom" ? "\uFEFF" : "") + text, "utf8");
    // A byte that is text in neither encoding, behind the header.
    const firstRow = Math.floor(bytes.length * 0.7);
    if (form.broken !== undefined) bytes[firstRow + form.broken % (bytes.length - firstRow)] = 0xff;
    return form.kind === "registry"
      ? { system: "registry", fileName: "县级启动登记.csv", bytes }
      : { system: "vendor-a", fileName: "courses.csv", bytes };
  });
});

it("reads a text in parts as it reads it in one go", { timeout: 60_000 }, async () => {
  let several = 0;
  const nParts = fc.integer({ min: 1, max: 4 });
  const mostCells = fc.constantFrom(1, 4, undefined);
  const chunkBytes = fc.constantFrom(7, 100, 1_000_000);
  await fc.assert(fc.asyncProperty(file, nParts, chunkBytes, mostCells, async (text, n, bytes, most) => {
    const whole = await trial.readWhole(text);
    const parts = await trial.readParts(text, Math.ceil(text.bytes.length / n), bytes, most);
    if (parts === undefined) return;
    several++;
    expect(JSON.stringify(parts)).toBe(JSON.stringify(whole));
    expect(parts.verdict.isBalanced).toBe(true);
  }), { numRuns: 300 });
  expect(several).toBeGreaterThan(75);
});

it("counts a row as duplicate of the newest version before it, in whatever part", async () => {
  const row = (state: string, at: string) => `R1,锦江区,510104,2021-03-01,,是,${state},${at}`;
  const bytes = Buffer.from([
    registrations, row("通过", "2021-03-02"), row("待审", "2021-03-01"), row("通过", "2021-03-02"),
    row("待审", "2021-03-01"), row("待审", "2021-03-03"), row("通过", "2021-03-02"),
    row("待审", "2021-03-03"), "",
  ].join("\n"));
  const text = { system: "registry", fileName: "县级启动登记.csv", bytes };
  const whole = await trial.readWhole(text);
  // The older version stands beside the newest one, and again each time it comes.
  expect(whole?.accepted.map(([place]) => place)).toEqual([2, 3, 5, 6, 7]);
  for (const partBytes of [1, 60, 100, 200]) {
    expect(await trial.readParts(text, partBytes)).toEqual(whole);
    expect(trial.parts).toBeGreaterThan(1);
  }
});

it("cuts no workbook, no JSON, no UTF-16 and nothing that has no header", async () => {
  const rows = `${registrations}\n${"R1,,510104,,,,待审,\n".repeat(20)}`;
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["JSON", Buffer.from(JSON.stringify([{ 登记编号: "R1" }]))],
    ["NDJSON", Buffer.from('{"登记编号":"R1"}\n{"登记编号":"R2"}\n')],
    ["UTF-16", iconv.encode(rows, "utf16le", { addBOM: true })],
    ["without header", Buffer.from("a,b\n1,2\n3,4\n")],
    ["an open quote", Buffer.from(`${rows}"R2,`)],
    ["nothing", Buffer.alloc(0)],
  ];
  for (const [what, bytes] of cases) {
    const text = { system: "registry", fileName: "县级启动登记.csv", bytes };
    expect(await trial.readParts(text, 10), what).toBeUndefined();
  }
  const text = { system: "registry", fileName: "县级启动登记.csv", bytes: Buffer.from(rows) };
  expect(await trial.readParts(text, 10)).toBeDefined();
});

const statements = fc.record({
  lines: fc.array(statementLine, { maxLength: 16 }), bom: fc.constantFrom("", "\uFEFF"),
  ends: fc.constantFrom(["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]), hasEnd: fc.boolean(),
  encoding: fc.constantFrom("utf8", "utf8", "gb18030"),
  broken: fc.option(fc.nat(), { nil: undefined, freq: 3 }),
}).map(({ lines, bom, ends, hasEnd, encoding, broken }): LandedText => {
  const first = '{"id":"x"}';
  const text = [first, ...lines].map((json, i, all) =>
    json + (i < all.length - 1 || hasEnd ? ends[i % ends.length] : "")).join("");
  const bytes = encoding === "utf8" ? Buffer.from(bom + text) : iconv.encode(text, encoding);
  if (broken !== undefined) bytes[first.length + 9 + broken % bytes.length] = 0xff;
  return { system: "lrs", fileName: "statements.ndjson", bytes };
});

it("reads lines of statements in parts as it reads them in one go", async () => {
  let several = 0;
  await fc.assert(fc.asyncProperty(
    statements, fc.integer({ min: 1, max: 5 }), fc.constantFrom(7, 100, 1_000_000),
    fc.constantFrom(1, 4, undefined), async (text, n, bytes, most) => {
      const whole = await trial.readWhole(text);
      const parts = await trial.readParts(text, Math.ceil(text.bytes.length / n), bytes, most);
      if (parts === undefined) return;
      several++;
      expect(JSON.stringify(parts)).toBe(JSON.stringify(whole));
      expect(parts.verdict.isBalanced).toBe(true);
    }), { numRuns: 400 });
  expect(several).toBeGreaterThan(150);
}, 60_000);
