import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { readSession, sessionCookie, type Policy } from "../shared/allow.ts";
import { areaPath } from "../shared/home.ts";

export interface SessionCookie {
  /** Cookie header, or the Set-Cookie of the session. */
  readonly session: string;
  readonly sessionKey: Uint8Array;
  readonly now: Date;
}
export interface AreaCookieRequest extends SessionCookie {
  /** Host of the published site. */
  readonly host: string;
  /** Id of the public key in CloudFront. */
  readonly keyId: string;
  /** Its private half, PEM. */
  readonly privateKey: string;
}

/** `Path` of a cookie: CloudFront's cookies of one area never reach another's paths. */
const names = ["CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id"] as const;

/**
 * `Set-Cookie` values by which CloudFront lets the areas of a session pass until it ends: one
 * custom policy an area, `https://host/51/5101/*`, sent to its path alone (CloudFront developer
 * guide, *signed cookies*). [] for a session that is closed or not valid.
 */
export function signAreaCookies(request: AreaCookieRequest): readonly string[] {
  const { now, host, keyId, privateKey } = request;
  const policy = readPolicy(request);
  if (!policy) return [];
  const seconds = policy.expires_at - Math.floor(now.getTime() / 1000);
  return policy.areas.flatMap((area) => {
    const path = `/${areaPath(area)}/`;
    const signed = getSignedCookies({
      keyPairId: keyId, privateKey,
      policy: JSON.stringify({
        Statement: [{
          Resource: `https://${host}${path}*`,
          Condition: { DateLessThan: { "AWS:EpochTime": policy.expires_at } },
        }],
      }),
    });
    return names.map((name) => `${name}=${signed[name]}; Path=${path}; Secure; HttpOnly; `
      + `SameSite=Lax; Max-Age=${seconds}`);
  });
}

/** `Set-Cookie` values that take the cookies of a session's areas away. */
export function dropAreaCookies(request: SessionCookie): readonly string[] {
  return (readPolicy(request)?.areas ?? []).flatMap((area) => names.map((name) =>
    `${name}=; Path=/${areaPath(area)}/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`));
}

function readPolicy({ session, sessionKey, now }: SessionCookie): Policy | undefined {
  const value = new RegExp(`(?:^|;\\s*)${sessionCookie}=([^;]*)`).exec(session)?.[1] ?? "";
  return readSession(value, { key: sessionKey, now });
}
