import { cities, counties, type Area } from "../../functions/shared/areas.ts";
import { plainRow, type DraftFile, type Row, type Table } from "../../functions/simulate/exports/table.ts";
import { identityNumber } from "./identity-number.ts";

/** Sizes of one night; those of issue 4 at 1. */
export interface ProvinceSize {
  readonly nTeachers: number;
  readonly nSchools: number;
  readonly nCourseRows: number;
  /** Rows of each county's practice sheet. */
  readonly nTaskRows: number;
  readonly nCredits: number;
  readonly nStatements: number;
  readonly nSessions: number;
}

/** The full province (826,000 teachers, 24,000 schools) made smaller by a factor. */
export function sizeProvince(scale: number): ProvinceSize {
  const n = (full: number): number => Math.max(1, Math.round(full * scale));
  return {
    nTeachers: n(826_000), nSchools: Math.max(counties.length, n(24_000)), nCourseRows: n(300_000),
    nTaskRows: n(200), nCredits: n(60_000), nStatements: n(100_000), nSessions: n(40_000),
  };
}

const countyOf = (school: number): Area => counties[school % counties.length] as Area;
const cityName = (county: Area): string =>
  cities.find((city) => city.code === county.parent)?.name ?? "";
export const teacherNo = (i: number): string => `51${String(10_000_000 + i)}`;
export const schoolCode = (i: number): string =>
  `${countyOf(i).code}${String(1000 + Math.floor(i / counties.length))}`;
const schoolName = (i: number): string => `${countyOf(i).name}第${1 + Math.floor(i / 183)}小学`;
const two = (n: number): string => String(n).padStart(2, "0");
/** Of thousand rows one is another one on the second night. */
const isChanged = (i: number, night: number): boolean => night > 0 && i % 1000 === 499 + night;

const teacherHeader = [
  "教师编号", "姓名", "身份证件类型", "身份证号", "学校标识码", "任教学段", "任教学科", "岗位",
  "在岗状态", "变动日期", "手机号",
];
const schoolHeader = [
  "学校标识码", "学校名称", "市（州）", "县（市、区）", "行政区划代码", "学段", "办学类型",
  "城乡类型", "智慧教育创建学校", "首席信息官", "管理团队人数", "状态", "启用日期", "撤并日期",
];
const subjects = ["语文", "数学", "英语", "物理", "音乐", "信息技术"];

function teacherRow(i: number, size: ProvinceSize, night: number): Row {
  const school = isChanged(i, night) ? (i + 1) % size.nSchools : i % size.nSchools;
  return plainRow([
    teacherNo(i), "王建国", "居民身份证", identityNumber(i), schoolCode(school), "小学",
    subjects[i % subjects.length] as string, i % 40 === 0 ? "校长" : "教师", "在职", "2020-07-01",
    `1380000${String(i % 10_000).padStart(4, "0")}`,
  ]);
}

function schoolRow(i: number, night: number): Row {
  const county = countyOf(i);
  return plainRow([
    schoolCode(i), schoolName(i), cityName(county), county.name, county.code, "小学",
    i % 9 === 0 ? "村小" : "学校", i % 3 === 0 ? "乡村" : "镇区", i % 20 === 0 ? "是" : "否", "李明",
    isChanged(i, night) ? 9 : 3 + (i % 5), "在办", { kind: "date", serial: 43_000 }, null,
  ]);
}

/** Rolls of one night: a thousandth of the rows differs from night to night. */
export function buildRolls(size: ProvinceSize, night: number): readonly DraftFile[] {
  const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const draft = (
    name: string, fileName: string, format: DraftFile["format"], header: string[], rows: Row[],
  ): DraftFile => ({
    system: "registry", export: name, mode: "full", format, fileName,
    tables: [{
      sheet: "名册", titles: format === "xlsx" ? [[`名册，第${night + 1}次导出`]] : [], header, rows,
    }],
  });
  return [
    draft("teachers", "教师名册.csv", "csv gb18030", teacherHeader,
      range(size.nTeachers).map((i) => teacherRow(i, size, night))),
    draft("schools", "学校名册.xlsx", "xlsx", schoolHeader,
      range(size.nSchools).map((i) => schoolRow(i, night))),
  ];
}

const courseHeader = [
  "项目名称", "班级", "姓名", "账号", "身份证号", "市", "区县", "学校", "课程编号", "课程名称",
  "课程进度(%)", "观看时长(分钟)", "认定学时", "是否合格", "最近学习时间",
];

/**
 * A running project, one sheet a city: of a row in ten the progress grew since the night before,
 * and a row in a hundred is new.
 */
export function buildCourses(size: ProvinceSize, night: number): DraftFile {
  const bySheet = new Map<string, Row[]>();
  for (let i = 0; i < size.nCourseRows; i++) {
    if (night === 0 && i % 100 === 99) continue;
    const teacher = i % size.nTeachers;
    const county = countyOf(teacher % size.nSchools);
    const city = cityName(county);
    const progress = (i % 90) + (i % 10 === 3 ? night * 7 : 0);
    const rows = bySheet.get(city) ?? [];
    bySheet.set(city, rows);
    rows.push(plainRow([
      "2021年全员培训项目", `${1 + (teacher % 40)}班`, "王建国", `u${teacher}`, identityNumber(teacher),
      city, county.name, schoolName(teacher % size.nSchools), `C${100 + (i % 7)}`,
      "信息化教学设计与实践", progress, 30 + progress * 2, 1.5 + (i % 8), progress > 60 ? "是" : "否",
      `2021.0${1 + (i % 9)}.1${i % 10} 13:2${progress % 10}`,
    ]));
  }
  const tables = [...bySheet].map(([sheet, rows]): Table =>
    ({ sheet, titles: [[`${sheet}学习进度统计表`]], header: courseHeader, rows }));
  return {
    system: "vendor-a", export: "courses", mode: "full", format: "xlsx", tables,
    fileName: "学习进度.xlsx",
  };
}

