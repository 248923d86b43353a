import type { OnlinePlatform } from "./county-plans.ts";

/** A training as one source names it. */
export interface Training {
  readonly id: string;
  readonly name: string;
  /** Hundredths of 学时. */
  readonly hundredths: number;
}

export interface Project {
  readonly name: string;
  readonly trainings: readonly Training[];
}

const course = (
  id: string, name: string, hundredths: number
): Training => ({ id, name, hundredths });

/** Projects of the online platforms; a county takes the one of its half-year. */
export const projects: Readonly<Record<Exclude<OnlinePlatform, "ntms">, readonly Project[]>> = {
  "vendor-a": ["2020年春", "2020年秋", "2021年春", "2021年秋"].map((round, i) => ({
    name: `信息技术应用能力提升工程2.0整校推进（${round}）`,
    trainings: [
      course(`A${i + 1}01`, "技术支持的学情分析与教学设计", 1250),
      course(`A${i + 1}02`, "混合环境下的学法指导与学业评价", 800),
    ],
  })),
  "vendor-b": ["2020", "2021上", "2021下"].map((round, i) => ({
    name: `四川省提升工程2.0网络研修${round}`,
    trainings: [
      course(`KC-${i + 1}-1`, "多媒体教学环境下的课堂导入与讲授", 800),
      course(`KC-${i + 1}-2`, "微课程设计与制作", 700),
      course(`KC-${i + 1}-3`, "自评与互评活动的组织", 500),
    ],
  })),
  credit: ["2020", "2021"].map((year) => ({
    name: `教师信息技术应用能力提升网络研修（${year}）`,
    trainings: [
      course(`XF-${year}-ON1`, `信息化教学基础（${year}）`, 1000),
      course(`XF-${year}-ON2`, `智慧课堂应用（${year}）`, 1000),
    ],
  })),
  lrs: [{
    name: "云上研修",
    trainings: [1, 2, 3, 4, 5].map((n) =>
      course(`https://lrs.yunyanxiu.example/course/${n}`, `云上研修第${n}单元`, 400)),
  }],
};

export const ntmsTrainings = {
  mixed: course("提升工程2.0校本应用考核混合研修", "提升工程2.0校本应用考核混合研修", 5000),
  online: course("教师信息技术素养网络研修", "教师信息技术素养网络研修", 2000),
  faceToFace: [
    course("信息化教学能力短期面授培训（一）", "", 1500),
    course("信息化教学能力短期面授培训（二）", "", 1500),
  ],
} as const;

export const creditPractice: readonly Training[] = [1, 2, 3].map((n) =>
  course(`XF-PR-${n}`, `校本应用实践${n}`, 1000));

export interface PracticeTask {
  readonly task: string;
  readonly kind: "能力点认证材料" | "校本教研" | "课堂实录";
  readonly hundredths: number;
}

export const practiceTasks: readonly PracticeTask[] = [
  { task: "能力点应用实践（一）", kind: "能力点认证材料", hundredths: 500 },
  { task: "教研组专题研讨", kind: "校本教研", hundredths: 500 },
  { task: "能力点应用实践（二）", kind: "能力点认证材料", hundredths: 500 },
  { task: "课例研修", kind: "校本教研", hundredths: 500 },
  { task: "能力点应用实践（三）", kind: "能力点认证材料", hundredths: 500 },
  { task: "信息化教学课堂实录", kind: "课堂实录", hundredths: 500 },
];

/** Provincial summary of a vendor-a project in ntms. */
export function ntmsSummaryName(projectIndex: number): string {
  return `省级汇总整校推进网络研修第${projectIndex + 1}批`;
}

/** Summary of a vendor-b project on the credit platform. */
export function creditSummaryId(projectIndex: number): string {
  return `XF-VB-${projectIndex + 1}`;
}

/** Credit platform's entry for the practice task 课例研修. */
export const creditLessonStudyId = "XF-KLYX";

/** Rows of the crosswalk seed of the home: which ids of the sources mean one training. */
export function listCrosswalk(): readonly (readonly [
  system: string, id: string, training: string,
])[] {
  const rows: [string, string, string][] = [];
  projects["vendor-a"].forEach((project, i) => {
    for (const t of project.trainings) rows.push(["vendor-a", t.id, `T-A${i + 1}`]);
    rows.push(["ntms", ntmsSummaryName(i), `T-A${i + 1}`]);
  });
  projects["vendor-b"].forEach((project, i) => {
    for (const t of project.trainings) rows.push(["vendor-b", t.id, `T-B${i + 1}`]);
    rows.push(["credit", creditSummaryId(i), `T-B${i + 1}`]);
  });
  rows.push(["practice", "课例研修", "T-P1"], ["credit", creditLessonStudyId, "T-P1"]);
  return rows;
}
