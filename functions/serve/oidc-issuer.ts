import { EngineError, InvalidInputError } from "../shared/errors.ts";
import { isTrustedAddress, type OidcSettings } from "../shared/oidc-settings.ts";
import {
  namesKnownKey, verifyIdToken, type Jwk, type TokenPerson,
} from "./verify-id-token.ts";

/** An issuer of identities (OpenID Connect), asked with the authorization code flow and PKCE. */
export interface OidcIssuer {
  readonly settings: OidcSettings;
  /** Address that the browser is sent to. */
  authorizationUrl(request: {
    readonly redirectUri: string; readonly state: string; readonly nonce: string;
    /** S256 of the verifier, base64url (RFC 7636). */
    readonly challenge: string;
  }): Promise<string>;
  /**
   * Who the code stands for; throws InvalidInputError where the code or its token does not hold,
   * EngineError where the issuer does not answer.
   */
  redeem(request: {
    readonly code: string; readonly redirectUri: string; readonly verifier: string;
    readonly nonce: string; readonly now: Date;
  }): Promise<TokenPerson>;
}

interface Discovery {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
}
const answerMs = 5000;
/** What the issuer says of itself, and its keys, are asked again after this time. */
const cacheMs = 3_600_000;
/** A token under an unknown key makes us ask for keys no more often than this. */
const renewMs = 60_000;

/** `readSecret` gives the client's secret, '' for a client that has none (PKCE alone). */
export function createOidcIssuer(
  settings: OidcSettings, readSecret: () => Promise<string>,
): OidcIssuer {
  const { issuer, clientId } = settings;
  let known: { readonly at: number; readonly value: Discovery } | undefined;
  let keys: { readonly at: number; readonly value: readonly Jwk[] } | undefined;

  async function discover(): Promise<Discovery> {
    const now = Date.now();
    if (known && now - known.at < cacheMs) return known.value;
    const place = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const value = await askJson<Discovery>(place);
    const endpoints = [value.authorization_endpoint, value.token_endpoint, value.jwks_uri];
    if (value.issuer !== issuer || !endpoints.every(isTrustedAddress)) {
      throw new EngineError(`oidc: ${issuer}: names another issuer, or no https endpoints`);
    }
    known = { at: now, value };
    return value;
  }

  async function readKeys(token: string): Promise<readonly Jwk[]> {
    const now = Date.now();
    const age = keys ? now - keys.at : Infinity;
    const isEnough = keys && age < cacheMs && (namesKnownKey(token, keys.value) || age < renewMs);
    if (keys && isEnough) return keys.value;
    const set = await askJson<{ readonly keys?: unknown }>((await discover()).jwks_uri);
    const value = Array.isArray(set.keys) ? set.keys as readonly Jwk[] : [];
    keys = { at: now, value };
    return value;
  }

  return {
    settings,
    async authorizationUrl({ redirectUri, state, nonce, challenge }) {
      const url = new URL((await discover()).authorization_endpoint);
      const query = {
        response_type: "code", client_id: clientId, redirect_uri: redirectUri,
        scope: "openid email", state, nonce, code_challenge: challenge,
        code_challenge_method: "S256",
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.href;
    },
    async redeem({ code, redirectUri, verifier, nonce, now }) {
      const found = await discover();
      const form = new URLSearchParams({
        grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier,
      });
      const headers = authenticate(form, clientId, await readSecret(), found);
      const answer = await askJson<{ readonly id_token?: unknown }>(
        found.token_endpoint, { method: "POST", headers, body: form });
      if (typeof answer.id_token !== "string") {
        throw new InvalidInputError("ID token: missing; accepted: one with every code");
      }
      return verifyIdToken(
        answer.id_token, await readKeys(answer.id_token), { issuer, clientId, nonce, now });
    },
  };
}

/** Names the client in header or form, as the issuer takes it (RFC 6749, 2.3.1). */
function authenticate(
  form: URLSearchParams, clientId: string, secret: string, found: Discovery,
): Record<string, string> {
  const methods = found.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  if (secret !== "" && methods.includes("client_secret_basic")) {
    const spell = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);
    const pair = Buffer.from(`${spell(clientId)}:${spell(secret)}`).toString("base64");
    return { authorization: `Basic ${pair}` };
  }
  form.set("client_id", clientId);
  if (secret !== "") form.set("client_secret", secret);
  return {};
}

async function askJson<T extends object>(url: string, init: RequestInit = {}): Promise<T> {
  const { origin, pathname } = new URL(url);
  const fault = (what: string, cause?: unknown): EngineError =>
    new EngineError(`oidc: ${origin}${pathname}: ${what}`, { cause });
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init, redirect: "error", signal: AbortSignal.timeout(answerMs),
      headers: { accept: "application/json", ...init.headers },
    });
    text = await response.text();
  } catch (cause) {
    throw fault("does not answer", cause);
  }
  if (init.method === "POST" && response.status === 400) {
    throw new InvalidInputError("oidc: the issuer refuses the code; accepted: a fresh one");
  }
  if (!response.ok) throw fault(`status ${response.status}`);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as T;
  } catch (cause) {
    throw fault("no JSON", cause);
  }
  throw fault("no JSON object");
}