const taskHeader = [
  "县（市、区）", "学校名称", "学校标识码", "教师姓名", "教师编号", "身份证号", "环境",
  "能力点编号", "实践类型", "实践任务", "提交时间", "校级测评结果", "县级复核结果", "实践学时",
];

/** Practice sheets of all 183 counties. */
export function buildTasks(size: ProvinceSize, night: number): readonly DraftFile[] {
  return counties.map((county, c): DraftFile => {
    const rows = Array.from({ length: size.nTaskRows }, (_, i) => {
      const teacher = (c + 183 * (i + night * size.nTaskRows)) % size.nTeachers;
      return plainRow([
        county.name, schoolName(teacher % size.nSchools), schoolCode(teacher % size.nSchools),
        "王建国", teacherNo(teacher), identityNumber(teacher), "多媒体教学环境", `A${1 + (i % 3)}`,
        "课堂实录", `T${night}-${i}`, `2021-11-${two(1 + (i % 28))} 10:30:00`, "合格", "未复核", "1.5",
      ]);
    });
    return {
      system: "practice", export: "tasks", mode: "delta", format: "csv gb18030",
      fileName: `${county.name}_${county.code}_${night}.csv`,
      tables: [{ sheet: "", titles: [], header: taskHeader, rows }],
    };
  });
}

const creditHeader = [
  "employeeName", "idCard", "unitName", "countyId", "trainId", "trainName", "trainUnitName",
  "trainBeginDate", "trainEndDate", "creditHour", "category", "status", "updatedAt",
];
const sessionHeader = [
  "序号", "课堂编号", "课堂类型", "授课学校", "听课学校标识码", "教师编号", "身份证号",
  "签到时间", "签退时间", "时长(分钟)", "是否合格",
];

/** News of the credit platform and of 四川云教. */
export function buildNews(size: ProvinceSize, night: number): readonly DraftFile[] {
  const credits = Array.from({ length: size.nCredits }, (_, i) => {
    const teacher = (i * 11 + night) % size.nTeachers;
    return plainRow([
      "王建国", identityNumber(teacher), schoolName(teacher % size.nSchools),
      countyOf(teacher % size.nSchools).code, `CR${night}-${i % 50}`, "省级集中培训",
      "四川省教师继续教育中心", "2021-11-01", `2021-11-${two(2 + (i % 27))}`, 2 + (i % 6),
      i % 3 === 0 ? "practice" : "online", "valid", `2021-12-0${1 + (i % 9)}T10:00:00+08:00`,
    ]);
  });
  const sessions = Array.from({ length: size.nSessions }, (_, i) => {
    const teacher = (i * 13 + night) % size.nTeachers;
    const on = `2021-11-${two(1 + (i % 28))}`;
    return plainRow([
      String(i + 1), `S${night}-${i % 400}`, "专递课堂", "成都市第七中学",
      schoolCode(teacher % size.nSchools), teacherNo(teacher), identityNumber(teacher),
      `${on} 14:00:00`, `${on} 14:45:00`, "45", "是",
    ]);
  });
  return [
    {
      system: "credit", export: "credits", mode: "delta", format: "json",
      fileName: `credits-${night}.json`,
      tables: [{ sheet: "", titles: [], header: creditHeader, rows: credits }],
    },
    {
      system: "yunjiao", export: "sessions", mode: "delta", format: "csv utf-8-bom",
      fileName: `听课记录-${night}.csv`,
      tables: [{ sheet: "", titles: [], header: sessionHeader, rows: sessions }],
    },
  ];
}

/** One xAPI statement; one in a hundred lacks the duration that credit needs. */
export function statementLine(i: number, nTeachers: number): string {
  const hex = i.toString(16).padStart(12, "0");
  const at = `2021-1${i % 2}-${two(1 + (i % 28))}T${two(8 + (i % 12))}:${two(i % 60)}:05`;
  return JSON.stringify({
    id: `5f0c1e2a-9b3d-4c77-8a10-${hex}`,
    actor: {
      objectType: "Agent",
      account: { homePage: "https://registry.scdx.example", name: teacherNo(i % nTeachers) },
    },
    verb: { id: "http://adlnet.gov/expapi/verbs/completed", display: { "zh-CN": "完成" } },
    object: {
      objectType: "Activity", id: `https://lrs.yunyanxiu.example/course/${i % 5000}`,
      definition: { name: { "zh-CN": "信息化教学设计与实践" } },
    },
    result: {
      success: true, completion: true,
      ...(i % 100 === 57 ? {} : { duration: `PT${1 + (i % 3)}H${i % 60}M2S` }),
    },
    context: { platform: "Web" }, timestamp: `${at}.250+08:00`, stored: `${at}.900+08:00`,
  });
}
