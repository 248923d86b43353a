import { createPublicKey, timingSafeEqual, verify, type JsonWebKey } from "node:crypto";
import { InvalidInputError } from "../shared/errors.ts";

/** A key of a JWKS (RFC 7517), as far as it is looked at. */
export interface Jwk extends JsonWebKey {
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
}
/** What an ID token must say to count. */
export interface ExpectedToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly now: Date;
}
/** Who logged in, in the issuer's words. */
export interface TokenPerson {
  readonly subject: string;
  /** Lower case; '' unless the issuer says that it has verified the address. */
  readonly email: string;
}

/** Clocks of two servers differ by no more, s. */
const skewSeconds = 60;
/** JWS algorithms (RFC 7518) that are taken: never `none`, never a shared secret. */
const keyTypes: Readonly<Record<string, string>> = { RS256: "RSA", ES256: "EC" };

/**
 * The person of an ID token (OpenID Connect Core 1.0, 3.1.3.7): signed by one of the keys with
 * RS256 or ES256, by the issuer, for us, in time, with our nonce. Throws InvalidInputError saying
 * which of it fails, never with a value of the token.
 */
export function verifyIdToken(
  token: string, keys: readonly Jwk[], expected: ExpectedToken,
): TokenPerson {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  if (signature === "" || rest.length > 0) throw refuse("not a signed token");
  const header = parsePart(head);
  const key = chooseKey(header, keys);
  const isSigned = verify("sha256", Buffer.from(`${head}.${body}`),
    { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
  if (!isSigned) throw refuse("signature");
  return requireClaims(parsePart(body), expected);
}

/** Does a set of keys hold the one that a token names? Else it is to be fetched anew. */
export function namesKnownKey(token: string, keys: readonly Jwk[]): boolean {
  const { kid } = parsePart(token.split(".")[0] ?? "");
  return kid === undefined || keys.some((key) => key.kid === kid);
}

function chooseKey(header: Claims, keys: readonly Jwk[]) {
  const alg = typeof header["alg"] === "string" ? header["alg"] : "";
  const type = Object.hasOwn(keyTypes, alg) ? keyTypes[alg] : undefined;
  if (type === undefined) throw refuse("algorithm");
  if (header["crit"] !== undefined) throw refuse("critical header");
  const { kid } = header;
  const fitting = keys.filter((key) => key.kty === type
    && (key.use === undefined || key.use === "sig") && (key.alg === undefined || key.alg === alg)
    && (type !== "EC" || key.crv === "P-256") && (kid === undefined || key.kid === kid));
  const [jwk] = fitting;
  // Without a name there must be no choice.
  if (!jwk || fitting.length > 1) throw refuse("key");
  const key = readKey(jwk);
  const { modulusLength = 2048 } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048) throw refuse("key length");
  return key;
}

function readKey(jwk: Jwk) {
  const { kty, n, e, crv, x, y } = jwk;
  try {
    const half = kty === "RSA" ? { kty, n, e } : { kty, crv, x, y };
    return createPublicKey({ key: half as JsonWebKey, format: "jwk" });
  } catch (cause) {
    throw new InvalidInputError("ID token: key: cannot be read", { cause });
  }
}

function requireClaims(
  claims: Claims, { issuer, clientId, nonce, now }: ExpectedToken,
): TokenPerson {
  const seconds = now.getTime() / 1000;
  const { iss, aud, azp, exp, iat, nbf, sub, email } = claims;
  if (iss !== issuer) throw refuse("issuer");
  const audience: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audience.includes(clientId)) throw refuse("audience");
  if (audience.length > 1 && azp === undefined) throw refuse("authorized party");
  if (azp !== undefined && azp !== clientId) throw refuse("authorized party");
  if (!isTime(exp) || exp + skewSeconds <= seconds) throw refuse("expired");
  if (!isTime(iat) || iat - skewSeconds > seconds) throw refuse("issued in the future");
  if (nbf !== undefined && (!isTime(nbf) || nbf - skewSeconds > seconds)) throw refuse("not yet");
  const own = claims["nonce"];
  if (typeof own !== "string" || !isSameText(own, nonce)) throw refuse("nonce");
  if (typeof sub !== "string" || sub === "" || sub.length > 255) throw refuse("subject");
  const isVerified = claims["email_verified"] === true && typeof email === "string";
  return { subject: sub, email: isVerified ? email.toLowerCase() : "" };
}

/** Compares secrets of equal length in constant time. */
export function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

type Claims = Readonly<Record<string, unknown>>;

function parsePart(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null) return value as Claims;
  } catch (cause) {
    throw new InvalidInputError("ID token: not a signed token", { cause });
  }
  throw refuse("not a signed token");
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function refuse(what: string): InvalidInputError {
  return new InvalidInputError(
    `ID token: ${what}; accepted: what OpenID Connect Core 3.1.3.7 asks`);
}
