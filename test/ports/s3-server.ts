import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";

/** An S3 that lives in memory: what the S3 store uses, and its conditional writes, nothing else. */
export interface S3TestServer {
  readonly endpoint: string;
  /** Object keys of a bucket, as stored. */
  keys(bucket: string): readonly string[];
  /** Answers the next requests of a method with a status instead of doing them. */
  failNext(method: string, status: number, times?: number): void;
  close(): Promise<void>;
}

interface StoredS3Object {
  readonly body: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What S3 keeps of an upload's headers and sends with the object. */
const keptHeaders = ["content-type", "content-encoding", "content-disposition", "cache-control"];
interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** Small pages unless told, so that every listing of a test turns some. */
export async function startS3Server(
  buckets: readonly string[], { pageSize = 7 }: { readonly pageSize?: number } = {},
): Promise<S3TestServer> {
  const objects = new Map(buckets.map((name) => [name, new Map<string, StoredS3Object>()]));
  const failures: { method: string; status: number }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = answerSafely(() => {
        const at = failures.findIndex(({ method }) => method === request.method);
        const [failure] = at < 0 ? [] : failures.splice(at, 1);
        if (failure) throw new S3Error(failure.status, "Injected");
        return handle(objects, pageSize, request.method ?? "", request.url ?? "", request.headers,
          Buffer.concat(chunks));
      });
      const body = Buffer.from(answer.body ?? "");
      response.writeHead(answer.status, { "content-length": body.length, ...answer.headers });
      response.end(body);
    });
  });
  await listen(server);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: (bucket) => [...objects.get(bucket)?.keys() ?? []],
    failNext: (method, status, times = 1) => {
      for (let i = 0; i < times; i++) failures.push({ method, status });
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function answerSafely(work: () => S3Answer): S3Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const body = `<?xml version="1.0"?><Error><Code>${error.code}</Code></Error>`;
    return { status: error.status, headers: { "content-type": "application/xml" }, body };
  }
}

function handle(
  buckets: ReadonlyMap<string, Map<string, StoredS3Object>>, pageSize: number,
  method: string, url: string, headers: IncomingHttpHeaders, raw: Buffer,
): S3Answer {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const [, bucketName = "", ...parts] = pathname.split("/");
  const bucket = buckets.get(decodeURIComponent(bucketName));
  if (!bucket) throw new S3Error(404, "NoSuchBucket");
  const key = parts.map(decodeURIComponent).join("/");
  if (key === "" && method === "GET") return list(bucket, searchParams, pageSize);
  const current = bucket.get(key);
  if (method === "GET") {
    if (!current) throw new S3Error(404, "NoSuchKey");
    return { status: 200, headers: { ...current.headers, etag: current.etag }, body: current.body };
  }
  if (method === "PUT") {
    const body = decodeBody(raw, headers);
    requireCondition(headers, current);
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    bucket.set(key, { body, etag, headers: keepHeaders(headers) });
    return { status: 200, headers: { etag } };
  }
  if (method === "DELETE") {
    bucket.delete(key);
    return { status: 204 };
  }
  throw new S3Error(501, "NotImplemented");
}

function keepHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(keptHeaders.flatMap((name) => {
    const value = String(headers[name] ?? "").replace(/(^|,)\s*aws-chunked\s*/, "").replace(/^,/, "");
    return value === "" ? [] : [[name, value]];
  }));
}

function requireCondition(
  headers: IncomingHttpHeaders, current: StoredS3Object | undefined,
): void {
  if (headers["if-none-match"] === "*" && current) throw new S3Error(412, "PreconditionFailed");
  const wanted = headers["if-match"];
  if (wanted === undefined) return;
  if (!current) throw new S3Error(404, "NoSuchKey");
  if (wanted !== current.etag) throw new S3Error(412, "PreconditionFailed");
}

/** ListObjectsV2: sorted by UTF-8 bytes, at most `max-keys` a page, keys URL-encoded on demand. */
function list(
  bucket: ReadonlyMap<string, StoredS3Object>, query: URLSearchParams, pageSize: number,
): S3Answer {
  const prefix = query.get("prefix") ?? "";
  const token = query.get("continuation-token");
  const after = token === null ? null : Buffer.from(token, "base64url");
  const limit = Math.min(Number(query.get("max-keys") ?? 1000), pageSize);
  const keys = [...bucket.keys()].filter((key) => key.startsWith(prefix))
    .map((key) => Buffer.from(key)).sort(Buffer.compare)
    .filter((key) => after === null || Buffer.compare(key, after) > 0);
  const page = keys.slice(0, limit);
  const isCut = keys.length > page.length;
  const spell = (key: Buffer): string => query.get("encoding-type") === "url"
    ? encodeURIComponent(key.toString()).replaceAll("%20", "+").replaceAll("%2F", "/")
    : escapeXml(key.toString());
  const next = page.at(-1)?.toString("base64url");
  const contents = page.map((key) => {
    const size = bucket.get(key.toString())?.body.length ?? 0;
    return `<Contents><Key>${spell(key)}</Key><Size>${size}</Size></Contents>`;
  });
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>`
    + `<IsTruncated>${isCut}</IsTruncated><KeyCount>${page.length}</KeyCount>${contents.join("")}`
    + `${isCut ? `<NextContinuationToken>${next}</NextContinuationToken>` : ""}</ListBucketResult>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

/** Unpacks aws-chunked bodies and refuses a wrong CRC32, as S3 does. */
function decodeBody(raw: Buffer, headers: IncomingHttpHeaders): Buffer {
  const isChunked = /aws-chunked/.test(String(headers["content-encoding"] ?? ""))
    || String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-");
  if (!isChunked) return requireChecksum(raw, headers["x-amz-checksum-crc32"]);
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = raw.indexOf("\r\n", at);
    const size = Number.parseInt(raw.toString("latin1", at, end), 16);
    at = end + 2;
    if (!(size > 0)) break;
    chunks.push(raw.subarray(at, at + size));
    at += size + 2;
  }
  const trailer = /x-amz-checksum-crc32:(\S+)/i.exec(raw.toString("latin1", at))?.[1];
  return requireChecksum(Buffer.concat(chunks), trailer);
}

function requireChecksum(body: Buffer, expected: string | string[] | undefined): Buffer {
  if (expected === undefined) return body;
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  if (sum.toString("base64") !== expected) throw new S3Error(400, "BadDigest");
  return body;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (ch) => `&#${ch.charCodeAt(0)};`);
}
