import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineError } from "../../functions/shared/errors.ts";
import { createS3Store } from "../../functions/shared/object-store-s3.ts";
import { describeObjectStore } from "./object-store.ts";
import { startS3Server } from "./s3-server.ts";
import type { S3TestServer } from "./s3-server.ts";

function connect(server: S3TestServer): S3Client {
  return new S3Client({
    endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true, maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
}

describeObjectStore("S3", async () => {
  const server = await startS3Server(["home"]);
  const client = connect(server);
  return {
    store: createS3Store({ client, bucket: "home", prefix: "homes/trial/" }),
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
});

describe("object store: S3, beyond the contract", () => {
  let server: S3TestServer;
  let client: S3Client;
  const scratch = mkdtempSync(join(tmpdir(), "dudao-s3-"));
  beforeAll(async () => {
    server = await startS3Server(["one"]);
    client = connect(server);
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  test("two homes of one bucket do not see each other", async () => {
    const a = createS3Store({ client, bucket: "one", prefix: "a" });
    const b = createS3Store({ client, bucket: "one", prefix: "a2/" });
    await a.put("x", "of a");
    await b.put("x", "of b");
    expect(server.keys("one").toSorted()).toEqual(["a/x", "a2/x"]);
    expect((await a.list("")).map(({ key }) => key)).toEqual(["x"]);
    expect(a.name).toBe("s3://one/a");
  });

  test("a key with a control character is listed as it was written", async () => {
    const store = createS3Store({ client, bucket: "one", prefix: "signs/" });
    await store.put("bell\u0007 + 100%.csv", "x");
    expect((await store.list("")).map(({ key }) => key)).toEqual(["bell\u0007 + 100%.csv"]);
  });

  test("a conflict with another conditional write is tried again", async () => {
    const store = createS3Store({ client, bucket: "one", prefix: "conflict/" });
    server.failNext("PUT", 409, 2);
    expect((await store.put("x", "1", { ifNoneMatch: true })).written).toBe(true);
  });

  test("a service that fails is the engine's fault, and nothing is taken for absent", async () => {
    const store = createS3Store({ client, bucket: "one", prefix: "down/" });
    for (const [method, attempt] of [
      ["GET", () => store.get("x")], ["GET", () => store.list("")],
      ["GET", () => store.fetchToFile("x", scratch)], ["PUT", () => store.put("x", "1")],
      ["DELETE", () => store.delete("x")],
    ] as const) {
      server.failNext(method, 500);
      await expect(attempt()).rejects.toThrow(EngineError);
    }
  });

  test("a bucket that does not exist is no empty home", async () => {
    const store = createS3Store({ client, bucket: "absent", prefix: "" });
    await expect(store.list("")).rejects.toThrow(EngineError);
    await expect(store.get("home.json")).rejects.toThrow(EngineError);
  });
});

describe("object store: S3 with headers", () => {
  test("what is stored packed comes back as written, and is sent with its headers", async () => {
    const server = await startS3Server(["headers"]);
    const client = connect(server);
    const scratch = mkdtempSync(join(tmpdir(), "dudao-s3-headers-"));
    try {
      const store = createS3Store({
        client, bucket: "headers", prefix: "", describe: () => ({
          ContentType: "application/vnd.apache.arrow.file", CacheControl: "private, max-age=1",
          ContentEncoding: "gzip",
        }),
      });
      const bytes = Buffer.alloc(20_000, "督导");
      await store.put("a.arrow", bytes);
      writeFileSync(join(scratch, "b"), bytes);
      await store.putFile("b.arrow", join(scratch, "b"));
      for (const key of ["a.arrow", "b.arrow"]) {
        expect(Buffer.compare((await store.get(key))?.body ?? Buffer.of(), bytes)).toBe(0);
        const path = await store.fetchToFile(key, join(scratch, "fetched"));
        expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
        const sent = await fetch(`${server.endpoint}/headers/${key}`);
        expect(sent.headers.get("content-type")).toBe("application/vnd.apache.arrow.file");
        expect(sent.headers.get("content-encoding")).toBe("gzip");
        expect(sent.headers.get("cache-control")).toBe("private, max-age=1");
        expect((await store.list(key))[0]?.sizeBytes).toBeLessThan(1000);
      }
    } finally {
      client.destroy();
      await server.close();
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
