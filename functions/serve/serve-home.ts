import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "../shared/errors.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { requireSessionKey } from "../shared/session-key.ts";
import { findUser } from "../shared/users.ts";
import { answer } from "./answer.ts";
import type { Answer, Site } from "./answer.ts";
import { createOneTimeLinks } from "./one-time-links.ts";
import { buildNoticePage } from "./pages.ts";
import { createIssuerOpener } from "./open-issuer.ts";
import { createPublishedFiles } from "./published-file.ts";
import { buildSecurityHeaders } from "./security-headers.ts";

export interface ServeRequest {
  readonly store: ObjectStore;
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly now: () => Date;
  readonly log: Log;
}
export interface RunningSite {
  /** `http://127.0.0.1:43210` */
  readonly url: string;
  /** Address that logs a user in once within 30 minutes; throws UsageError for an unknown one. */
  oneTimeLink(user: string): Promise<string>;
  /** Ends open connections too; resolves when the port is free. */
  close(): Promise<void>;
}

/** No form of ours is longer. */
const bodyLimitBytes = 8 * 1024;

/** Serves a home's publication behind the login; throws UsageError when the port is taken. */
export async function serveHome(request: ServeRequest): Promise<RunningSite> {
  const { store, host = "127.0.0.1", port = 0, now, log } = request;
  const links = createOneTimeLinks();
  let url = "";
  const openIssuer = createIssuerOpener();
  const site: Site = {
    store, sessionKey: await requireSessionKey(store), links,
    readPublished: createPublishedFiles(store), now, log,
    openIssuer: () => openIssuer(store, process.env),
    readOrigin: () => Promise.resolve(url),
  };
  const server = createServer((incoming, outgoing) => {
    void respond(site, incoming, outgoing);
  });
  await listen(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  url = `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
  return {
    url,
    async oneTimeLink(user) {
      if (!(await findUser(store, user))) throw new UsageError(`user: unknown: ${user}`);
      return `${url}/login/once?t=${links.issue(user, now())}`;
    },
    close: () => new Promise((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === "EADDRINUSE" || cause.code === "EACCES";
      reject(isTaken
        ? new UsageError(`port: not free: ${host}:${port}; choose another with --port`, { cause })
        : cause);
    });
    server.listen(port, host, resolve);
  });
}

async function respond(
  site: Site, incoming: IncomingMessage, outgoing: ServerResponse,
): Promise<void> {
  let result: Answer;
  try {
    result = await answer(site, {
      method: incoming.method ?? "GET",
      url: incoming.url ?? "/",
      headers: incoming.headers as Record<string, string | undefined>,
      body: await readBody(incoming),
    });
  } catch (cause) {
    site.log.record("serve.failed", {
      path: incoming.url?.split("?")[0] ?? "",
      error: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    });
    const body = buildNoticePage("zh", "failed");
    const headers = { ...buildSecurityHeaders(body), "content-type": "text/html; charset=utf-8" };
    result = { status: cause instanceof BodyTooLong ? 413 : 500, headers, body };
  }
  const body = typeof result.body === "string" ? Buffer.from(result.body) : result.body;
  const length = result.status === 304 ? {} : { "content-length": body.byteLength };
  const { "set-cookie": session, ...headers } = result.headers;
  const cookies = [...(session === undefined ? [] : [session]), ...(result.cookies ?? [])];
  outgoing.writeHead(result.status, {
    ...headers, ...length, ...(cookies.length === 0 ? {} : { "set-cookie": cookies }),
  });
  outgoing.end(incoming.method === "HEAD" || result.status === 304 ? undefined : body);
}

class BodyTooLong extends Error {}

async function readBody(incoming: IncomingMessage): Promise<string> {
  if (incoming.method !== "POST") return "";
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > bodyLimitBytes) throw new BodyTooLong(`body: longer than ${bodyLimitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
