import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, gunzipSync, gzipSync } from "node:zlib";
import {
  DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { explainAwsFault } from "./aws-fault.ts";
import { EngineError, InvalidInputError } from "./errors.ts";
import { compareKeys, requireKey, requirePrefix } from "./object-key.ts";
import type {
  ListedObject, ObjectStore, PutCondition, PutResult, StoredObject,
} from "./object-store.ts";

export interface S3StoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** `''` or `homes/trial/`: every key of the home stands behind it. */
  readonly prefix: string;
  /** Headers that readers of an object beside us see; default: none. */
  readonly describe?: (key: string) => ObjectHeaders | undefined;
}
export interface ObjectHeaders {
  readonly ContentType: string;
  readonly CacheControl: string;
  readonly ContentDisposition?: string;
  /** Stored packed; whoever reads it through this store gets the bytes that were written. */
  readonly ContentEncoding?: "gzip";
}

/** Up to here a file is sent from memory, so that the client can send it again. */
const memoryFileBytes = 64 * 1024 * 1024;

/**
 * A home in an S3 bucket, with S3's conditional writes. The etag is the service's; `mode` has no
 * meaning here. Throws EngineError for every answer of the service that is not foreseen.
 */
export function createS3Store(
  { client, bucket, prefix, describe = () => undefined }: S3StoreOptions,
): ObjectStore {
  if (prefix !== "") requireKey(prefix.replace(/\/$/, ""));
  const base = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const locate = (key: string): { Bucket: string; Key: string } => {
    requireKey(key);
    requireKey(base + key);
    return { Bucket: bucket, Key: base + key };
  };

  const asEngineError = (cause: unknown, verb: string, key: string): Error =>
    cause instanceof InvalidInputError || cause instanceof EngineError ? cause
      : new EngineError(`s3://${bucket}: ${verb} failed: ${base}${key}; ${explainAwsFault(cause)}`,
        { cause });

  async function open(key: string) {
    try {
      return await client.send(new GetObjectCommand(locate(key)));
    } catch (cause) {
      if (isNoSuchKey(cause)) return undefined;
      throw asEngineError(cause, "get", key);
    }
  }

  async function get(key: string): Promise<StoredObject | undefined> {
    const object = await open(key);
    if (!object?.Body) return undefined;
    try {
      const stored = await object.Body.transformToByteArray();
      const body = isPacked(object.ContentEncoding) ? gunzipSync(stored) : stored;
      return { body, etag: object.ETag ?? "" };
    } catch (cause) {
      throw asEngineError(cause, "get", key);
    }
  }

  async function send(
    key: string, bodyOf: () => Promise<Partial<PutObjectCommandInput>>, condition: PutCondition,
  ): Promise<PutResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { ETag } = await client.send(new PutObjectCommand({
          ...locate(key), ...describe(key), ...await bodyOf(),
          ...(condition.ifNoneMatch ? { IfNoneMatch: "*" } : {}),
          ...(condition.ifMatch === undefined ? {} : { IfMatch: condition.ifMatch }),
        }));
        return { written: true, etag: ETag ?? "" };
      } catch (cause) {
        const status = statusOf(cause);
        if (status === 412 || (isNoSuchKey(cause) && condition.ifMatch !== undefined)) {
          return { written: false };
        }
        // 409: another conditional write of the same key is under way; the outcome is open.
        if (status !== 409 || attempt === 5) throw asEngineError(cause, "put", key);
      }
    }
  }

  async function put(
    key: string, body: Uint8Array | string, condition: PutCondition = {},
  ): Promise<PutResult> {
    const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    const stored = describe(key)?.ContentEncoding ? gzipSync(bytes, { level: 9 }) : bytes;
    return send(key, async () => ({ Body: stored, ContentLength: stored.byteLength }), condition);
  }

  async function putFile(
    key: string, path: string, condition: PutCondition = {},
  ): Promise<PutResult> {
    const { size } = await stat(path);
    if (describe(key)?.ContentEncoding) return put(key, await readFile(path), condition);
    return send(key, async () => ({
      Body: size <= memoryFileBytes ? await readFile(path) : createReadStream(path),
      ContentLength: size,
    }), condition);
  }

  async function list(below: string): Promise<readonly ListedObject[]> {
    requirePrefix(below);
    const found: ListedObject[] = [];
    let token: string | undefined;
    do {
      try {
        const page = await client.send(new ListObjectsV2Command({
          // Keys with control characters cannot stand in XML.
          Bucket: bucket, Prefix: base + below, EncodingType: "url", ContinuationToken: token,
        }));
        for (const { Key = "", Size = 0 } of page.Contents ?? []) {
          const key = decodeURIComponent(Key.replaceAll("+", " ")).slice(base.length);
          // Consoles make empty objects `folder/`.
          if (!key.endsWith("/")) found.push({ key, sizeBytes: Size });
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } catch (cause) {
        throw asEngineError(cause, "list", below);
      }
    } while (token !== undefined);
    return found.sort((a, b) => compareKeys(a.key, b.key));
  }

  async function remove(key: string): Promise<void> {
    try {
      await client.send(new DeleteObjectCommand(locate(key)));
    } catch (cause) {
      throw asEngineError(cause, "delete", key);
    }
  }

  /** The name depends on key and content only: a second fetch of the same object is free. */
  async function fetchToFile(key: string, scratch: string): Promise<string> {
    const object = await open(key);
    if (!object?.Body) throw new InvalidInputError(`object: missing: ${key}; in ${name}`);
    const body = object.Body as Readable;
    const id = createHash("sha256").update(`${base}${key} ${object.ETag}`).digest("hex");
    const path = join(scratch, `${id.slice(0, 40)}${extname(key)}`);
    if (existsSync(path)) {
      body.destroy();
      return path;
    }
    await mkdir(scratch, { recursive: true });
    const temporary = `${path}.${randomUUID()}`;
    try {
      const to = createWriteStream(temporary);
      if (isPacked(object.ContentEncoding)) await pipeline(body, createGunzip(), to);
      else await pipeline(body, to);
    } catch (cause) {
      throw asEngineError(cause, "get", key);
    }
    await rename(temporary, path);
    return path;
  }

  const name = `s3://${bucket}/${base}`.replace(/\/$/, "");
  return {
    name, get, put, putFile, list, delete: remove, fetchToFile,
  };
}

/** Without the transfer coding that the SDK may have used for its upload. */
function isPacked(encoding: string | undefined): boolean {
  return (encoding ?? "").split(",").some((part) => part.trim() === "gzip");
}

function statusOf(cause: unknown): number | undefined {
  return (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** Not every 404: a missing bucket is a fault, not an empty home. */
function isNoSuchKey(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "NoSuchKey";
}
