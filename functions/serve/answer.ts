import {
  allow, buildPolicy, findAreaOfPath, readSession, sessionCookie, signSession,
} from "../shared/allow.ts";
import type { Policy } from "../shared/allow.ts";
import { areaName } from "../shared/areas.ts";
import type { Language } from "../shared/messages/catalogue.ts";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { serveMessages } from "../shared/messages/serve.ts";
import { oidcReturnPath } from "../shared/oidc-settings.ts";
import { checkPassword, findUser } from "../shared/users.ts";
import type { LocalUser } from "../shared/users.ts";
import { beginOidc, endOidc, endedAttempt, type OidcSite } from "./answer-oidc.ts";
import { attemptCookie } from "./oidc-attempt.ts";
import type { OidcIssuer } from "./oidc-issuer.ts";
import type { OneTimeLinks } from "./one-time-links.ts";
import {
  areaFragment, buildForbiddenPage, buildLoginPage, buildNoticePage, type LoginFacts,
} from "./pages.ts";
import type { ReadPublished } from "./published-file.ts";
import { buildSecurityHeaders } from "./security-headers.ts";

/** One HTTP request, as far as the site looks at it. */
export interface Question {
  readonly method: string;
  /** Path and query as sent, never decoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Form of a POST, '' otherwise. */
  readonly body: string;
}
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** `Set-Cookie` values beside the one of the session. */
  readonly cookies?: readonly string[];
}
export interface Site extends OidcSite {
  readonly links: OneTimeLinks;
  readonly readPublished: ReadPublished;
  /** Undefined where the home names none. */
  readonly openIssuer: () => Promise<OidcIssuer | undefined>;
}

const sessionHours = 12;

/** Answers one request: login and logout, who am I, or a published file that `allow` lets pass. */
export async function answer(site: Site, question: Question): Promise<Answer> {
  const { method } = question;
  const [path = "", query = ""] = question.url.split(/\?(.*)/s);
  const language: Language = new URLSearchParams(query).get("lang") === "en" ? "en" : "zh";
  if (method === "POST") {
    if (!isOwnForm(question.headers)) return notice(403, language, "not_allowed");
    if (path === "/login") return login(site, question, language);
    if (path === "/logout") return logout();
  }
  if (method !== "GET" && method !== "HEAD") {
    return notice(405, language, "not_allowed", { allow: "GET, HEAD" });
  }
  const cookies = parseCookies(question.headers["cookie"] ?? "");
  const policy = readSession(
    cookies[sessionCookie] ?? "", { key: site.sessionKey, now: site.now() });
  if (path === "/") return redirect(policy ? startOf(policy) : "/login");
  if (path === "/login") return loginPage(site, 200, { language });
  if (path === "/login/oidc") return startOidc(site, method, query, language);
  if (path === oidcReturnPath) {
    return finishOidc(site, method, query, cookies[attemptCookie] ?? "", language);
  }
  if (path === "/login/once") return redeem(site, method, query, language, policy);
  if (path === "/api/me") return tellWho(site, policy);
  return readFile(site, question, path, cookies, language, policy);
}

async function readFile(
  site: Site, question: Question, path: string, cookies: Readonly<Record<string, string>>,
  language: Language, policy: Policy | undefined,
): Promise<Answer> {
  const wantsPage = (question.headers["accept"] ?? "").includes("text/html");
  const decision = allow(question.url, cookies, { key: site.sessionKey, now: site.now() });
  if (decision.kind !== "refused") {
    const found = await site.readPublished({
      path,
      acceptsGzip: /\bgzip\b/.test(question.headers["accept-encoding"] ?? ""),
      knownEtag: question.headers["if-none-match"] ?? "",
    });
    return found ?? notice(404, language, "missing");
  }
  if (decision.why === "path") {
    // Below a province's prefix nothing but slices exists: not found would tell more.
    return notice(findAreaOfPath(path) || /^\/\d/.test(path) ? 403 : 404, language, "missing");
  }
  if (decision.why === "session") {
    return wantsPage ? redirect("/login") : json(401, { error: "session" });
  }
  site.log.record("serve.refused", { user: policy?.user ?? "", area: decision.area });
  if (wantsPage) {
    return html(403, buildForbiddenPage(language, decision.area, policy?.areas ?? []));
  }
  const area = { code: decision.area, name: areaName(decision.area) };
  const ask = fillMessage(serveMessages[language].office, { area: area.name });
  return json(403, { error: "area", area, ask });
}

async function login(site: Site, question: Question, language: Language): Promise<Answer> {
  const form = new URLSearchParams(question.body);
  const user = (form.get("user") ?? "").trim().toLowerCase();
  const check = await checkPassword(site.store, user, form.get("password") ?? "", site.now());
  site.log.record("serve.login", { result: check.kind });
  if (check.kind !== "accepted") {
    // A locked account reads like a wrong password: the page does not tell which names exist.
    return loginPage(site, 401, { language, user, problem: "login.failed" });
  }
  const page = form.get("page") ?? "";
  return openSession(site, check.user, isFragment(page) ? page : undefined);
}

