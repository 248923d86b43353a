import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { Agent } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishRun } from "../../functions/publish/publish-run.ts";
import { serveHome } from "../../functions/serve/serve-home.ts";
import type { RunningSite } from "../../functions/serve/serve-home.ts";
import { UsageError } from "../../functions/shared/errors.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { makeSimulatedUsers, writeLocalUsers } from "../../functions/shared/users.ts";
import { storeRun } from "../publish/store-run.ts";

const runId = "2021-12-20-0a1b2c";
const base = mkdtempSync(join(tmpdir(), "dudao-serve-"));
const store = createFolderStore(join(base, "home"));
const clock = { now: new Date("2021-12-20T08:00:00Z") };
let site: RunningSite;
let passwords: ReadonlyMap<string, string>;
/** Every object below publish/, as paths of the site. */
let paths: readonly string[];

beforeAll(async () => {
  const shell = join(base, "shell");
  mkdirSync(join(shell, "assets"), { recursive: true });
  writeFileSync(join(shell, "index.html"),
    "<!doctype html><script>early()</script><script type=\"module\" src=\"x.js\"></script>");
  writeFileSync(join(shell, "assets", "main-Ab_1.js"), "export const x = 1;\n".repeat(100));
  const scratch = join(base, "scratch");
  await storeRun(store, scratch, { runId, asOf: "2021-12-20" });
  await store.put(homeKeys.run(runId, "scorecards/510104.pdf"), "%PDF-1.7");
  await publishRun({ store, runId, scratch, log: silentLog, shellFolder: shell });
  const users = await makeSimulatedUsers(store, 1);
  await writeLocalUsers(store, users, { work: 2 ** 10 });
  passwords = new Map(users.map(({ user, password }) => [user, password]));
  paths = (await store.list("publish/")).map(({ key }) => key.slice("publish".length));
  site = await serveHome({ store, now: () => clock.now, log: silentLog });
});
afterAll(async () => {
  await site.close();
  rmSync(base, { recursive: true, force: true });
});

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Sends the path exactly as given: fetch() would tidy it up. */
function ask(
  path: string, headers: Record<string, string> = {}, method = "GET", form = "",
): Promise<Reply> {
  const { hostname, port } = new URL(site.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, agent }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("end", () => {
        const body = Buffer.concat(chunks);
        const { statusCode: status = 0, headers: received } = reply;
        resolve({ status, headers: received, body, text: String(body) });
      });
    });
    sent.on("error", reject);
    sent.end(form);
  });
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return ask(path, { ...type, ...headers }, "POST", new URLSearchParams(form).toString());
}

/** By a one-time link, as `start` opens the browser. */
async function logIn(user: string): Promise<{ cookie: string }> {
  const reply = await ask((await site.oneTimeLink(user)).slice(site.url.length));
  expect(reply.status).toBe(303);
  return { cookie: cookieOf(reply) };
}

