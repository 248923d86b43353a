import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { serveHome, type RunningSite } from "../../functions/serve/serve-home.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { checkPassword, putLocalUser } from "../../functions/shared/users.ts";
import { oidcClient, startOidcServer, type OidcTestServer, type TokenChange } from "./oidc-server.ts";

const base = mkdtempSync(join(tmpdir(), "dudao-oidc-"));
const store = createFolderStore(join(base, "home"));
const clock = { now: new Date("2021-12-20T08:00:00Z") };
const records: string[] = [];
let issuer: OidcTestServer;
let site: RunningSite;
const li = { sub: "person-17" };

beforeAll(async () => {
  issuer = await startOidcServer(() => clock.now);
  process.env.DUDAO_OIDC_CLIENT_SECRET = oidcClient.secret;
  await store.put(homeKeys.description, JSON.stringify({
    version: 1, oidc: { issuer: issuer.issuer, client_id: oidcClient.id },
  }));
  const cheap = { work: 2 ** 10 };
  const person = { name: "李", password: "unused password" };
  await putLocalUser(store, {
    ...person, user: "li", area_code: "510104", identity: { issuer: issuer.issuer, subject: "person-17" },
  }, cheap);
  await putLocalUser(store, {
    ...person, user: "wang", area_code: "5103", identity: { issuer: issuer.issuer, email: "wang@edu.example" },
  }, cheap);
  await putLocalUser(store, {
    ...person, user: "zhao", area_code: "51", identity: { issuer: "https://other.example", subject: "person-99" },
  }, cheap);
  site = await serveHome({
    store, now: () => clock.now,
    log: { progress: () => undefined, record: (event, facts) => void records.push(JSON.stringify([event, facts])) },
  });
});
beforeEach(() => {
  clock.now = new Date("2021-12-20T08:00:00Z");
  issuer.alg = "RS256";
  records.length = 0;
});
afterAll(async () => {
  delete process.env.DUDAO_OIDC_CLIENT_SECRET;
  await site?.close();
  await issuer?.close();
  rmSync(base, { recursive: true, force: true });
});

interface Reply { readonly status: number; readonly location: string; readonly cookies: readonly string[]; readonly text: string }
async function ask(url: string, cookie = "", method = "GET"): Promise<Reply> {
  const reply = await fetch(url.startsWith("http") ? url : site.url + url, {
    method, redirect: "manual", headers: { cookie, accept: "text/html" },
  });
  return {
    status: reply.status, location: reply.headers.get("location") ?? "",
    cookies: reply.headers.getSetCookie(), text: await reply.text(),
  };
}
const valueOf = ({ cookies }: Reply, name: string): string =>
  cookies.find((c) => c.startsWith(`${name}=`))?.split(";")[0] ?? "";

async function logIn(
  person: Readonly<Record<string, unknown>>, change: TokenChange = {}, page = "",
): Promise<Reply> {
  const begun = await ask(`/login/oidc${page && `?page=${encodeURIComponent(page)}`}`);
  return ask(issuer.authorize(begun.location, person, change), valueOf(begun, "dudao_oidc"));
}
const whoIs = async (reply: Reply): Promise<unknown> =>
  JSON.parse((await ask("/api/me", valueOf(reply, "dudao_session"))).text);
const reasons = (): string => records.join("\n");

test("the log-in page offers the issuer, and sends there with state, nonce and S256", async () => {
  expect((await ask("/login")).text).toContain('href="/login/oidc?lang=zh">使用统一身份认证登录');
  expect((await ask("/login?lang=en")).text).toContain("Log in with your unified identity");
  const begun = await ask("/login/oidc");
  const query = Object.fromEntries(new URL(begun.location).searchParams);
  expect([begun.status, query]).toEqual([303, {
    tenant: "edu", response_type: "code", client_id: "dudao", scope: "openid email",
    redirect_uri: `${site.url}/login/oidc/return`, code_challenge_method: "S256",
    state: expect.stringMatching(/^[\w-]{43}$/), nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
  }]);
  expect(begun.cookies).toEqual([expect.stringMatching(
    /^dudao_oidc=\S+; Path=\/login\/oidc; HttpOnly; SameSite=Lax; Max-Age=600$/)]);
  expect(begun.location).not.toContain(valueOf(begun, "dudao_oidc"));
});