async function redeem(
  site: Site, method: string, query: string, language: Language, policy: Policy | undefined,
): Promise<Answer> {
  // A HEAD of a link checker must not use the link up.
  if (method === "HEAD") return html(200, "");
  const secret = new URLSearchParams(query).get("t") ?? "";
  const name = site.links.redeem(secret, site.now());
  const user = name === undefined ? undefined : await findUser(site.store, name);
  site.log.record("serve.link", { result: user ? "accepted" : "refused" });
  if (user) return openSession(site, user, undefined);
  if (policy) return redirect(startOf(policy));
  return loginPage(site, 401, { language, problem: "link.used" });
}

async function loginPage(
  site: Site, status: number, facts: Omit<LoginFacts, "hasIssuer">,
): Promise<Answer> {
  const hasIssuer = (await site.openIssuer()) !== undefined;
  return html(status, buildLoginPage({ ...facts, hasIssuer }));
}

async function startOidc(
  site: Site, method: string, query: string, language: Language,
): Promise<Answer> {
  const issuer = await site.openIssuer();
  if (!issuer) return notice(404, language, "missing");
  if (method === "HEAD") return html(200, "");
  const page = new URLSearchParams(query).get("page") ?? "";
  const begun = await beginOidc(site, issuer, isFragment(page) ? page : "");
  if (!begun) return loginPage(site, 502, { language, problem: "oidc.unavailable" });
  return { ...redirect(begun.location), cookies: [begun.cookie] };
}

async function finishOidc(
  site: Site, method: string, query: string, cookie: string, language: Language,
): Promise<Answer> {
  const issuer = await site.openIssuer();
  if (!issuer) return notice(404, language, "missing");
  // A HEAD of a link checker must not use the code up.
  if (method === "HEAD") return html(200, "");
  const result = await endOidc(site, issuer, new URLSearchParams(query), cookie);
  const cookies = [endedAttempt];
  if (result.kind === "accepted") {
    const page = isFragment(result.page) ? result.page : undefined;
    return { ...openSession(site, result.user, page), cookies };
  }
  const status = result.kind === "unavailable" ? 502 : result.kind === "unknown" ? 403 : 401;
  const refused = await loginPage(site, status, { language, problem: `oidc.${result.kind}` });
  return { ...refused, cookies };
}

function openSession(site: Site, user: LocalUser, page: string | undefined): Answer {
  const expires = new Date(site.now().getTime() + sessionHours * 3_600_000);
  const policy = buildPolicy(user.user, [user.area_code], expires);
  const cookie = cookieOf(signSession(policy, site.sessionKey), sessionHours * 3600);
  return redirect(page === undefined ? startOf(policy) : `/app/${page}`, { "set-cookie": cookie });
}

function logout(): Answer {
  return redirect("/login", { "set-cookie": cookieOf("", 0), "clear-site-data": '"cache"' });
}

/** `{ user, name, areas: [{ code, name }], expires_at }` of the session, 401 without one. */
async function tellWho(site: Site, policy: Policy | undefined): Promise<Answer> {
  if (!policy) return json(401, { error: "session" });
  const user = await findUser(site.store, policy.user);
  return json(200, {
    user: policy.user, name: user?.name ?? policy.user,
    areas: policy.areas.map((code) => ({ code, name: areaName(code) })),
    expires_at: new Date(policy.expires_at * 1000).toISOString(),
  });
}

function startOf(policy: Policy): string {
  return `/app/${areaFragment(policy.areas[0] ?? "51")}`;
}

/** `#/51/5101?tab=hours`: an address of the dashboards, never of another site. */
function isFragment(text: string): boolean {
  return /^#\/[A-Za-z0-9/?=&._%+-]{0,500}$/.test(text);
}

/** A form of another site must not log anybody in or out. */
function isOwnForm(headers: Question["headers"]): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = headers["origin"];
  return origin === undefined || origin.replace(/^https?:\/\//, "") === headers["host"];
}

function parseCookies(header: string): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0) cookies[pair.slice(0, at).trim()] ??= pair.slice(at + 1).trim();
  }
  return cookies;
}

function cookieOf(value: string, seconds: number): string {
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
}

const noStore = { "cache-control": "no-store" } as const;

function html(status: number, body: string): Answer {
  const headers = {
    ...buildSecurityHeaders(body), ...noStore, "content-type": "text/html; charset=utf-8",
  };
  return { status, headers, body };
}

function notice(
  status: number, language: Language, title: Parameters<typeof buildNoticePage>[1],
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const page = html(status, buildNoticePage(language, title));
  return { ...page, headers: { ...page.headers, ...headers } };
}

function json(status: number, facts: object): Answer {
  const headers = {
    ...buildSecurityHeaders(), ...noStore, "content-type": "application/json; charset=utf-8",
  };
  return { status, headers, body: JSON.stringify(facts) };
}

function redirect(to: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: 303, headers: { ...buildSecurityHeaders(), ...noStore, location: to, ...headers },
    body: "",
  };
}
