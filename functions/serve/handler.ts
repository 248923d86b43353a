import { createPrivateKey } from "node:crypto";
import { ContractError } from "../shared/errors.ts";
import { createStepHandler, requireVariable, type StepTools } from "../shared/lambda-step.ts";
import { readSecret } from "../shared/read-secret.ts";
import { requireSessionKey } from "../shared/session-key.ts";
import { readSiteUrl } from "../shared/site-url.ts";
import { answer, type Answer, type Question, type Site } from "./answer.ts";
import { dropAreaCookies, signAreaCookies } from "./area-cookies.ts";
import { createOneTimeLinks } from "./one-time-links.ts";
import { createIssuerOpener } from "./open-issuer.ts";

/** Request of an HTTP API, payload format 2.0 (API Gateway developer guide). */
interface ApiRequest {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly http: { readonly method: string } };
}
interface ApiAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
}

/** Kept between calls: the issuer's keys are asked for once an hour. */
const openIssuer = createIssuerOpener();

/** No form of ours is longer. */
const bodyLimitBytes = 8 * 1024;

/**
 * Lambda behind the login paths of the published site: the same answers as the local server, and
 * with each session the cookies by which CloudFront lets its areas pass. Files are CloudFront's.
 */
export const handler = createStepHandler("login", async (
  request: ApiRequest, tools,
): Promise<ApiAnswer> => {
  const { store, log, env } = tools;
  const question = toQuestion(request);
  if (Buffer.byteLength(question.body) > bodyLimitBytes) {
    return { statusCode: 413, headers: {}, cookies: [], body: "" };
  }
  const site: Site = {
    store, log, sessionKey: await requireSessionKey(store), links: createOneTimeLinks(),
    readPublished: () => Promise.resolve(undefined), now: () => new Date(),
    openIssuer: () => openIssuer(store, env),
    readOrigin: async () => new URL(await readSiteUrl(store)).origin,
  };
  const result = await answer(site, question);
  return toApiAnswer(result, await areaCookies(result, question, site, env));
});

function toQuestion(request: ApiRequest): Question {
  const { rawPath, rawQueryString: query, cookies = [], headers, body = "" } = request;
  return {
    method: request.requestContext.http.method,
    url: query === "" ? rawPath : `${rawPath}?${query}`,
    headers: { ...headers, cookie: cookies.join("; ") },
    body: request.isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body,
  };
}

function toApiAnswer(
  { status, headers, body, cookies: set = [] }: Answer, more: readonly string[],
): ApiAnswer {
  const { "set-cookie": own, ...rest } = headers;
  // The site is reached by https alone.
  const secure = [...(own === undefined ? [] : [own]), ...set].map((value) => `${value}; Secure`);
  const cookies = [...secure, ...more];
  return {
    statusCode: status, headers: rest, cookies,
    body: typeof body === "string" ? body : Buffer.from(body).toString("utf8"),
  };
}

/** Cookies of the areas of a session that was just opened, renewed or closed. */
async function areaCookies(
  result: Answer, question: Question, { store, sessionKey, now }: Site, env: StepTools["env"],
): Promise<readonly string[]> {
  const path = question.url.split("?")[0];
  const cookie = question.headers["cookie"] ?? "";
  if (path === "/logout") return dropAreaCookies({ session: cookie, sessionKey, now: now() });
  const session = result.headers["set-cookie"] ?? (path === "/api/me" ? cookie : undefined);
  if (session === undefined || result.status >= 400) return [];
  return signAreaCookies({
    session, sessionKey, now: now(),
    // The address that the night noted: a header of the request could name any.
    host: new URL(await readSiteUrl(store)).host,
    keyId: requireVariable(env, "DUDAO_COOKIE_KEY_ID"),
    privateKey: await readCookieKey(requireVariable(env, "DUDAO_COOKIE_SECRET")),
  });
}

let cookieKey: { readonly pem: string; readonly readAt: number } | undefined;
/** A key that was rotated is in use everywhere after this time. */
const keyLifeMs = 5 * 60_000;

async function readCookieKey(secret: string): Promise<string> {
  if (cookieKey && Date.now() - cookieKey.readAt < keyLifeMs) return cookieKey.pem;
  const pem = await readSecret(secret);
  try {
    createPrivateKey(pem);
  } catch (cause) {
    throw new ContractError(
      `${secret}: no private key; put the PEM of RUNBOOK.md (cookie keys) into it`, { cause });
  }
  cookieKey = { pem, readAt: Date.now() };
  return pem;
}