describe.each(["RS256", "ES256"] as const)("with tokens signed by %s", (alg) => {
  beforeEach(() => { issuer.alg = alg; });
  test("a subject among the users sees its area and the page it came for", async () => {
    const back = await logIn(li, {}, "#/51/5101/510104?tab=hours");
    expect([back.status, back.location]).toEqual([303, "/app/#/51/5101/510104?tab=hours"]);
    expect(await whoIs(back)).toMatchObject({ user: "li", areas: [{ code: "510104" }] });
    expect(back.cookies).toContainEqual(expect.stringMatching(/^dudao_oidc=; .*Max-Age=0$/));
  });
  test("a verified address does too, in any case; one that is not verified does not", async () => {
    const mail = { sub: "x", email: "Wang@edu.example" };
    expect(await whoIs(await logIn({ ...mail, email_verified: true })))
      .toMatchObject({ user: "wang", areas: [{ code: "5103" }] });
    for (const verified of [false, "true", undefined]) {
      expect((await logIn({ ...mail, email_verified: verified })).status).toBe(403);
    }
  });
  test("a token that was changed, or signed by another key, opens nothing", async () => {
    const other = alg === "RS256" ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spoil = (token: string): string => {
      const [head, , signature] = token.split(".");
      const body = Buffer.from(JSON.stringify({ iss: issuer.issuer, sub: "person-17" })).toString("base64url");
      return `${head}.${body}.${signature}`;
    };
    const changes: TokenChange[] = [
      { signWith: other.privateKey }, { spoil }, { spoil: (t) => t.slice(0, -40) },
      { spoil: (t) => `${t.split(".").slice(0, 2).join(".")}.` }, { spoil: () => "a.b.c" },
      { spoil: (t) => `${t}.x` },
    ];
    for (const change of changes) {
      const back = await logIn(li, change);
      expect([back.status, valueOf(back, "dudao_session")]).toEqual([401, ""]);
    }
  });
});

const second = (offset: number): number => Math.floor(Date.UTC(2021, 11, 20, 8) / 1000) + offset;
test.each<[string, TokenChange, string]>([
  ["no signature", { header: { alg: "none" }, spoil: (t) => t.replace(/[^.]+$/, "") }, "not a signed token"],
  ["the algorithm none", { header: { alg: "none" } }, "algorithm"],
  ["a shared secret", { header: { alg: "HS256", kid: "shared" } }, "algorithm"],
  ["an inherited name as algorithm", { header: { alg: "constructor" } }, "algorithm"],
  ["the other algorithm's key", { header: { alg: "ES256" } }, "key"],
  ["a critical header", { header: { crit: ["exp"] } }, "critical header"],
  ["an unknown key", { header: { kid: "nobody" } }, "key"],
  ["another issuer", { claims: { iss: "https://other.example" } }, "issuer"],
  ["another audience", { claims: { aud: "other" } }, "audience"],
  ["two audiences and no party", { claims: { aud: ["dudao", "other"] } }, "authorized party"],
  ["another party", { claims: { azp: "other" } }, "authorized party"],
  ["an end a minute ago", { claims: { exp: second(-60) } }, "expired"],
  ["no end", { claims: { exp: undefined } }, "expired"],
  ["an end that is a text", { claims: { exp: String(second(300)) } }, "expired"],
  ["a birth in the future", { claims: { iat: second(61) } }, "issued in the future"],
  ["a beginning in the future", { claims: { nbf: second(61) } }, "not yet"],
  ["another nonce", { claims: { nonce: "replayed" } }, "nonce"],
  ["no nonce", { claims: { nonce: undefined } }, "nonce"],
  ["no subject", { claims: { sub: "" } }, "subject"],
])("a token with %s is refused", async (_, change, reason) => {
  const back = await logIn(li, change);
  expect([back.status, valueOf(back, "dudao_session")]).toEqual([401, ""]);
  expect(back.text).toContain("统一身份认证未完成，请重新登录。");
  expect(reasons()).toContain(`ID token: ${reason};`);
  expect(reasons()).not.toContain("person-17");
});

