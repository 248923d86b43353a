import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { S3Client } from "@aws-sdk/client-s3";
import { runNights } from "../../functions/commands/run-nights.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { readNightUsage } from "../../functions/shared/night-usage.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { routeBuckets } from "../../functions/shared/object-store-bucket.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createS3Store } from "../../functions/shared/object-store-s3.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { buildNightMachine, machineFunctions, type MachineFunction } from "../../infra/night-machine.ts";
import { buildLambda } from "../../scripts/build-lambda.mjs";
import { survey, surveyRow } from "../ingest/night/small-province.ts";
import { readJson } from "../../functions/shared/read-json.ts";
import { readLedger } from "../../functions/shared/read-ledger.ts";
import { startS3Server, type S3TestServer } from "../ports/s3-server.ts";
import { expectSameObjects } from "../publish/expect-same-objects.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { runMachine, type Invoke } from "./run-machine.ts";

const base = mkdtempSync(join(tmpdir(), "dudao-lambda-"));
const buckets = { landing: "n-landing", publish: "n-publish" };
const handlers: Readonly<Record<MachineFunction, readonly [step: string, handler: string]>> = {
  Plan: ["plan", "index.handler"], Judge: ["ingest", "index.judge"],
  Quarantine: ["ingest", "index.quarantine"], Settle: ["ingest", "index.settle"],
  Slips: ["ingest", "index.slips"], Measure: ["measure", "index.handler"],
  Findings: ["alert", "index.findings"], Scorecards: ["scorecards", "index.handler"],
  Publish: ["publish", "index.handler"], Alert: ["alert", "index.handler"],
};
const functions = new Map<MachineFunction, LambdaFunction>();
let server: S3TestServer;
let cloud: ObjectStore;

