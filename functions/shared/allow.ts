import { createHmac, timingSafeEqual } from "node:crypto";
import { areaPath } from "./home.ts";

/** Name of the session cookie. */
export const sessionCookie = "dudao_session";

/** What a session may see; signed, never kept by the server. */
export interface Policy {
  readonly user: string;
  /** Area codes: `51`, `5101`, `510104`. */
  readonly areas: readonly string[];
  /** `/51/5101/`: every path below is open. */
  readonly prefixes: readonly string[];
  /** Seconds since 1970. */
  readonly expires_at: number;
}

export type Decision =
  | { readonly kind: "public" }
  | { readonly kind: "allowed"; readonly policy: Policy }
  /** Not a path of the site, or not spelled as published. */
  | { readonly kind: "refused"; readonly why: "path" }
  /** No session, a forged or an expired one. */
  | { readonly kind: "refused"; readonly why: "session" }
  | { readonly kind: "refused"; readonly why: "area"; readonly area: string };

export interface SessionCheck {
  /** Key of the home's sessions (`private/session.key`). */
  readonly key: Uint8Array;
  readonly now: Date;
}

/**
 * The one check of access, for the local site and for CloudFront's cookies alike: may whoever
 * holds these cookies read this URL (a path, or with `https://host` before it)? The shell is
 * public, slices only below a prefix of a valid session. Anything that is not spelled exactly as
 * published (`..`, `//`, `%`, upper case, NUL, a county under a wrong city) is refused.
 */
export function allow(
  url: string, cookies: Readonly<Record<string, string>>, check: SessionCheck,
): Decision {
  const path = url.replace(/^https?:\/\/[^/?#]*/, "").replace(/[?#].*$/s, "");
  if (isPublicPath(path)) return { kind: "public" };
  const area = findAreaOfPath(path);
  if (area === undefined) return { kind: "refused", why: "path" };
  const policy = readSession(cookies[sessionCookie] ?? "", check);
  if (!policy) return { kind: "refused", why: "session" };
  return policy.prefixes.some((prefix) => path.startsWith(prefix))
    ? { kind: "allowed", policy }
    : { kind: "refused", why: "area", area };
}

/** Shell and login: plain names of files and folders, hashes in any case. */
function isPublicPath(path: string): boolean {
  if (path === "/" || path === "/login" || path === "/app/") return true;
  return /^\/app(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)+$/.test(path);
}

const slicePath =
  /^\/(\d{2})(?:\/(\d{4})(?:\/(\d{6}))?)?\/\d{4}-\d\d-\d\d-[a-z0-9]+\/[a-z0-9_-]+(?:\.[a-z0-9]+)+$/;

/** Area code of a slice's file, undefined for every other path. */
export function findAreaOfPath(path: string): string | undefined {
  // `$` would also match before a final line break.
  const found = path.includes("\n") ? null : slicePath.exec(path);
  if (!found) return undefined;
  const [, province = "", city, county] = found;
  if (city !== undefined && !city.startsWith(province)) return undefined;
  if (county !== undefined && !county.startsWith(city ?? "")) return undefined;
  return county ?? city ?? province;
}

/** What a user of these areas may see until a moment. */
export function buildPolicy(user: string, areas: readonly string[], expiresAt: Date): Policy {
  return {
    user, areas, prefixes: areas.map((area) => `/${areaPath(area)}/`),
    expires_at: Math.floor(expiresAt.getTime() / 1000),
  };
}

/** Value of the session cookie: policy and HMAC-SHA256, base64url, joined by a dot. */
export function signSession(policy: Policy, key: Uint8Array): string {
  const text = Buffer.from(JSON.stringify(policy)).toString("base64url");
  return `${text}.${signatureOf(text, key).toString("base64url")}`;
}

/** The policy of a session cookie, undefined when it is forged, damaged or expired. */
export function readSession(value: string, check: SessionCheck): Policy | undefined {
  const [text = "", signature = "", ...rest] = value.split(".");
  if (rest.length > 0 || text === "") return undefined;
  const expected = signatureOf(text, check.key);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const policy = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Policy;
  return policy.expires_at * 1000 > check.now.getTime() ? policy : undefined;
}

function signatureOf(text: string, key: Uint8Array): Buffer {
  return createHmac("sha256", key).update(`session ${text}`).digest();
}