test("clocks may differ by a minute, and several audiences are fine with us as party", async () => {
  for (const claims of [
    { exp: second(-59) }, { iat: second(60), nbf: second(60) }, { aud: ["other", "dudao"], azp: "dudao" },
  ]) expect((await logIn(li, { claims })).status).toBe(303);
});

test("one whom the users do not name is told so; another issuer's subject is nobody", async () => {
  for (const sub of ["person-18", "person-99"]) {
    const back = await logIn({ sub });
    expect([back.status, valueOf(back, "dudao_session")]).toEqual([403, ""]);
    expect(back.text).toContain("此身份尚未开通本平台");
  }
});

test("an answer without the attempt that was begun, with another state, or late, is refused", async () => {
  const begun = await ask("/login/oidc");
  const cookie = valueOf(begun, "dudao_oidc");
  const other = await ask("/login/oidc");
  const fresh = (): string => issuer.authorize(begun.location, li);
  expect((await ask(fresh())).status).toBe(401);
  expect((await ask(fresh(), valueOf(other, "dudao_oidc"))).status).toBe(401);
  expect((await ask(fresh(), `${cookie}x`)).status).toBe(401);
  expect((await ask(`${fresh()}&iss=https%3A%2F%2Fother.example`, cookie)).status).toBe(401);
  expect((await ask("/login/oidc/return?error=access_denied", cookie)).status).toBe(401);
  const late = fresh();
  clock.now = new Date(clock.now.getTime() + 601_000);
  expect((await ask(late, cookie)).status).toBe(401);
  expect(issuer.requests.filter((r) => r === "POST /realm/token").length).toBeGreaterThan(0);
});

test("a code holds once, and only for the verifier of its attempt", async () => {
  const begun = await ask("/login/oidc");
  const back = issuer.authorize(begun.location, li);
  const cookie = valueOf(begun, "dudao_oidc");
  // A link checker does not use it up.
  expect((await ask(back, cookie, "HEAD")).cookies).toEqual([]);
  expect((await ask(back, cookie)).status).toBe(303);
  expect((await ask(back, cookie)).status).toBe(401);
  const [mine, theirs] = [await ask("/login/oidc"), await ask("/login/oidc")];
  const stolen = new URL(issuer.authorize(theirs.location, li));
  stolen.searchParams.set("state", new URL(mine.location).searchParams.get("state") ?? "");
  expect((await ask(stolen.href, valueOf(mine, "dudao_oidc"))).status).toBe(401);
});

test("a session is no attempt, and an attempt no session", async () => {
  const session = valueOf(await logIn(li), "dudao_session");
  const begun = await ask("/login/oidc");
  const attempt = valueOf(begun, "dudao_oidc");
  expect((await ask("/api/me", attempt.replace("dudao_oidc", "dudao_session"))).status).toBe(401);
  expect((await ask(issuer.authorize(begun.location, li), session.replace("dudao_session", "dudao_oidc"))).status)
    .toBe(401);
});

test("the page that one came for is ours or none", async () => {
  for (const page of ["https://evil.example", "//evil.example", "#/51\r\nx: y"]) {
    expect((await logIn(li, {}, page)).location).toBe("/app/#/51/5101/510104");
  }
});

test("new keys of the issuer are fetched when a token names one, not at every token", async () => {
  const site2 = await serveHome({ store, now: () => clock.now, log: { progress: () => undefined, record: () => undefined } });
  const count = (): number => issuer.requests.filter((r) => r === "GET /realm/keys").length;
  const before = count();
  for (let i = 0; i < 3; i++) {
    const begun = await fetch(`${site2.url}/login/oidc`, { redirect: "manual" });
    const back = await fetch(issuer.authorize(begun.headers.get("location") ?? "", li), {
      redirect: "manual", headers: { cookie: begun.headers.getSetCookie()[0]?.split(";")[0] ?? "" },
    });
    expect(back.status).toBe(303);
  }
  expect(count()).toBe(before + 1);
  await site2.close();
  const real = Date.now();
  const wall = vi.spyOn(Date, "now").mockReturnValue(real);
  try {
    expect((await logIn(li)).status).toBe(303);
    wall.mockReturnValue(real + 30_000);
    issuer.rotate();
    const asked = count();
    wall.mockReturnValue(real + 61_000 + 600_000);
    expect((await logIn(li)).status).toBe(303);
    // Another token under a name that nobody has: not again within the minute.
    expect((await logIn(li, { header: { kid: "nobody" } })).status).toBe(401);
    expect(count()).toBe(asked + 1);
  } finally {
    wall.mockRestore();
  }
});

