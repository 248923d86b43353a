import { ContractError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";

/** `oidc` of `home.json`, or what the stack gives the login function. */
export interface OidcSettings {
  /** `https://id.example.cn/realms/edu`: exactly as the issuer names itself. */
  readonly issuer: string;
  readonly clientId: string;
  /** Where the issuer sends the browser back to; undefined: the address that the site serves. */
  readonly redirectUri?: string;
}
/** Path of that address at the site. */
export const oidcReturnPath = "/login/oidc/return";
type Env = Readonly<Record<string, string | undefined>>;

/**
 * Who else may say who somebody is: DUDAO_OIDC_ISSUER and DUDAO_OIDC_CLIENT, or else `oidc`
 * (`issuer`, `client_id`, `redirect` where a proxy stands before the site) of `home.json`;
 * undefined without. Throws ContractError for settings that cannot be used.
 */
export async function readOidcSettings(
  store: ObjectStore, env: Env,
): Promise<OidcSettings | undefined> {
  if (env.DUDAO_OIDC_ISSUER) {
    return requireSettings("DUDAO_OIDC", env.DUDAO_OIDC_ISSUER, env.DUDAO_OIDC_CLIENT);
  }
  const { oidc } = await readJson<{
    readonly oidc?: {
      readonly issuer?: unknown; readonly client_id?: unknown; readonly redirect?: unknown;
    };
  }>(store, homeKeys.description) ?? {};
  if (!oidc) return undefined;
  const settings = requireSettings("home.json: oidc", oidc.issuer, oidc.client_id);
  if (oidc.redirect === undefined) return settings;
  return { ...settings, redirectUri: requireRedirect("home.json: oidc", oidc.redirect) };
}

function requireRedirect(where: string, redirect: unknown): string {
  if (isTrustedAddress(redirect) && new URL(redirect).origin + oidcReturnPath === redirect) {
    return redirect;
  }
  throw new ContractError(
    `${where}: redirect: invalid; accepted: https://dudao.example.cn${oidcReturnPath}`);
}

function requireSettings(where: string, issuer: unknown, clientId: unknown): OidcSettings {
  if (typeof issuer !== "string" || !isTrustedAddress(issuer) || /[?#]/.test(issuer)) {
    throw new ContractError(`${where}: issuer: invalid; accepted: https://id.example.cn/realm`);
  }
  if (typeof clientId !== "string" || clientId === "") {
    throw new ContractError(`${where}: client_id: missing; the issuer's office gives it`);
  }
  return { issuer, clientId };
}

/** https, or a server of this machine itself. */
export function isTrustedAddress(address: unknown): address is string {
  if (typeof address !== "string" || !URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== "" || password !== "") return false;
  return protocol === "https:"
    || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}
