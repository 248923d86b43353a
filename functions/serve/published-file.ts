import { createHash } from "node:crypto";
import { gzip } from "node:zlib";
import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { describePublished } from "../shared/published-headers.ts";
import type { Answer } from "./answer.ts";
import { buildSecurityHeaders } from "./security-headers.ts";

const compressible = new Set(["html", "js", "css", "json", "svg", "webmanifest", "arrow"]);

/** Gzipped bodies kept in memory; beyond it the oldest are dropped. */
const cacheBytes = 64 * 1024 * 1024;

export interface FileRequest {
  /** Path of the URL, checked by `allow`. */
  readonly path: string;
  readonly acceptsGzip: boolean;
  /** Header If-None-Match, '' when absent. */
  readonly knownEtag: string;
}
export type ReadPublished = (request: FileRequest) => Promise<Answer | undefined>;

/** Reads files below `publish/`; undefined where there is none. */
export function createPublishedFiles(store: ObjectStore): ReadPublished {
  const zipped = new Map<string, Uint8Array>();
  let size = 0;

  async function zip(etag: string, body: Uint8Array): Promise<Uint8Array> {
    const known = zipped.get(etag);
    if (known) return known;
    const packed = await new Promise<Uint8Array>((resolve, reject) => {
      gzip(body, { level: 9 }, (error, result) => (error ? reject(error) : resolve(result)));
    });
    zipped.set(etag, packed);
    size += packed.byteLength;
    for (const [oldest, bytes] of zipped) {
      if (size <= cacheBytes) break;
      zipped.delete(oldest);
      size -= bytes.byteLength;
    }
    return packed;
  }

  return async ({ path, acceptsGzip, knownEtag }) => {
    const file = path === "/app/" ? "/app/index.html" : path;
    const object = await store.get(homeKeys.publishPrefix + file.slice(1));
    if (!object) return undefined;
    const ending = file.slice(file.lastIndexOf(".") + 1);
    const isZipped = acceptsGzip && compressible.has(ending) && object.body.byteLength > 400;
    const sha256 = createHash("sha256").update(object.body).digest("hex");
    const { contentType, contentDisposition, cacheControl } = describePublished(file);
    const etag = `"${sha256.slice(0, 32)}${isZipped ? "-gz" : ""}"`;
    const headers = {
      ...buildSecurityHeaders(ending === "html" ? Buffer.from(object.body).toString("utf8") : ""),
      "content-type": contentType,
      ...(contentDisposition === "" ? {} : {
        "content-disposition": contentDisposition,
        // Chromium's viewer is a page of its own with inline styles, which our policy would forbid.
        "content-security-policy": "frame-ancestors 'none'",
      }),
      "cache-control": cacheControl,
      // A page kept by the browser must not outlive the session that could see it.
      vary: file.startsWith("/app/") ? "Accept-Encoding" : "Accept-Encoding, Cookie",
      etag,
    };
    if (knownEtag.split(",").some((known) => known.trim().replace(/^W\//, "") === etag)) {
      return { status: 304, headers, body: "" };
    }
    if (!isZipped) return { status: 200, headers, body: object.body };
    return {
      status: 200, headers: { ...headers, "content-encoding": "gzip" },
      body: await zip(sha256, object.body),
    };
  };
}