beforeAll(async () => {
  server = await startS3Server(["n-lake", ...Object.values(buckets)], { pageSize: 1000 });
  const client = new S3Client({
    endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  cloud = routeBuckets(createS3Store({ client, bucket: "n-lake", prefix: "" }), buckets, client, "");
  const bundles = await buildLambda(join(base, "bundles"));
  for (const [name, [step, handler]] of Object.entries(handlers)) {
    functions.set(name as MachineFunction, new LambdaFunction({
      root: join(bundles, step), handler, memoryMb: 3008, timeoutSeconds: 120,
      env: {
        AWS_ENDPOINT_URL: server.endpoint, DUDAO_HOME: "s3://n-lake",
        DUDAO_LANDING_BUCKET: buckets.landing, DUDAO_PUBLISH_BUCKET: buckets.publish,
      },
    }));
  }
}, 120_000);
afterAll(async () => {
  for (const f of functions.values()) f.stop();
  await server.close();
  rmSync(base, { recursive: true, force: true });
});

const local = createFolderStore(join(base, "home"));
/** Lands the same bytes in both homes. */
async function land(day: string, name: string, body: Uint8Array): Promise<void> {
  for (const home of [local, cloud]) await home.put(homeKeys.landing("survey", day, name), body);
}
const invoke = (name: MachineFunction, fault?: (calls: number) => void): Invoke => async (event) => {
  const f = functions.get(name) as LambdaFunction;
  fault?.(f.calls + 1);
  return f.invoke(event);
};
function run(faults: Partial<Record<MachineFunction, Invoke>> = {}): Promise<unknown> {
  const all = Object.fromEntries(Object.keys(handlers).map((name) =>
    [name, faults[name as MachineFunction] ?? invoke(name as MachineFunction)]));
  return runMachine(
    buildNightMachine(), all as Readonly<Record<MachineFunction, Invoke>>, { date: null });
}
const published = ["publish/", "lake/", "ledger/", "slips/", "alerts/", "outbox/"];

test("two nights on the real bundles publish what a local run of the same landing does", async () => {
  for (const home of [local, cloud]) {
    await home.put(homeKeys.tokenKey, `${"5a".repeat(32)}\n`);
  }
  await land("2021-03-01", "a.csv", survey([surveyRow("E1", 90), surveyRow("E2", 101)]));
  await land("2021-03-02", "b.csv", survey([surveyRow("E3", 60), surveyRow("E4", 61)]));
  await run();
  await runNights({ store: local, log: silentLog });
  await expectSameObjects(cloud, local, published.filter((p) => p !== "outbox/"));
  expect(server.keys("n-lake").filter((key) => /^work\/.*(verdict|rows)/.test(key))).toEqual([]);
  const state = JSON.parse(Buffer.from((await cloud.get("home.json"))?.body ?? []).toString());
  expect(state).toMatchObject({ buckets });
  // Both nights tell what their calls used; the newest went through every step but the quarantine.
  const notes = server.keys("n-lake").filter((key) => key.startsWith("usage/2021-03-02/"));
  expect(new Set(notes.map((key) => /([a-z]+)-[^/]*$/.exec(key)?.[1]))).toEqual(new Set(
    machineFunctions.filter((name) => name !== "Quarantine").map((name) => name.toLowerCase())));
  const [first, second, ...more] = await readNightUsage(cloud, 30);
  expect([first?.day, second?.day, more]).toEqual(["2021-03-01", "2021-03-02", []]);
  expect(second?.calls).toBe(notes.length);
  expect(second?.put_requests).toBeGreaterThan(server.keys("n-publish").length);
  expect((second?.gb_seconds_arm64 ?? 0) + (second?.gb_seconds_x64 ?? 0)).toBeGreaterThan(0);
}, 180_000);

test("a file whose function dies is refused as crashed, a 503 is tried again, the night is published", async () => {
  await land("2021-03-03", "c.csv", survey([surveyRow("E5", 70)]));
  await land("2021-03-03", "d.csv", survey([surveyRow("E6", 71)]));
  let deaths = 0;
  await run({
    Judge: (event) => {
      if ((event as { index: number }).index === 0) {
        deaths++;
        throw Object.assign(new Error("runtime exited"), { name: "Runtime.ExitError" });
      }
      server.failNext("GET", 503, 2);
      return invoke("Judge")(event);
    },
  });
  expect(deaths).toBe(1);
  const ledger = await readLedger(cloud, { date: "2021-03-03" });
  expect(ledger.map((f) => `${f.file_name} ${f.status} ${f.reason}`)).toEqual([
    "c.csv refused crashed: process ended: Runtime.ExitError", "d.csv accepted null",
  ]);
  expect(await publishedDay()).toBe("2021-03-03");
}, 180_000);

test("no night begins while a command works on the home", async () => {
  await land("2021-03-04", "e.csv", survey([surveyRow("E7", 72)]));
  await cloud.put(homeKeys.lock, JSON.stringify({
    command: "rekey", host: "elsewhere", pid: 1, started: null, since: new Date().toISOString(),
  }));
  await expect(run()).rejects.toThrow("plan: s3://n-lake is at work: rekey since");
  await cloud.delete(homeKeys.lock);
  expect(await readLedger(cloud, { date: "2021-03-04" })).toEqual([]);
  expect(await publishedDay()).toBe("2021-03-03");
}, 180_000);

test("a step that fails leaves the old publication standing; the next execution ends the night", async () => {
  const fault = Object.assign(new Error("no such font"), { name: "ContractError" });
  await expect(run({ Publish: () => Promise.reject(fault) })).rejects.toThrow("no such font");
  expect(await publishedDay()).toBe("2021-03-03");
  await run();
  expect(await publishedDay()).toBe("2021-03-04");
}, 180_000);

test("a pointer that another execution has moved is not overwritten, and tried again", async () => {
  await land("2021-03-05", "f.csv", survey([surveyRow("E8", 73)]));
  let publications = 0;
  await run({
    Publish: async (event) => {
      if (++publications > 1) return invoke("Publish")(event);
      server.failNext("PUT", 412);
      return invoke("Publish")(event);
    },
  });
  expect(await publishedDay()).toBe("2021-03-05");
  expect(publications).toBeGreaterThan(0);
}, 180_000);

async function publishedDay(): Promise<string | undefined> {
  return (await readJson<{ readonly as_of: string }>(cloud, homeKeys.current))?.as_of;
}
