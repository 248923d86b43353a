import { writeXlsx } from "hucre";
import iconv from "iconv-lite";
import * as spreadsheet from "@e965/xlsx";

/** One invented person; identity numbers use area 000000, which was never issued. */
export interface Person {
  readonly teacherNo: string;
  readonly name: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly account: string;
}

const surnames = ["欧阳", "司徒", "夏侯", "诸葛", "皇甫", "尉迟", "公羊", "澹台"];
const givenNames = ["曦珩", "翊宸", "沁蘅", "霁玥", "骁璟", "筱璠", "瑀彤", "淏淼"];

export const people: readonly Person[] = Array.from({ length: 24 }, (_, i) => ({
  teacherNo: `5101T${String(i).padStart(5, "0")}`,
  name: `${surnames[i % 8]}${givenNames[(i * 3 + Math.floor(i / 8)) % 8]}`,
  idNumber: idNumberOf(i),
  phone: `1390000${String(4000 + i)}`,
  account: `platform-user-${7000 + i}`,
}));

function idNumberOf(i: number): string {
  const first17 = `00000019${70 + (i % 20)}0${1 + (i % 9)}1${i % 9}${String(100 + i)}`.slice(0, 17);
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((s, w, k) => s + w * Number(first17[k]), 0);
  return first17 + "10X98765432"[sum % 11];
}

type Cells = readonly (string | number | null)[];
export interface LandedFile {
  /** `<system>/<file name>`. */
  readonly name: string;
  readonly body: Uint8Array;
}

const csv = (rows: readonly Cells[]): string => rows.map((row) => row.map((cell) => {
  const text = cell === null ? "" : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}).join(",")).join("\r\n") + "\r\n";
const gb18030 = (rows: readonly Cells[]): Uint8Array => iconv.encode(csv(rows), "gb18030");
const utf8 = (rows: readonly Cells[], bom = ""): Uint8Array => Buffer.from(bom + csv(rows), "utf8");
const xlsx = (rows: readonly Cells[], name = "Sheet1"): Promise<Uint8Array> =>
  writeXlsx({ sheets: [{ name, rows: rows.map((row) => [...row]) }] });
function xls(rows: readonly Cells[]): Uint8Array {
  const book = spreadsheet.utils.book_new();
  spreadsheet.utils.book_append_sheet(
    book, spreadsheet.utils.aoa_to_sheet(rows.map((row) => [...row])), "Sheet1");
  return spreadsheet.write(book, { type: "buffer", bookType: "biff8" }) as Uint8Array;
}

const school = "5101040001";

export const rosterHeader = [
  "教师编号", "姓名", "身份证件类型", "身份证号", "学校标识码", "任教学段", "任教学科", "岗位",
  "在岗状态", "变动日期", "手机号",
];
export const rosterRow = (p: Person, changes: Readonly<Record<string, string>> = {}): Cells =>
  rosterHeader.map((column) => changes[column] ?? ({
    教师编号: p.teacherNo, 姓名: p.name, 身份证件类型: "居民身份证", 身份证号: p.idNumber,
    学校标识码: school, 任教学段: "小学", 任教学科: "语文", 岗位: "教师", 在岗状态: "在职",
    变动日期: "2020-09-01", 手机号: p.phone,
  } as Readonly<Record<string, string>>)[column] ?? "");
export const roster = (rows: readonly Cells[]): Uint8Array => gb18030([rosterHeader, ...rows]);

export const vendorHeader = [
  "项目名称", "班级", "姓名", "账号", "身份证号", "市", "区县", "学校", "课程编号", "课程名称",
  "课程进度(%)", "观看时长(分钟)", "认定学时", "是否合格", "最近学习时间",
];
export const vendorRow = (project: string, p: Person, course: string, hours = 5): Cells => [
  project, "一班", p.name, p.account, p.idNumber, "成都市", "锦江区", "第一小学", course, "课程",
  "100", "225", hours, "是", "2021.02.19 13:24",
];
export const vendor = (rows: readonly Cells[]): Promise<Uint8Array> =>
  xlsx([["学习进度"], vendorHeader, ...rows]);

