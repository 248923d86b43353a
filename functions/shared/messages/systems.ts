/** Names of the training systems for people (systems.md). */
export const systemNames: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  registry: { zh: "能力提升工程管理系统", en: "Project registry" },
  ntms: { zh: "全国教师管理信息系统", en: "National teacher management system" },
  credit: { zh: "省教师继续教育学分平台", en: "Provincial credit platform" },
  "vendor-a": { zh: "网络研修平台 A", en: "Online training platform A" },
  "vendor-b": { zh: "网络研修平台 B", en: "Online training platform B" },
  yunjiao: { zh: "四川云教（三个课堂）", en: "Sichuan cloud classrooms" },
  practice: { zh: "校本实践台账", en: "School-based practice sheets" },
  lrs: { zh: "学习记录库", en: "Learning record store" },
  survey: { zh: "三方评价系统", en: "Evaluation system" },
};

/** Chinese name of a system, its code where it is not known. */
export function systemNameZh(system: string): string {
  return systemNames[system]?.zh ?? system;
}
