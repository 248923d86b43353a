import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishRun } from "../../functions/publish/publish-run.ts";
import { serveHome } from "../../functions/serve/serve-home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createS3Store } from "../../functions/shared/object-store-s3.ts";
import { makeSimulatedUsers } from "../../functions/shared/users.ts";
import { startS3Server } from "../ports/s3-server.ts";
import type { S3TestServer } from "../ports/s3-server.ts";
import { storeRun } from "./store-run.ts";

const base = mkdtempSync(join(tmpdir(), "dudao-bucket-"));
const run = { runId: "2021-12-20-0a1b2c", asOf: "2021-12-20", counties: ["510104", "510302"] };
let server: S3TestServer;
let client: S3Client;

beforeAll(async () => {
  server = await startS3Server(["home"]);
  client = new S3Client({
    endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
  rmSync(base, { recursive: true, force: true });
});

test("a home in a bucket is published to the byte like one in a folder, and served", async () => {
  const bucket = createS3Store({ client, bucket: "home", prefix: "trial" });
  const folder = createFolderStore(join(base, "home"));
  for (const [name, store] of [["s3", bucket], ["folder", folder]] as const) {
    const scratch = join(base, name);
    await storeRun(store, scratch, run);
    await publishRun({
      store, runId: run.runId, scratch, log: silentLog, shellFolder: join(base, "none"),
    });
  }
  const published = await bucket.list("publish/");
  expect(published).toEqual(await folder.list("publish/"));
  expect(published.length).toBeGreaterThan(30);
  for (const { key } of published) {
    const [theirs, ours] = await Promise.all([bucket.get(key), folder.get(key)]);
    expect(Buffer.compare(theirs?.body ?? Buffer.of(), ours?.body ?? Buffer.of())).toBe(0);
  }

  await makeSimulatedUsers(bucket, 1);
  const site = await serveHome({ store: bucket, now: () => new Date(), log: silentLog });
  const login = await fetch(await site.oneTimeLink("jinjiang"), { redirect: "manual" });
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const statusOf = async (area: string): Promise<number> => (await fetch(
    `${site.url}/${area}/${run.runId}/overview.arrow`, { headers: { cookie } })).status;
  expect(await Promise.all(["51", "51/5103/510302", "51/5101/510104"].map(statusOf)))
    .toEqual([403, 403, 200]);
  await site.close();
});
