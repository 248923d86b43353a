import type { ObjectStore } from "../shared/object-store.ts";
import { readOidcSettings } from "../shared/oidc-settings.ts";
import { readSecret } from "../shared/read-secret.ts";
import { createOidcIssuer, type OidcIssuer } from "./oidc-issuer.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The issuer of a home, undefined where it names none. Kept between calls while the settings are
 * the same, so that its keys are. The client's secret comes from DUDAO_OIDC_CLIENT_SECRET or the
 * secret that DUDAO_OIDC_SECRET names; without either the client has none.
 */
export function createIssuerOpener(): (
  store: ObjectStore, env: Env,
) => Promise<OidcIssuer | undefined> {
  let kept: OidcIssuer | undefined;
  return async (store, env) => {
    const settings = await readOidcSettings(store, env);
    if (!settings) return undefined;
    if (JSON.stringify(kept?.settings) !== JSON.stringify(settings) || !kept) {
      kept = createOidcIssuer(settings, () => readClientSecret(env));
    }
    return kept;
  };
}

async function readClientSecret(env: Env): Promise<string> {
  if (env.DUDAO_OIDC_CLIENT_SECRET) return env.DUDAO_OIDC_CLIENT_SECRET;
  return env.DUDAO_OIDC_SECRET ? readSecret(env.DUDAO_OIDC_SECRET) : "";
}
