import { areaName } from "../shared/areas.ts";
import { areaPath } from "../shared/home.ts";
import type { Language } from "../shared/messages/catalogue.ts";
import { translatorOf } from "../shared/messages/catalogue.ts";
import { serveMessages } from "../shared/messages/serve.ts";

/** Place in the dashboards' address: `510104` → `#/51/5101/510104`. */
export function areaFragment(area: string): string {
  return `#/${areaPath(area)}`;
}

export interface LoginFacts {
  readonly language: Language;
  readonly user?: string;
  readonly problem?:
    | "login.failed" | "link.used" | "oidc.failed" | "oidc.unknown" | "oidc.unavailable";
  /** Can one log in at an issuer of identities too? */
  readonly hasIssuer?: boolean;
}

/** The login form; works without script, a script only carries the `#/…` of a link along. */
export function buildLoginPage(
  { language, user = "", problem, hasIssuer = false }: LoginFacts,
): string {
  const t = translatorOf(serveMessages, language);
  const alert = problem ? `<p class="alert" role="alert">${escapeHtml(t(problem))}</p>` : "";
  const invalid = problem === "login.failed" ? ' aria-invalid="true"' : "";
  const other = language === "zh" ? "?lang=en" : "?lang=zh";
  const issuer = hasIssuer
    ? `<p><a id="oidc" href="/login/oidc?lang=${language}">${t("oidc.submit")}</a></p>\n` : "";
  const carry = hasIssuer
    ? 'document.getElementById("oidc").href += "&page=" + encodeURIComponent(location.hash);' : "";
  return buildPage(language, t("login"), `
<h1>${t("login")}</h1>
<p>${t("login.intro")}</p>
${alert}
<form method="post" action="/login?lang=${language}">
<label for="user">${t("user")}</label>
<input id="user" name="user" value="${escapeHtml(user)}" autocomplete="username"
 autocapitalize="none" spellcheck="false" required${invalid}${user ? "" : " autofocus"}>
<label for="password">${t("password")}</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 aria-describedby="hint" required${invalid}${user ? " autofocus" : ""}>
<p id="hint" class="hint">${t("login.hint")}</p>
<input type="hidden" name="page" id="page">
<button type="submit">${t("submit")}</button>
</form>
${issuer}<p><a href="/login${other}" lang="${language === "zh" ? "en" : "zh-CN"}">${
  t("other_language")}</a></p>
<script>document.getElementById("page").value = location.hash;${carry}</script>`);
}

/** Says which area is closed, what is open instead, and whom to ask. */
export function buildForbiddenPage(
  language: Language, area: string, own: readonly string[],
): string {
  const t = translatorOf(serveMessages, language);
  const links = own.map((code) =>
    `<a href="/app/${areaFragment(code)}">${escapeHtml(areaName(code))}</a>`).join("、");
  const text = ["forbidden.area", "forbidden.own", "forbidden.ask"] as const;
  const values = {
    area: escapeHtml(areaName(area)), own: links,
    office: t("office", { area: escapeHtml(areaName(area)) }),
  };
  return buildPage(language, t("forbidden"), `
<h1>${t("forbidden")}</h1>
${text.map((key) => `<p>${t(key, values)}</p>`).join("\n")}
${logoutForm(t("logout"))}`);
}

export function buildNoticePage(
  language: Language, title: "missing" | "failed" | "not_allowed",
): string {
  const t = translatorOf(serveMessages, language);
  const text = title === "not_allowed" ? "" : `<p>${t(`${title}.text`)}</p>`;
  return buildPage(language, t(title), `
<h1>${t(title)}</h1>
${text}
<p><a href="/">${t("back")}</a></p>`);
}

function logoutForm(label: string): string {
  return `<form method="post" action="/logout"><button type="submit">${label}</button></form>`;
}

function buildPage(language: Language, title: string, body: string): string {
  const site = serveMessages[language].site;
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-CN" : "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · ${site}</title>
<style>${style}</style>
</head>
<body>
<header>${site}</header>
<main>${body}
</main>
</body>
</html>
`;
}

const style = `
body { margin: 0; background: #f3f5f8; color: #1b2733; font: 16px/1.6 "PingFang SC",
 "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; }
header { background: #173b6c; color: #fff; padding: 14px 20px; font-weight: 600; }
main { max-width: 22rem; margin: 6vh auto; padding: 20px 28px; background: #fff;
 border-radius: 8px; }
h1 { font-size: 1.4rem; margin: 0 0 8px; }
label { display: block; margin-top: 14px; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: 10px; font: inherit;
 border: 1px solid #68778a; border-radius: 6px; }
button { width: 100%; margin-top: 16px; padding: 11px; font: inherit; font-weight: 600; border: 0;
 border-radius: 6px; background: #1f5fbf; color: #fff; cursor: pointer; }
a { color: #174f9f; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid #b45f06;
 outline-offset: 2px; }
.hint { margin: 6px 0 0; font-size: .875rem; color: #4a5a6b; }
.alert { margin: 12px 0; padding: 10px 12px; border-left: 4px solid #b45f06; background: #fdf3e3; }
`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (ch) => `&#${ch.charCodeAt(0)};`);
}