function cookieOf(reply: Reply): string {
  return reply.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

const countyFile = `/51/5101/510104/${runId}/overview.arrow`;

describe("areas", () => {
  test("a county's user gets 403 on every path of other counties, cities and the province", async () => {
    const { cookie } = await logIn("jinjiang");
    const slices = paths.filter((path) => !path.startsWith("/app/"));
    const areas = new Set(slices.map((path) => path.slice(0, path.indexOf(`/${runId}`))));
    expect(areas.size).toBe(205);
    const wrong: string[] = [];
    await Promise.all(slices.map(async (path) => {
      const own = path.startsWith("/51/5101/510104/");
      const { status } = await ask(path, { cookie });
      if (status !== (own ? 200 : 403)) wrong.push(`${status} ${path}`);
    }));
    expect(wrong).toEqual([]);
  });

  test.each([
    ["chengdu", [200, 200, 200, 403, 403, 403]], ["leader", [200, 200, 200, 200, 200, 200]],
  ])("%s sees the own area and what lies below", async (user, expected) => {
    const headers = await logIn(user);
    const asked = ["/51/5101/", "/51/5101/510104/", "/51/5101/510105/", "/51/", "/51/5103/",
      "/51/5103/510302/"].map((area) => ask(`${area}${runId}/overview.arrow`, headers));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(expected);
  });

  test("without a session no slice opens, the shell and the pointer do", async () => {
    for (const path of paths) {
      if (path.startsWith("/app/")) expect((await ask(path)).status).toBe(200);
    }
    expect((await ask(`/51/${runId}/overview.arrow`)).status).toBe(401);
    const page = await ask(countyFile, { accept: "text/html" });
    expect([page.status, page.headers.location]).toEqual([303, "/login"]);
  });

  test("a refusal names the area and whom to ask, as a page and as JSON", async () => {
    const headers = await logIn("jinjiang");
    const path = `/51/5101/510105/${runId}/overview.arrow`;
    const page = await ask(path, { ...headers, accept: "text/html" });
    expect(page.status).toBe(403);
    for (const words of ["“青羊区”", "锦江区", "请向青羊区教师信息技术应用能力提升工程办公室"]) {
      expect(page.text).toContain(words);
    }
    expect(JSON.parse((await ask(path, headers)).text)).toEqual({
      error: "area", area: { code: "510105", name: "青羊区" },
      ask: "青羊区教师信息技术应用能力提升工程办公室",
    });
  });

  test.each([
    `/51/5101/510104/../510105/${runId}/overview.arrow`, `/51/../51/${runId}/overview.arrow`,
    `/51/5101/510104/%2e%2e/510105/${runId}/overview.arrow`,
    `/51/5101/510104%2f..%2f510105/${runId}/overview.arrow`, `//51/${runId}/overview.arrow`,
    `/51/5101//510104/${runId}/overview.arrow`, `/51/5101/510104/${runId}/OVERVIEW.arrow`,
    `/51/5101/510104/${runId}/overview.arrow%00`, "/app/../../private/users.json",
    "/app/%2e%2e/%2e%2e/private/session.key", "/private/users.json", "/../home.json",
    "/51/5101/510104/../../../../private/users.json", "http://127.0.0.1/private/users.json",
  ])("the trick %s opens nothing, for the province neither", async (path) => {
    for (const user of ["jinjiang", "leader"]) {
      const reply = await ask(path, await logIn(user));
      expect([403, 404]).toContain(reply.status);
      expect(reply.headers["content-type"]).toContain("text/html");
      expect(reply.text).not.toContain("ARROW1");
    }
  });
});

describe("logging in", () => {
  test("leads to the own area, with a cookie that scripts and other sites do not get", async () => {
    const reply = await post("/login",
      { user: " Jinjiang ", password: passwords.get("jinjiang") ?? "" });
    expect(reply.headers.location).toBe("/app/#/51/5101/510104");
    expect(reply.headers["set-cookie"]?.[0])
      .toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/);
    const me = await ask("/api/me", { cookie: cookieOf(reply) });
    expect(JSON.parse(me.text)).toEqual({
      user: "jinjiang", name: "锦江区项目办（模拟）", areas: [{ code: "510104", name: "锦江区" }],
      expires_at: "2021-12-20T20:00:00.000Z",
    });
  });

  test("leads back to the page that was asked for, but never to another site", async () => {
    const form = { user: "leader", password: passwords.get("leader") ?? "" };
    const back = await post("/login", { ...form, page: "#/51/5101?sort=-H3" });
    expect(back.headers.location).toBe("/app/#/51/5101?sort=-H3");
    for (const page of ["//evil.example", "https://evil.example", "#javascript:x", "#/\r\nx: y"]) {
      expect((await post("/login", { ...form, page })).headers.location).toBe("/app/#/51");
    }
  });

  test("a wrong password keeps the name, says so, and gives no cookie", async () => {
    const reply = await post("/login", { user: "\"><b>leader", password: "wrong" });
    expect(reply.status).toBe(401);
    expect(reply.text).toContain('role="alert"');
    expect(reply.text).toContain("账号或密码不正确");
    expect(reply.text).not.toContain("<b>");
    expect(reply.headers["set-cookie"]).toBeUndefined();
  });

  test("five wrong passwords lock the account; nothing tells which names exist", async () => {
    const guess = (user: string) => post("/login", { user, password: "wrong password" });
    for (let i = 0; i < 5; i++) expect((await guess("chengdu")).status).toBe(401);
    const locked = await post("/login",
      { user: "chengdu", password: passwords.get("chengdu") ?? "" });
    const unknown = await guess("nobody");
    expect([locked.status, unknown.status]).toEqual([401, 401]);
    expect(locked.text.replaceAll("chengdu", "")).toBe(unknown.text.replaceAll("nobody", ""));
    clock.now = new Date(clock.now.getTime() + 16 * 60_000);
    const later = await post("/login",
      { user: "chengdu", password: passwords.get("chengdu") ?? "" });
    expect(later.status).toBe(303);
  });

  test.each([
    ["Origin", { origin: "https://evil.example" }], ["null origin", { origin: "null" }],
    ["Sec-Fetch-Site", { "sec-fetch-site": "cross-site" }],
  ])("a form of another site logs nobody in or out (%s)", async (_, headers) => {
    const form = { user: "leader", password: passwords.get("leader") ?? "" };
    expect((await post("/login", form, headers)).status).toBe(403);
    expect((await post("/logout", {}, headers)).headers["set-cookie"]).toBeUndefined();
  });

  test("the own form carries the site's origin", async () => {
    const form = { user: "leader", password: passwords.get("leader") ?? "" };
    expect((await post("/login", form, { origin: site.url })).status).toBe(303);
    expect((await post("/login", form, { "sec-fetch-site": "same-origin" })).status).toBe(303);
  });

  test("logging out takes the cookie back and empties the cache", async () => {
    const reply = await post("/logout", {}, await logIn("leader"));
    expect(reply.headers["set-cookie"]?.[0]).toContain("Max-Age=0");
    expect(reply.headers["clear-site-data"]).toBe('"cache"');
    expect((await ask("/api/me", { cookie: cookieOf(reply) })).status).toBe(401);
  });

  test("a session ends after twelve hours", async () => {
    const headers = await logIn("jinjiang");
    const before = clock.now;
    clock.now = new Date(before.getTime() + 12 * 3_600_000 - 1000);
    expect((await ask(countyFile, headers)).status).toBe(200);
    clock.now = new Date(before.getTime() + 12 * 3_600_000);
    expect((await ask(countyFile, headers)).status).toBe(401);
    clock.now = before;
  });

  test("a body longer than any form is refused", async () => {
    expect((await post("/login", { user: "x".repeat(10_000) })).status).toBe(413);
  });

  test("the login page is Chinese, English on demand", async () => {
    expect((await ask("/login")).text).toContain('<html lang="zh-CN">');
    expect((await ask("/login?lang=en")).text).toContain("Please use the account");
  });
});

