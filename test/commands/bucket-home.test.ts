import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../../functions/cli.ts";
import type { CommandIo } from "../../functions/commands/command.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import {
  createBucketClient, openBucketHome,
} from "../../functions/shared/object-store-bucket.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { expectSameObjects } from "../publish/expect-same-objects.ts";
import { startS3Server, type S3TestServer } from "../ports/s3-server.ts";

const base = mkdtempSync(join(tmpdir(), "dudao-bucket-home-"));
const buckets = { landing: "province-landing", publish: "province-publish" };
const address = "s3://province-lake";
const folder = join(base, "home");
const day = "2020-07-16";
const province = ["--scale", "0.0005", "--until", "2020-07-29"];
let server: S3TestServer;
const before = { ...process.env };

beforeAll(async () => {
  server = await startS3Server(["province-lake", ...Object.values(buckets)], { pageSize: 1000 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: server.endpoint, AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
  });
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await server.close();
  rmSync(base, { recursive: true, force: true });
});

async function dudao(...args: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const io: CommandIo = {
    out: (line) => void lines.push(line), err: (line) => void errors.push(line), isTerminal: false,
    env: process.env, now: () => new Date("2021-12-21T02:00:00Z"),
    interrupted: () => new Promise(() => undefined),
  };
  const code = await main(args, io);
  return { code, lines, errors };
}

const withoutSeconds = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/"seconds":[\d.]+,/, ""));

test("a home over three buckets and one in a folder publish the same bytes, and every command answers alike", async () => {
  const client = createBucketClient(process.env);
  const rest = await openBucketHome(address, client);
  await rest.put(homeKeys.description, JSON.stringify({ version: 1, buckets }));
  for (const home of [address, folder]) {
    const made = await dudao("simulate", "--home", home, ...province);
    expect([made.code, made.errors.filter((e) => e.startsWith("dudao:"))]).toEqual([0, []]);
    const ran = await dudao("nightly", "--home", home, "--date", day);
    expect([ran.code, ran.errors.filter((e) => e.startsWith("dudao:"))]).toEqual([0, []]);
  }
  const bucket = await openBucketHome(address, client);
  const local = createFolderStore(folder);
  await expectSameObjects(bucket, local,
    ["publish/", "lake/", "ledger/", "slips/", "alerts/", "outbox/"]);
  expect(server.keys(buckets.landing).every((key) => key.startsWith("landing/"))).toBe(true);
  expect(server.keys(buckets.publish).every((key) => key.startsWith("publish/"))).toBe(true);
  expect(server.keys("province-lake").some((key) => /^(landing|publish)\//.test(key))).toBe(false);

  for (const command of [
    ["figures", "--as-of", day, "--area", "51", "--json"],
    ["files", "--date", day, "--json"], ["unmatched", "--as-of", day, "--json"],
    ["lookalikes", "--as-of", day, "--json"], ["alerts", "list", "--json"],
    ["explain", "figure", "H2", "--as-of", day, "--area", "51", "--json"],
    ["rekey", "--check", "--json"],
  ]) {
    const theirs = await dudao(...command, "--home", address);
    const ours = await dudao(...command, "--home", folder);
    expect([theirs.code, withoutSeconds(theirs.lines)], command.join(" "))
      .toEqual([0, withoutSeconds(ours.lines)]);
  }
  const { code, lines } = await dudao("doctor", "--home", address, "--json");
  expect([code, lines.filter((line) => line.includes('"is_ok":false'))]).toEqual([0, []]);
  const served = await dudao("serve", "--home", address, "--once");
  expect([served.code, served.lines[0]?.startsWith("serving http")]).toEqual([0, true]);
  const landed = (await bucket.list("landing/"))[0]?.key.slice("landing/".length) ?? "";
  const inspected = await dudao("inspect", landed, "--home", address, "--json");
  expect([inspected.code, JSON.parse(inspected.lines[0] ?? "{}")]).toMatchObject([0, { refused: null }]);
}, 240_000);

test("a bucket that does not exist is one sentence that names it", async () => {
  const { code, errors } = await dudao("figures", "--home", "s3://absent-bucket", "--as-of", "2021-01-01");
  expect(code).toBe(1);
  expect(errors[0]).toContain("s3://absent-bucket");
  expect(errors[0]).toContain("the bucket does not exist");
});

test("a home that has something in it is not simulated over", async () => {
  const { code, errors } = await dudao("simulate", "--home", address, ...province);
  expect(code).toBe(2);
  expect(errors[0]).toContain("not empty");
});
