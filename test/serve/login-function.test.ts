import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { handler } from "../../functions/serve/handler.ts";
import { createBucketClient, openBucketHome } from "../../functions/shared/object-store-bucket.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { makeSimulatedUsers, putLocalUser } from "../../functions/shared/users.ts";
import { startS3Server, type S3TestServer } from "../ports/s3-server.ts";
import { CookieJar, passesCloudFront } from "./cloudfront.ts";
import { oidcClient, startOidcServer } from "./oidc-server.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048, privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const key = { id: "K1TEST", pem: publicKey };
const host = "https://dudao.test";
const before = { ...process.env };
let s3: S3TestServer;
let secrets: Server;
let users: readonly { readonly user: string; readonly password: string; readonly area_code: string }[];

beforeAll(async () => {
  s3 = await startS3Server(["lake", "landing", "publish"]);
  secrets = createServer((_, response) => {
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ Name: "key", SecretString: privateKey }));
  });
  await new Promise<void>((resolve) => { secrets.listen(0, "127.0.0.1", resolve); });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: s3.endpoint, AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
    DUDAO_HOME: "s3://lake", DUDAO_LANDING_BUCKET: "landing", DUDAO_PUBLISH_BUCKET: "publish",
    DUDAO_COOKIE_SECRET: "key", DUDAO_COOKIE_KEY_ID: key.id,
  });
  const store = await openBucketHome("s3://lake", createBucketClient(process.env));
  await store.put(homeKeys.description, JSON.stringify({ version: 1, site_url: host }));
  users = await makeSimulatedUsers(store, 1);
}, 60_000);
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  secrets.close();
  await s3.close();
});

async function ask(
  method: string, path: string, jar: CookieJar, body = "",
): Promise<{ readonly status: number; readonly location: string | undefined; readonly body: string }> {
  const cookies = Object.entries(jar.for(path)).map(([name, value]) => `${name}=${value}`);
  const answer = await handler({
    rawPath: path.split("?")[0] ?? "", rawQueryString: path.split("?")[1] ?? "", cookies, body, isBase64Encoded: false,
    headers: { "sec-fetch-site": "same-origin", accept: "text/html" },
    requestContext: { http: { method } },
  }, { awsRequestId: "1", getRemainingTimeInMillis: () => 15_000 });
  jar.take(answer.cookies);
  return { status: answer.statusCode, location: answer.headers["location"], body: answer.body };
}
const credentials = (user: string, password: string): string =>
  new URLSearchParams({ user, password }).toString();
const pass = (jar: CookieJar, path: string, now = new Date()): boolean =>
  passesCloudFront(host + path, jar.for(path), key, now);

const slices = [
  "/51/2021-12-20-0a1b2c/overview.arrow", "/51/5101/2021-12-20-0a1b2c/figures.arrow",
  "/51/5101/510104/2021-12-20-0a1b2c/figures.arrow", "/51/5103/510302/2021-12-20-0a1b2c/figures.arrow",
];

test("a county's user gets the cookies of the county alone, the province's those of everything", async () => {
  const county = users.find((u) => u.area_code === "510104") ?? users[0];
  const leader = users.find((u) => u.area_code === "51");
  for (const [user, open] of [[county, [false, false, true, false]], [leader, [true, true, true, true]]] as const) {
    const jar = new CookieJar();
    const answer = await ask("POST", "/login", jar, credentials(user?.user ?? "", user?.password ?? ""));
    expect(answer.status).toBe(303);
    expect(slices.map((path) => pass(jar, path))).toEqual(open);
  }
});

test("a query cannot widen a cookie, an old one does not pass, another site's neither", async () => {
  const county = users.find((u) => u.area_code === "510104");
  const jar = new CookieJar();
  await ask("POST", "/login", jar, credentials(county?.user ?? "", county?.password ?? ""));
  const own = jar.for(slices[2] ?? "");
  expect(passesCloudFront(`${host}${slices[3]}?x=/51/5101/510104/`, own, key, new Date())).toBe(false);
  expect(passesCloudFront(`https://other.test${slices[2]}`, own, key, new Date())).toBe(false);
  expect(pass(jar, slices[2] ?? "", new Date(Date.now() + 13 * 3_600_000))).toBe(false);
});

test("logging out takes the cookies of the areas away; asking who one is renews them", async () => {
  const county = users.find((u) => u.area_code === "510104");
  const jar = new CookieJar();
  await ask("POST", "/login", jar, credentials(county?.user ?? "", county?.password ?? ""));
  const renewed = new CookieJar();
  renewed.take([`dudao_session=${jar.for("/")["dudao_session"]}; Path=/`]);
  expect(pass(renewed, slices[2] ?? "")).toBe(false);
  expect((await ask("GET", "/api/me", renewed)).status).toBe(200);
  expect(pass(renewed, slices[2] ?? "")).toBe(true);
  await ask("POST", "/logout", renewed);
  expect(pass(renewed, slices[2] ?? "")).toBe(false);
  expect((await ask("GET", "/api/me", renewed)).status).toBe(401);
});

test("a wrong password gets no cookie, and no name is told apart from another", async () => {
  const jar = new CookieJar();
  const known = await ask("POST", "/login", jar, credentials(users[0]?.user ?? "", "wrong"));
  const unknown = await ask("POST", "/login", jar, credentials("nobody", "wrong"));
  expect([known.status, unknown.status]).toEqual([401, 401]);
  expect(known.body.replaceAll(users[0]?.user ?? "", "")).toBe(unknown.body.replaceAll("nobody", ""));
  expect(jar.for("/")).toEqual({});
});

test("one who logs in at the issuer gets the cookies of his area", async () => {
  const issuer = await startOidcServer(() => new Date());
  // As the stack sets them; of the site's address the night has told.
  Object.assign(process.env, {
    DUDAO_OIDC_ISSUER: issuer.issuer, DUDAO_OIDC_CLIENT: oidcClient.id,
    DUDAO_OIDC_CLIENT_SECRET: oidcClient.secret,
  });
  const store = await openBucketHome("s3://lake", createBucketClient(process.env));
  await putLocalUser(store, {
    user: "zigong", name: "自贡", area_code: "5103", password: "unused password",
    identity: { issuer: issuer.issuer, subject: "z1" },
  });
  const jar = new CookieJar();
  const begun = await ask("GET", "/login/oidc", jar);
  const redirect = new URL(begun.location ?? "").searchParams.get("redirect_uri");
  expect([begun.status, redirect]).toEqual([303, `${host}/login/oidc/return`]);
  const back = new URL(issuer.authorize(begun.location ?? "", { sub: "z1" }));
  const opened = await ask("GET", `${back.pathname}${back.search}`, jar);
  expect([opened.status, opened.location]).toEqual([303, "/app/#/51/5103"]);
  expect(slices.map((path) => pass(jar, path))).toEqual([false, false, false, true]);
  expect(Object.keys(jar.for("/login/oidc/return"))).toEqual(["dudao_session"]);
  const stranger = new CookieJar();
  const again = await ask("GET", "/login/oidc", stranger);
  const answer = new URL(issuer.authorize(again.location ?? "", { sub: "z2" }));
  expect((await ask("GET", `${answer.pathname}${answer.search}`, stranger)).status).toBe(403);
  expect(slices.some((path) => pass(stranger, path))).toBe(false);
  await issuer.close();
});