export const surveyHeader = [
  "评价编号", "评价类型", "项目名称", "县（市、区）", "行政区划代码", "评价日期", "得分", "样本量",
];
export const survey = (rows: readonly Cells[]): Uint8Array => utf8([surveyHeader, ...rows]);
export const surveyRow = (no: string, score: number | string): Cells =>
  [no, "专家", "评价", "锦江区", "510104", "2021-02-01", score, 20];

const statement = (i: number, p: Person, name: string, duration = "PT45M") => JSON.stringify({
  id: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
  timestamp: "2021-02-10T10:00:00+08:00", stored: "2021-02-10T10:00:01+08:00",
  actor: { account: { homePage: "https://other.example", name: p.account }, name },
  verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
  object: { id: "https://courses.example/c1", definition: { name: { "zh-CN": "课程" } } },
  result: { completion: true, duration }, context: { platform: "p" },
});

/** A first night of all nine systems, with at least one rejected row in each that has persons. */
export async function buildProvinceNight(): Promise<readonly LandedFile[]> {
  const p = people as readonly [Person, Person, Person, Person, ...Person[]];
  const broken = (id: string): string => `${id.slice(0, 17)}${id[17] === "1" ? "2" : "1"}`;
  const files: readonly (readonly [string, Uint8Array | Promise<Uint8Array>])[] = [
    ["registry/学校名册.xlsx", xlsx([
      ["学校标识码", "学校名称", "市（州）", "县（市、区）", "行政区划代码", "学段", "办学类型",
        "城乡类型", "智慧教育创建学校", "首席信息官", "管理团队人数", "状态", "启用日期", "撤并日期"],
      [school, "第一小学", "成都市", "锦江区", "510104", "小学", "学校", "城区", "否", p[3].name,
        "5", "在办", "2019-09-01", ""],
    ])],
    ["registry/教师名册.csv", roster([
      ...p.map((person) => rosterRow(person)),
      rosterRow(p[0], { 教师编号: "", 学校标识码: school }),
      rosterRow(p[1], { 学校标识码: "12" }),
    ])],
    ["registry/县级启动登记.xlsx", xlsx([
      ["登记编号", "县（市、区）", "行政区划代码", "启动日期", "方案文号", "样板县", "备案状态", "更新时间"],
      ["R1", "锦江区", "510104", "2020-12-30", "文1", "是", "通过", "2021-01-02 08:00:00"],
    ])],
    ["registry/方案备案.xlsx", xlsx([
      ["备案编号", "层级", "单位代码", "方案类型", "年度", "提交日期", "审核状态", "审核日期"],
      ["F1", "县", "510104", "实施方案", "2020", "2020-11-01", "通过", "2020-11-09"],
    ])],
    ["registry/学校选点.csv", gb18030([
      ["学校标识码", "年度", "能力点编号", "选定日期"], [school, "2020", "A1", "2020-10-01"],
    ])],
    ["registry/教师选点测评.csv", gb18030([
      ["教师编号", "能力点编号", "选点日期", "自评", "互评", "校级测评结果", "测评日期", "县级复核结果"],
      [p[0].teacherNo, "A1", "2020-10-02", "优", "优", "合格", "2021-01-10", "通过"],
    ])],
    ["registry/示范培训.xlsx", xlsx([
      ["项目名称", "期次", "教师编号", "线上学时", "实践学时", "是否结业", "结业日期"],
      ["管理团队培训", "1", p[1].teacherNo, 20, 30, "是", "2021-01-20"],
    ])],
    ["registry/样板校.xlsx", xlsx([["学校标识码", "认定日期"], [school, "2020-12-01"]])],
    ["registry/质量抽检.xlsx", xlsx([
      ["抽检编号", "市（州）", "教师编号", "抽检日期", "抽检结论"],
      ["S1", "成都市", p[2].teacherNo, "2021-01-15", "属实"],
    ])],
    ["registry/联系人.xlsx", xlsx([
      ["行政区划代码", "类型", "姓名", "单位", "部门", "职务", "手机号", "电子邮箱"],
      ["510104", "负责人", p[4]?.name ?? "", "教育局", "教育科", "科长", p[4]?.phone ?? "", "office@county.example"],
      ["510104", "无此类", p[5]?.name ?? "", "教育局", "教育科", "科长", p[5]?.phone ?? "", "x@county.example"],
    ])],
    ["registry/地方能力点.xlsx", xlsx([
      ["能力点编号", "市（州）", "维度", "名称", "环境"],
      ["L5101-01", "成都市", "教学设计", "地方点", "多媒体"],
    ])],
    ["registry/平台账号对照.csv", utf8([
      ["平台", "账号", "教师编号"],
      ...p.map((person) => ["https://other.example", person.account, person.teacherNo]),
    ])],
    ["ntms/培训记录.xls", xls([
      ["国内培训"], ["制表"],
      ["序号", "学校标识码", "学校名称", "教师姓名", "教师编号", "身份证件类型", "教师身份证号",
        "培训年度", "培训类别", "培训项目名称", "培训机构名称", "培训方式", "培训获得学时",
        "培训获得学分", "培训开始日期", "培训结束日期"],
      ...p.slice(0, 5).map((person, i) => [
        String(i + 1), school, "第一小学", person.name, person.teacherNo, "居民身份证",
        person.idNumber, "2021", "20-省级", "国培", "机构", "3-网络研修", "6", "1",
        "2021-01-01", i === 4 ? "不详" : "2021-01-05",
      ]),
    ])],
    ["credit/学分.json", Buffer.from(JSON.stringify(p.slice(0, 4).map((person, i) => ({
      employeeName: person.name, idCard: i === 3 ? broken(person.idNumber) : person.idNumber,
      unitName: "第一小学", countyId: "510104", trainId: "T1", trainName: "培训",
      trainUnitName: "机构", trainBeginDate: "2021-01-01", trainEndDate: "2021-01-08",
      creditHour: 4, category: "online", status: "valid", updatedAt: "2021-02-01 10:00:00",
    }))))],
    ["vendor-a/进度.xlsx", vendor([
      ...p.slice(0, 6).map((person) => vendorRow("国培2021", person, "C1")),
      vendorRow("国培2021", { ...p[6] ?? p[0], idNumber: broken(p[6]?.idNumber ?? "") }, "C1"),
    ])],
    ["vendor-b/导出.xls", xls([
      ["项目名称", "姓名", "手机号", "身份证", "单位", "课程编号", "课程名称", "学时",
        "已学时长（分）", "课程完成率", "完成状态", "学习开始时间", "学习结束时间"],
      ...p.slice(0, 4).map((person, i) => [
        "省培", person.name, person.phone, i === 3 ? broken(person.idNumber) : person.idNumber,
        "第一小学", "B1", "课程", "2", "90", "100%", "已完成", "2021-01-03 09:00", "2021-01-04 10:00",
      ]),
    ])],
    ["yunjiao/课堂.csv", utf8([
      ["序号", "课堂编号", "课堂类型", "授课学校", "听课学校标识码", "教师编号", "身份证号", "签到时间",
        "签退时间", "时长(分钟)", "是否合格"],
      ...p.slice(0, 3).map((person, i) => [
        String(i), "K1", "专递课堂", "名校", school, i === 1 ? "" : person.teacherNo,
        i === 2 ? broken(person.idNumber) : person.idNumber, "2021-02-03 09:00:00",
        "2021-02-03 09:45:00", i === 2 ? "很久" : "45", "是",
      ]),
    ], "\uFEFF")],
    ["practice/510104_2021W05.csv", gb18030([
      ["县（市、区）", "学校名称", "学校标识码", "教师姓名", "教师编号", "身份证号", "环境", "能力点编号",
        "实践类型", "实践任务", "提交时间", "校级测评结果", "县级复核结果", "实践学时"],
      ...p.slice(0, 4).map((person, i) => [
        "锦江区", "第一小学", school, person.name, i === 0 ? "" : person.teacherNo, person.idNumber,
        "多媒体", i === 3 ? "Z9" : "A1", "课堂实录", "任务一", "2021-02-05", "合格", "通过", "5",
      ]),
    ])],
    ["lrs/statements.ndjson", Buffer.from([
      statement(1, p[0], p[0].name), statement(2, p[1], p[1].name),
      statement(3, p[2], p[2].name, "three quarters"), "{ broken",
    ].join("\n"))],
    ["survey/评价.csv", survey([surveyRow("E1", 92.5), surveyRow("E2", 101)])],
  ];
  return Promise.all(files.map(async ([name, body]) => ({ name, body: await body })));
}
