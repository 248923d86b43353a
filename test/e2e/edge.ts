import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { describePublished } from "../../functions/shared/published-headers.ts";
import { passesCloudFront } from "../serve/cloudfront.ts";

export interface Edge {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands where CloudFront stands, which the emulator deploys but does not run: the behaviours of
 * delivery-stack.ts. Login paths go to the deployed API, `/app/*` to everybody, every other file to
 * those whose signed cookies fit.
 */
export async function startEdge({ store, api, host, key }: {
  readonly store: ObjectStore; readonly api: string;
  /** Host that the cookies are signed for. */
  readonly host: string;
  readonly key: { readonly id: string; readonly pem: string };
}): Promise<Edge> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = request.url ?? "/";
      const path = url.split("?")[0] ?? "/";
      const work = /^\/($|login|logout|api\/)/.test(path)
        ? forward(api + url, request.method ?? "GET", request.headers, Buffer.concat(chunks))
        : readFile(path, url, request.headers.cookie ?? "");
      work.then(({ status, headers, body }) => {
        response.writeHead(status, headers);
        response.end(body);
      }, (cause: unknown) => {
        response.writeHead(502, { "content-type": "text/plain" });
        response.end(String(cause));
      });
    });
  });

  async function readFile(path: string, url: string, cookie: string) {
    const cookies = Object.fromEntries(cookie.split(/;\s*/).map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }));
    if (!path.startsWith("/app/") && !passesCloudFront(`https://${host}${url}`, cookies, key, new Date())) {
      return { status: 403, headers: {}, body: Buffer.of() };
    }
    const object = await store.get(`publish${path === "/app/" ? "/app/index.html" : path}`);
    if (!object) return { status: 404, headers: {}, body: Buffer.of() };
    const { contentType, cacheControl } = describePublished(path === "/app/" ? "/app/index.html" : path);
    return {
      status: 200, headers: { "content-type": contentType, "cache-control": cacheControl },
      body: Buffer.from(object.body),
    };
  }

  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function forward(
  url: string, method: string, headers: NodeJS.Dict<string | string[]>, body: Buffer,
) {
  const sent = new Headers();
  for (const name of ["cookie", "content-type", "accept", "sec-fetch-site"]) {
    const value = headers[name];
    if (value !== undefined) sent.set(name, String(value));
  }
  const answer = await fetch(url, {
    method, headers: sent, redirect: "manual",
    ...(method === "GET" || method === "HEAD" ? {} : { body: new Uint8Array(body) }),
  });
  const passed: Record<string, string | string[]> = {};
  for (const name of ["content-type", "location", "cache-control", "content-security-policy"]) {
    const value = answer.headers.get(name);
    if (value !== null) passed[name] = value;
  }
  // The browser of the test speaks http to this server: it would not keep a cookie for https alone.
  passed["set-cookie"] = answer.headers.getSetCookie().map((line) => line.replace("; Secure", ""));
  return { status: answer.status, headers: passed, body: Buffer.from(await answer.arrayBuffer()) };
}
