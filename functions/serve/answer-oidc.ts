import { EngineError, InvalidInputError } from "../shared/errors.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { oidcReturnPath } from "../shared/oidc-settings.ts";
import { findUserByIdentity, type LocalUser } from "../shared/users.ts";
import {
  attemptCookie, attemptSeconds, beginAttempt, challengeOf, readAttempt, signAttempt,
} from "./oidc-attempt.ts";
import type { OidcIssuer } from "./oidc-issuer.ts";
import { isSameText } from "./verify-id-token.ts";

export interface OidcSite {
  readonly store: ObjectStore;
  readonly sessionKey: Uint8Array;
  /** `https://dudao.example`, without a slash at its end. */
  readonly readOrigin: () => Promise<string>;
  readonly now: () => Date;
  readonly log: Log;
}
/** How a log-in at the issuer ended. */
export type OidcResult =
  | { readonly kind: "accepted"; readonly user: LocalUser; readonly page: string }
  /** The issuer knows the person, the users of the home do not. */
  | { readonly kind: "unknown" }
  /** Begun elsewhere or too long ago, given up, or answered with what does not hold. */
  | { readonly kind: "failed" }
  | { readonly kind: "unavailable" };

/** Sends the browser to the issuer with a cookie of the attempt; undefined where it is away. */
export async function beginOidc(
  site: OidcSite, issuer: OidcIssuer, page: string,
): Promise<{ readonly location: string; readonly cookie: string } | undefined> {
  const attempt = beginAttempt(page, site.now());
  try {
    const location = await issuer.authorizationUrl({
      redirectUri: await readRedirect(site, issuer),
      state: attempt.state, nonce: attempt.nonce, challenge: challengeOf(attempt),
    });
    return { location, cookie: cookieOf(signAttempt(attempt, site.sessionKey), attemptSeconds) };
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    site.log.record("serve.oidc", { result: "unavailable", reason: cause.message });
    return undefined;
  }
}

/** `Set-Cookie` that takes the attempt away: each is for one return. */
export const endedAttempt = cookieOf("", 0);

/** Judges the issuer's answer (`code` and `state` of the query) to the attempt of the cookie. */
export async function endOidc(
  site: OidcSite, issuer: OidcIssuer, query: URLSearchParams, cookie: string,
): Promise<OidcResult> {
  const result = await judge(site, issuer, query, cookie);
  site.log.record("serve.oidc", { result: result.kind });
  return result;
}

async function judge(
  site: OidcSite, issuer: OidcIssuer, query: URLSearchParams, cookie: string,
): Promise<OidcResult> {
  const attempt = readAttempt(cookie, site.sessionKey, site.now());
  const code = query.get("code") ?? "";
  if (!attempt || code === "" || !isSameText(query.get("state") ?? "", attempt.state)) {
    return { kind: "failed" };
  }
  // RFC 9207: an answer of another issuer, mixed in.
  const named = query.get("iss");
  if (named !== null && named !== issuer.settings.issuer) return { kind: "failed" };
  try {
    const person = await issuer.redeem({
      code, redirectUri: await readRedirect(site, issuer),
      verifier: attempt.verifier, nonce: attempt.nonce, now: site.now(),
    });
    const user = await findUserByIdentity(
      site.store, { issuer: issuer.settings.issuer, ...person });
    return user ? { kind: "accepted", user, page: attempt.page } : { kind: "unknown" };
  } catch (cause) {
    const kind = cause instanceof InvalidInputError ? "failed"
      : cause instanceof EngineError ? "unavailable" : undefined;
    if (kind === undefined) throw cause;
    site.log.record("serve.oidc.reason", { reason: (cause as Error).message });
    return { kind };
  }
}

/** It must be registered at the issuer, spelled so. */
async function readRedirect(site: OidcSite, { settings }: OidcIssuer): Promise<string> {
  return settings.redirectUri ?? await site.readOrigin() + oidcReturnPath;
}

function cookieOf(value: string, seconds: number): string {
  // Lax: the issuer's redirect comes from another site and must bring it.
  return `${attemptCookie}=${value}; Path=/login/oidc; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
}