describe("one-time links", () => {
  const pathOf = (link: string): string => link.slice(site.url.length);

  test("log in once; again in the same browser they lead on, elsewhere to the login", async () => {
    const link = pathOf(await site.oneTimeLink("leader"));
    expect((await ask(link, {}, "HEAD")).status).toBe(200);
    const first = await ask(link);
    expect([first.status, first.headers.location]).toEqual([303, "/app/#/51"]);
    const headers = { cookie: cookieOf(first) };
    expect((await ask(`/51/${runId}/overview.arrow`, headers)).status).toBe(200);
    expect((await ask(link, headers)).headers.location).toBe("/app/#/51");
    const second = await ask(link);
    expect(second.status).toBe(401);
    expect(second.text).toContain("此登录链接已使用过或已过期");
    expect(second.headers["set-cookie"]).toBeUndefined();
  });

  test("expire after half an hour", async () => {
    const link = pathOf(await site.oneTimeLink("jinjiang"));
    const before = clock.now;
    clock.now = new Date(before.getTime() + 30 * 60_000);
    expect((await ask(link)).status).toBe(401);
    clock.now = before;
  });

  test("open the area of their user only", async () => {
    const reply = await ask(pathOf(await site.oneTimeLink("jinjiang")));
    expect(reply.headers.location).toBe("/app/#/51/5101/510104");
    const headers = { cookie: cookieOf(reply) };
    expect((await ask(`/51/${runId}/overview.arrow`, headers)).status).toBe(403);
  });

  test("cannot be guessed, and are made for known users only", async () => {
    expect((await ask("/login/once?t=")).status).toBe(401);
    expect((await ask("/login/once")).status).toBe(401);
    await expect(site.oneTimeLink("nobody")).rejects.toThrow(UsageError);
  });
});

