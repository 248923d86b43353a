import { randomUUID } from "node:crypto";
import { AthenaClient } from "@aws-sdk/client-athena";
import { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { createS3Store } from "../../functions/shared/object-store-s3.ts";
import { openAthenaEngine } from "../../functions/shared/sql-engine-athena.ts";
import type { AthenaEngineOptions } from "../../functions/shared/sql-engine-athena.ts";
import type { SqlEngine } from "../../functions/shared/sql-engine.ts";
import type { Buckets } from "./athena-objects.ts";
import { startAthenaServer } from "./athena-server.ts";
import type { AthenaBackend, AthenaServerOptions, AthenaTestServer } from "./athena-server.ts";
import { startS3Server } from "./s3-server.ts";
import type { S3TestServer } from "./s3-server.ts";

/** An S3 and an Athena of their own, both spoken to over the wire by the real clients. */
export interface AthenaBed {
  readonly athena: AthenaTestServer;
  readonly s3: S3TestServer;
  readonly client: AthenaClient;
  /** A store in the bucket `home`, `work` or `results`. */
  store(bucket: string, prefix?: string): ObjectStore;
  openEngine(options?: Partial<AthenaEngineOptions>): Promise<SqlEngine>;
  close(): Promise<void>;
}

export const bedWorkgroup = "dudao";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

export async function openAthenaBed(
  createBackend: (buckets: Buckets) => Promise<AthenaBackend>,
  options: Partial<AthenaServerOptions> = {},
): Promise<AthenaBed> {
  const names = ["home", "work", "results"];
  const s3 = await startS3Server(names, { pageSize: 100 });
  const s3Client = new S3Client({
    endpoint: s3.endpoint, region: "us-east-1", forcePathStyle: true, credentials,
  });
  const store = (bucket: string, prefix = ""): ObjectStore =>
    createS3Store({ client: s3Client, bucket, prefix });
  const backend = await createBackend(new Map(names.map((name) => [name, store(name)])));
  const athena = await startAthenaServer(backend, { workgroup: bedWorkgroup, ...options });
  const client = new AthenaClient({
    endpoint: athena.endpoint, region: "us-east-1", credentials, maxAttempts: 1,
  });
  return {
    athena, s3, client, store,
    openEngine: (more = {}) => openAthenaEngine({
      client, work: store("work", "athena"), workgroup: bedWorkgroup, database: "dudao",
      newId: () => randomUUID().slice(0, 8),
      // Time stands still for none of the waits matters here.
      sleep: () => new Promise((resolve) => { setImmediate(resolve); }),
      ...more,
    }),
    close: async () => {
      client.destroy();
      s3Client.destroy();
      await athena.close();
      await s3.close();
    },
  };
}
