import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A log-in at the issuer that was begun; kept by the browser that began it, signed. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636). */
  readonly verifier: string;
  /** `#/51/5101` or ''. */
  readonly page: string;
  /** Seconds since 1970. */
  readonly expires_at: number;
}

/** Name of the attempt's cookie; `Path` is /login/oidc. */
export const attemptCookie = "dudao_oidc";
export const attemptSeconds = 600;

export function beginAttempt(page: string, now: Date): OidcAttempt {
  const secret = (): string => randomBytes(32).toString("base64url");
  return {
    state: secret(), nonce: secret(), verifier: secret(), page,
    expires_at: Math.floor(now.getTime() / 1000) + attemptSeconds,
  };
}

/** SHA-256 of the verifier, base64url: PKCE's method S256. */
export function challengeOf({ verifier }: OidcAttempt): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

/** Value of the cookie: the attempt and its HMAC-SHA256 under the key of the sessions. */
export function signAttempt(attempt: OidcAttempt, key: Uint8Array): string {
  const text = Buffer.from(JSON.stringify(attempt)).toString("base64url");
  return `${text}.${signatureOf(text, key).toString("base64url")}`;
}

/** Undefined for a cookie that is forged, damaged or expired. */
export function readAttempt(value: string, key: Uint8Array, now: Date): OidcAttempt | undefined {
  const [text = "", signature = "", ...rest] = value.split(".");
  if (rest.length > 0 || text === "") return undefined;
  const expected = signatureOf(text, key);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const attempt = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as OidcAttempt;
  return attempt.expires_at * 1000 > now.getTime() ? attempt : undefined;
}

/** Another word before the text than a session's: neither can be used as the other. */
function signatureOf(text: string, key: Uint8Array): Buffer {
  return createHmac("sha256", key).update(`oidc ${text}`).digest();
}
