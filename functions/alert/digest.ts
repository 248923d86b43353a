import { systemNames } from "../shared/messages/systems.ts";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { mailTexts, type MailLanguage } from "../shared/messages/mails.ts";
import type { Mail } from "../shared/mailer.ts";
import type { Finding } from "./finding-life.ts";
import type { Recipient } from "./recipients.ts";

export interface DigestRequest {
  readonly recipient: Recipient;
  /** Findings that are new, due or resolved for this person today; at least one. */
  readonly findings: readonly Finding[];
  readonly asOf: string;
  readonly areaNames: ReadonlyMap<string, string>;
  /** Address of the published site without a trailing slash; '' where it is not known. */
  readonly siteUrl: string;
  readonly from: string;
  readonly language?: MailLanguage;
}

/** One digest for one person and day: HTML and text, first line what and by when (alerts.md). */
export function buildDigest(request: DigestRequest): Mail {
  const { recipient, asOf, areaNames, siteUrl } = request;
  const language = request.language ?? "zh";
  const t = mailTexts[language];
  const day = (d: string | null): string => (d === null ? "—" : formatDay(d, language));
  const open = request.findings.filter((f) => f.state_code !== "resolved");
  const resolved = request.findings.filter((f) => f.state_code === "resolved");
  const first = open[0] ?? resolved[0];
  if (!first) throw new Error(`digest: missing findings for ${recipient.recipient_id}`);

  const systemName = (f: Finding): string => systemNames[f.subject]?.[language] ?? f.subject;
  const lead = fillMessage(
    first.state_code === "resolved" ? t.leadResolved
      : first.n === null ? t.leadNever
        : first.state_code === "reminded" ? t.leadReminded : t.leadOpen,
    { system: systemName(first), days: first.n ?? 0, due: day(first.due_on) },
  ) + (request.findings.length > 1 ? fillMessage(t.leadMore, { count: request.findings.length }) : "");

  const rows = open.map((f) => ({
    state: f.state_code === "reminded" ? t.stateReminded : t.stateOpen,
    area: `${areaNames.get(f.area_code) ?? f.area_code} · ${systemName(f)}`,
    since: day(f.since_on),
    fact: f.n === null ? fillMessage(t.factSourceNever, { d: f.d ?? 0 })
      : fillMessage(t.factSourceSilent, { n: f.n, d: f.d ?? 0 }),
    toDo: t.toDoSourceSilent,
    due: day(f.due_on),
    link: pageLink(siteUrl),
  }));
  const done = resolved.map((f) => ({
    area: `${areaNames.get(f.area_code) ?? f.area_code} · ${systemName(f)}`,
    since: day(f.since_on),
    until: day(f.resolved_on),
  }));

  const text = [
    lead, fillMessage(t.asOf, { day: day(asOf) }), "",
    ...rows.flatMap((r) => [
      `■ ${r.state}：${r.area}`, `  ${t.colSince}：${r.since}`, `  ${t.colFact}：${r.fact}`,
      `  ${t.colToDo}：${r.toDo}`, `  ${t.colDue}：${r.due}`, ...(r.link ? [`  ${t.colPage}：${r.link}`] : []), "",
    ]),
    ...(done.length ? [t.resolvedTitle, ...done.map((r) => `✓ ${r.area}（${r.since} – ${r.until}）`), ""] : []),
    t.footer, "",
  ].join("\n");

  const cell = "style='padding:8px 10px;border-bottom:1px solid #d9dee6;text-align:left;vertical-align:top'";
  const dayCell = cell.replace("vertical-align:top", "vertical-align:top;white-space:nowrap");
  const head = "style='padding:8px 10px;border-bottom:2px solid #8a94a3;text-align:left;font-weight:600;white-space:nowrap'";
  const e = escapeHtml;
  const table = rows.length === 0 ? "" : `
<h2 style='font-size:16px;margin:20px 0 6px'>${e(t.tableTitle)}</h2>
<table role='presentation' style='border-collapse:collapse;width:100%;font-size:14px'>
<tr>${[t.colArea, t.colSince, t.colFact, t.colToDo, t.colDue].map((h) => `<th ${head}>${e(h)}</th>`).join("")}</tr>
${rows.map((r) => `<tr><td ${cell}><strong>${e(r.area)}</strong><br><span style='color:#b45309'>▲ ${e(r.state)}</span></td>
<td ${dayCell}>${e(r.since)}</td><td ${cell}>${e(r.fact)}</td><td ${cell}>${e(r.toDo)}${r.link ? `<br><a href='${e(r.link)}'>${e(t.view)}</a>` : ""}</td>
<td ${dayCell}><strong>${e(r.due)}</strong></td></tr>`).join("\n")}
</table>`;
  const closed = done.length === 0 ? "" : `
<h2 style='font-size:16px;margin:20px 0 6px'>${e(t.resolvedTitle)}</h2>
<ul style='padding-left:20px;margin:0'>${done.map((r) => `<li>✓ ${e(r.area)}（${e(r.since)} – ${e(r.until)}）</li>`).join("")}</ul>`;
  const html = `<!doctype html>
<html lang='${language === "zh" ? "zh-CN" : "en"}'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>${e(lead)}</title></head>
<body style="margin:0;background:#f5f7fa;color:#1f2937;font-family:'PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif">
<div style='max-width:720px;margin:0 auto;padding:24px 20px;background:#ffffff'>
<h1 style='font-size:20px;line-height:1.5;margin:0 0 4px'>${e(lead)}</h1>
<p style='color:#5b6675;margin:0;font-size:13px'>${e(fillMessage(t.asOf, { day: day(asOf) }))}</p>${table}${closed}
<p style='color:#5b6675;font-size:12px;margin:28px 0 0;border-top:1px solid #d9dee6;padding-top:10px'>${e(t.footer)}</p>
</div></body></html>
`;
  return {
    key: `digest.${recipient.recipient_id}.${asOf}`,
    from: request.from, to: [recipient.email],
    subject: fillMessage(t.subject, { lead }), html, text,
    sentAt: `${asOf}T06:00:00+08:00`,
  };
}

function pageLink(siteUrl: string): string {
  return siteUrl === "" ? "" : `${siteUrl}/app/#/runs`;
}

function formatDay(day: string, language: MailLanguage): string {
  const [year, month, date] = day.split("-").map(Number);
  return language === "zh" ? `${year}年${month}月${date}日` : day;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (ch) =>
    ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[ch] ?? ch);
}
