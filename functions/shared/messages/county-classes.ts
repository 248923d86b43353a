/** Words of the county map: titles, classes, labels of tiles. */
export const classTexts = {
  zh: {
    title_started: "各县启动情况",
    title_progress: "各县学时进度",
    title_completed: "各县学时达标率",
    title_qualified: "各县合格率",
    title_reporting: "各县数据报送",
    classDesc: "{label} {count} 个县。",
    reported: "已报送",
    nothing: "无教师",
    shareStep: "{from}–{to}%",
    figureRatio: "{share}（{ratio}）",
    label_progress: "{county}：{state}，学时进度 {figure}，教师 {teachers} 人",
    label_completed: "{county}：{state}，学时达标率 {figure}，教师 {teachers} 人",
    label_qualified: "{county}：{state}，合格率 {figure}，教师 {teachers} 人",
    deepPoverty: "，深度贫困县",
  },
  en: {
    title_started: "Start of the counties",
    title_progress: "Progress of hours by county",
    title_completed: "Hours completed by county",
    title_qualified: "Qualified teachers by county",
    title_reporting: "Reporting of the counties",
    classDesc: "{label}: {count}. ",
    reported: "reported",
    nothing: "no teachers",
    shareStep: "{from}–{to}%",
    figureRatio: "{share} ({ratio})",
    label_progress: "{county}: {state}, progress of hours {figure}, {teachers} teachers",
    label_completed: "{county}: {state}, hours completed {figure}, {teachers} teachers",
    label_qualified: "{county}: {state}, qualified {figure}, {teachers} teachers",
    deepPoverty: ", deep poverty",
  },
} as const;

export type ClassText = keyof typeof classTexts.zh;