describe("files", () => {
  test("are gzipped where that helps, with the same content", async () => {
    const headers = await logIn("leader");
    const path = `/51/${runId}/overview.arrow`;
    const plain = await ask(path, headers);
    const zipped = await ask(path, { ...headers, "accept-encoding": "br, gzip" });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    expect(zipped.headers.etag).not.toBe(plain.headers.etag);
    expect(plain.headers["content-type"]).toBe("application/vnd.apache.arrow.file");
    expect(zipped.headers.vary).toBe("Accept-Encoding, Cookie");
  });

  test("of a run never change, the pointer is asked for, assets are for everybody", async () => {
    const headers = await logIn("jinjiang");
    const control = async (path: string) => (await ask(path, headers)).headers["cache-control"];
    expect(await control(countyFile)).toBe("private, max-age=31536000, immutable");
    expect(await control("/app/current.json")).toBe("no-cache");
    expect(await control("/app/")).toBe("no-cache");
    expect(await control("/app/assets/main-Ab_1.js")).toBe("public, max-age=31536000, immutable");
    expect(await control("/api/me")).toBe("no-store");
  });

  test("a scorecard opens in the browser and is saved under county and run", async () => {
    const reply = await ask(`/51/5101/510104/${runId}/scorecard.pdf`, await logIn("jinjiang"));
    expect([reply.status, reply.text]).toEqual([200, "%PDF-1.7"]);
    expect(reply.headers["content-type"]).toBe("application/pdf");
    expect(reply.headers["content-disposition"])
      .toBe(`inline; filename="scorecard-510104-${runId}.pdf"`);
  });

  test("that the browser has are not sent again", async () => {
    const first = await ask("/app/current.json");
    const again = await ask("/app/current.json", { "if-none-match": first.headers.etag ?? "" });
    expect([again.status, again.text]).toEqual([304, ""]);
    expect((await ask("/app/current.json", { "if-none-match": '"other"' })).status).toBe(200);
  });

  test("that do not exist are said not to, also to the province", async () => {
    const headers = await logIn("leader");
    for (const path of [`/51/${runId}/absent.arrow`, "/51/5199/2021-12-20-aaaaaa/overview.arrow",
      "/app/absent.js", "/nothing"]) expect((await ask(path, headers)).status).toBe(404);
  });

  test("answer HEAD with headers alone and refuse other methods", async () => {
    const head = await ask("/app/current.json", {}, "HEAD");
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(Number(head.headers["content-length"])).toBeGreaterThan(20);
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      expect((await ask("/app/current.json", {}, method)).status).toBe(405);
    }
    expect((await post("/app/current.json", {})).status).toBe(405);
  });

  test("show a new publication at once", async () => {
    const before = await store.get(homeKeys.current);
    await store.put(homeKeys.current, '{"run_id":"2021-12-21-ffffff","as_of":"2021-12-21"}');
    expect((await ask("/app/current.json")).text).toContain("2021-12-21");
    await store.put(homeKeys.current, before?.body ?? "");
  });
});

describe("the site", () => {
  test("opens with the own area, or the login", async () => {
    expect((await ask("/")).headers.location).toBe("/login");
    expect((await ask("/", await logIn("leader"))).headers.location).toBe("/app/#/51");
  });

  test("guards every answer with security headers, its inline scripts by hash", async () => {
    const replies = await Promise.all([ask("/app/"), ask("/login"), ask("/nothing"), ask("/"),
      ask("/api/me"), ask("/app/current.json")]);
    for (const { headers } of replies) {
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("same-origin");
    }
    const hash = createHash("sha256").update("early()").digest("base64");
    expect(replies[0]?.headers["content-security-policy"])
      .toContain(`script-src 'self' 'sha256-${hash}'`);
    expect(replies[5]?.headers["content-security-policy"]).not.toContain("sha256-");
  });

  test("answers a fault of its own with a page, and tells the log", async () => {
    const events: string[] = [];
    const broken = await serveHome({
      store: { ...store, get: (key) => (key.startsWith("publish/")
        ? Promise.reject(new Error("disk: gone")) : store.get(key)) },
      now: () => clock.now,
      log: {
        progress: () => undefined,
        record: (event, facts) => events.push(`${event} ${facts["error"]}`),
      },
    });
    const reply = await fetch(`${broken.url}/app/current.json`);
    expect(reply.status).toBe(500);
    expect(await reply.text()).not.toContain("disk");
    expect(events).toEqual(["serve.failed Error: disk: gone"]);
    await broken.close();
  });

  test("says so when the port is taken", async () => {
    const port = Number(new URL(site.url).port);
    await expect(serveHome({ store, port, now: () => clock.now, log: silentLog }))
      .rejects.toThrow(UsageError);
  });

  test("closes within a second although connections and half a request are open", async () => {
    const other = await serveHome({ store, now: () => clock.now, log: silentLog });
    const port = Number(new URL(other.url).port);
    await fetch(`${other.url}/app/current.json`);
    const half = connect(port, "127.0.0.1");
    half.on("error", () => undefined);
    await new Promise((resolve) => half.write("GET /app/", resolve));
    const from = performance.now();
    await other.close();
    expect(performance.now() - from).toBeLessThan(1000);
    const again = await serveHome({ store, port, now: () => clock.now, log: silentLog });
    await again.close();
  });
});