test("one who logs in at the issuer alone has no password, and the stored users keep the tie", async () => {
  expect((await checkPassword(store, "li", "another password", clock.now)).kind).toBe("wrong");
  await expect(putLocalUser(store, {
    user: "twin", name: "twin", area_code: "51", password: "unused password",
    identity: { issuer: issuer.issuer, subject: "person-17" },
  })).rejects.toThrow("user: identity: duplicate of li: twin");
  expect(await whoIs(await logIn(li))).toMatchObject({ user: "li" });
});

test("an issuer that is away is said to be, and passwords still open", async () => {
  const away = createFolderStore(join(base, "away"));
  await away.put(homeKeys.description, JSON.stringify({
    version: 1, oidc: { issuer: "http://127.0.0.1:1/realm", client_id: "dudao" },
  }));
  await putLocalUser(away, { user: "leader", name: "l", area_code: "51", password: "right password" }, { work: 2 ** 10 });
  const lonely = await serveHome({ store: away, now: () => clock.now, log: { progress: () => undefined, record: () => undefined } });
  const begun = await fetch(`${lonely.url}/login/oidc`, { redirect: "manual" });
  expect([begun.status, await begun.text()]).toEqual([502, expect.stringContaining("统一身份认证暂时无法连接")]);
  const opened = await fetch(`${lonely.url}/login`, {
    method: "POST", redirect: "manual", headers: { "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ user: "leader", password: "right password" }),
  });
  expect(opened.status).toBe(303);
  await lonely.close();
});

test("a home without an issuer offers none, and one over plain http is refused", async () => {
  const plain = createFolderStore(join(base, "plain"));
  const lonely = await serveHome({ store: plain, now: () => clock.now, log: { progress: () => undefined, record: () => undefined } });
  expect(await (await fetch(`${lonely.url}/login`)).text()).not.toContain("oidc");
  for (const path of ["/login/oidc", "/login/oidc/return?code=x&state=y"]) {
    expect((await fetch(lonely.url + path, { redirect: "manual" })).status).toBe(404);
  }
  await plain.put(homeKeys.description, JSON.stringify({ oidc: { issuer: "http://id.example", client_id: "a" } }));
  expect((await fetch(`${lonely.url}/login/oidc`, { redirect: "manual" })).status).toBe(500);
  await lonely.close();
});

test("behind a proxy the browser comes back to the address that the home names", async () => {
  const behind = createFolderStore(join(base, "behind"));
  const redirect = "https://dudao.example/login/oidc/return";
  const describeIt = (address: string) => behind.put(homeKeys.description, JSON.stringify({
    version: 1, oidc: { issuer: issuer.issuer, client_id: oidcClient.id, redirect: address },
  }));
  await describeIt(redirect);
  await putLocalUser(behind, {
    user: "li", name: "李", area_code: "510104", password: "unused password",
    identity: { issuer: issuer.issuer, subject: "person-17" },
  }, { work: 2 ** 10 });
  const proxied = await serveHome({ store: behind, now: () => clock.now, log: { progress: () => undefined, record: () => undefined } });
  const begun = await ask(`${proxied.url}/login/oidc`);
  const back = new URL(issuer.authorize(begun.location, li));
  expect(back.origin + back.pathname).toBe(redirect);
  const opened = await ask(
    `${proxied.url}${back.pathname}${back.search}`, valueOf(begun, "dudao_oidc"));
  expect([opened.status, opened.location]).toEqual([303, "/app/#/51/5101/510104"]);
  for (const wrong of ["http://dudao.example/login/oidc/return", "https://dudao.example/other",
    `${redirect}?x=1`]) {
    await describeIt(wrong);
    expect((await ask(`${proxied.url}/login/oidc`)).status).toBe(500);
  }
  await proxied.close();
});
