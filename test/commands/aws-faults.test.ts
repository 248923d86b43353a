import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { main } from "../../functions/cli.ts";
import { openBucketHome, createBucketClient } from "../../functions/shared/object-store-bucket.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { survey, surveyRow } from "../ingest/night/small-province.ts";
import { startS3Server, type S3TestServer } from "../ports/s3-server.ts";

/** An S3 that answers every request with one error. */
let refusing: Server;
let answer = { status: 403, code: "AccessDenied" };
let s3: S3TestServer;
const before = { ...process.env };

beforeAll(async () => {
  s3 = await startS3Server(["lake", "landing"], { pageSize: 1000 });
  refusing = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${answer.code}</Code></Error>`);
  });
  await new Promise<void>((resolve) => { refusing.listen(0, "127.0.0.1", resolve); });
});
beforeEach(() => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: s3.endpoint, AWS_REGION: "us-east-1", AWS_MAX_ATTEMPTS: "1",
    AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
  });
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  refusing.close();
  await s3.close();
});

async function nightly(home: string) {
  const err: string[] = [];
  const code = await main(["nightly", "--home", home], {
    out: () => undefined, err: (line) => void err.push(line), isTerminal: false, env: process.env,
    now: () => new Date("2021-12-20T02:00:00Z"), interrupted: () => new Promise(() => undefined),
  });
  return { code, said: err.find((line) => line.startsWith("dudao:")) ?? "" };
}
const refusingUrl = () => `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;

test.each([
  [403, "AccessDenied", "no permission; ask for a role that may do this on the resource"],
  [400, "ExpiredToken", "the session has expired; log in again"],
  [301, "PermanentRedirect", "the bucket is in another region; set AWS_REGION to its own"],
  [403, "InvalidAccessKeyId", "the access key is unknown; log in again"],
])("S3's answer %i %s names the bucket and what to do", async (status, code, remedy) => {
  answer = { status, code };
  process.env.AWS_ENDPOINT_URL = refusingUrl();
  const result = await nightly("s3://lake");
  expect(result).toEqual({
    code: 1, said: `dudao: EngineError: s3://lake: get failed: home.json; ${remedy}`,
  });
});

test("a bucket that does not exist is named", async () => {
  const { code, said } = await nightly("s3://no-such-lake");
  expect([code, said]).toEqual([1, "dudao: EngineError: s3://no-such-lake: get failed: home.json; "
    + "the bucket does not exist; check its name and the region, or deploy first"]);
});

test("a region that has nobody at the address is said to have none", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => { closed.listen(0, "127.0.0.1", resolve); });
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => { closed.close(resolve); });
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
  const { code, said } = await nightly("s3://lake");
  expect([code, said]).toEqual([1, "dudao: EngineError: s3://lake: get failed: home.json; "
    + "nobody answers (ECONNREFUSED); check the network, and that the region has this service"]);
});

test("a deployment that lacks the publish bucket is named, and no pointer is published", async () => {
  const lake = await openBucketHome("s3://lake", createBucketClient(process.env));
  await lake.put(homeKeys.description,
    JSON.stringify({ version: 1, buckets: { landing: "landing", publish: "not-yet" } }));
  const home = await openBucketHome("s3://lake", createBucketClient(process.env));
  await home.put(homeKeys.landing("survey", "2021-03-01", "a.csv"), survey([surveyRow("E1", 90)]));
  const { code, said } = await nightly("s3://lake");
  expect(code).toBe(1);
  expect(said).toMatch(/^dudao: EngineError: s3:\/\/not-yet: \w+ failed: .*the bucket does not exist/);
  expect(said).toContain("or deploy first");
  expect(s3.keys("lake").filter((key) => /^(publish|runs|lake|ledger)\//.test(key))).toEqual([]);
});
