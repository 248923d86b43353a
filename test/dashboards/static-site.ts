import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSecurityHeaders } from "../../functions/serve/security-headers.ts";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css",
  ".json": "application/json", "": "application/json", ".arrow": "application/vnd.apache.arrow.file",
  ".pdf": "application/pdf",
};

export interface StaticSite {
  readonly origin: string;
  /** Replaces what is published under a key of `publish/`, e.g. to swap the pointer. */
  readonly files: Map<string, Uint8Array>;
  /** Answers of paths that start with one of these keys: status. */
  readonly refused: Map<string, number>;
  /** Milliseconds before the answer of a path that ends with one of these keys. */
  readonly delays: Map<string, number>;
  readonly close: () => Promise<void>;
}

/** Serves a publication and the built shell on a free port, with the site's headers and gzip. */
export async function serveStatic(
  published: ReadonlyMap<string, Uint8Array>, shellFolder: string,
): Promise<StaticSite> {
  const files = new Map(published);
  const refused = new Map<string, number>();
  const delays = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? "/", "http://site").pathname;
      const wait = [...delays].find(([ending]) => path.endsWith(ending))?.[1] ?? 0;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const status = [...refused].find(([prefix]) => path.startsWith(prefix))?.[1];
      const body = status === undefined ? await find(path) : undefined;
      if (!body) {
        response.writeHead(status ?? 404).end();
        return;
      }
      const type = contentTypes[extname(path.replace(/\/$/, "/index.html"))] ?? "application/octet-stream";
      response.writeHead(200, {
        ...buildSecurityHeaders(type.startsWith("text/html") ? Buffer.from(body).toString() : ""),
        "content-type": type, "content-encoding": "gzip",
        "cache-control": path.includes("/assets/") ? "max-age=31536000, immutable" : "no-store",
      }).end(gzipSync(body, { level: 9 }));
    })();
  });
  async function find(path: string): Promise<Uint8Array | undefined> {
    const known = files.get(`publish${path}`);
    if (known || !path.startsWith("/app/")) return known;
    return await readFile(join(shellFolder, path.slice("/app/".length) || "index.html"))
      .catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return undefined;
        throw cause;
      });
  }
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    files, refused, delays,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve, reject) => {
      server.closeAllConnections();
      server.close((error) => (error ? reject(error) : resolve()));
    }),
  };
}
