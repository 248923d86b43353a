/** Texts of the alert mails; `{name}` places are filled by the digest. */
export const mailTexts = {
  zh: {
    subject: "【督导】{lead}",
    leadOpen: "{system}已 {days} 天没有新的导出数据，请于 {due} 前恢复报送",
    leadNever: "{system}尚未报送过数据，请于 {due} 前开始报送",
    leadReminded: "再次提醒：{system}已 {days} 天没有新的导出数据，请于 {due} 前恢复报送",
    leadResolved: "{system}已恢复报送",
    leadMore: "等 {count} 项",
    asOf: "数据截至 {day}",
    tableTitle: "需要处理",
    resolvedTitle: "已解决",
    colArea: "范围", colSince: "自何日起", colFact: "情况", colToDo: "请做什么", colDue: "期限", colPage: "页面",
    factSourceSilent: "最近一次到达后 {n} 天没有新文件（允许 {d} 天）",
    factSourceNever: "从未收到文件（首次导出应在 {d} 天内到达）",
    toDoSourceSilent: "请系统管理员检查夜间导出与传输任务，补传缺失文件；补传后次日自动解除。",
    footer: "本邮件由督导数据平台自动发送，每人每天至多一封；同一事项不重复发送。邮件不含个人信息。",
    stateOpen: "新发现", stateReminded: "再次提醒", stateResolved: "已解决",
    view: "查看",
  },
  en: {
    subject: "[Dudao] {lead}",
    leadOpen: "{system}: no new export for {days} days; please resume by {due}",
    leadNever: "{system}: no export yet; please begin by {due}",
    leadReminded: "Reminder: {system}: no new export for {days} days; please resume by {due}",
    leadResolved: "{system} reports again",
    leadMore: "and {count} more",
    asOf: "Data as of {day}",
    tableTitle: "To be dealt with",
    resolvedTitle: "Resolved",
    colArea: "Area", colSince: "Since", colFact: "Fact", colToDo: "What to do", colDue: "By", colPage: "Page",
    factSourceSilent: "no new file for {n} days after the last arrival ({d} allowed)",
    factSourceNever: "no file was ever received (the first is due within {d} days)",
    toDoSourceSilent: "Check the nightly export and its transfer, send the missing files; it closes by itself the next day.",
    footer: "Sent by the supervision pipeline, at most one mail a person and day; no personal data.",
    stateOpen: "New", stateReminded: "Reminder", stateResolved: "Resolved",
    view: "Open",
  },
} as const;

export type MailText = keyof typeof mailTexts.zh;
export type MailLanguage = keyof typeof mailTexts;
