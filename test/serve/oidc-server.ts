import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a token says, and how it is signed; each test changes one thing. */
export interface TokenChange {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signWith?: KeyObject;
  /** Applied to the finished token. */
  readonly spoil?: (token: string) => string;
}
/** An issuer of OpenID Connect: discovery, keys, one client, codes that hold once, PKCE checked. */
export interface OidcTestServer {
  readonly issuer: string;
  readonly requests: string[];
  readonly keys: Readonly<Record<"RS256" | "ES256", KeyObject>>;
  /** Logs a person in at an authorization address; returns where the browser is sent. */
  authorize(url: string, person: Readonly<Record<string, unknown>>, change?: TokenChange): string;
  /** New keys under new names, as an issuer rotates them. */
  rotate(): void;
  alg: "RS256" | "ES256";
  close(): Promise<void>;
}

export const oidcClient = { id: "dudao", secret: "a secret/with +" };

export async function startOidcServer(now: () => Date): Promise<OidcTestServer> {
  let generation = 0;
  let pairs = makePairs();
  const codes = new Map<string, {
    readonly challenge: string; readonly redirectUri: string; readonly token: string;
  }>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      requests.push(`${request.method} ${path}`);
      const tell = (status: number, body: object): void => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      if (path === "/realm/.well-known/openid-configuration") {
        tell(200, {
          issuer: self.issuer, authorization_endpoint: `${self.issuer}/authorize?tenant=edu`,
          token_endpoint: `${self.issuer}/token`, jwks_uri: `${self.issuer}/keys`,
        });
      } else if (path === "/realm/keys") tell(200, { keys: publicKeys() });
      else if (path === "/realm/token") {
        const form = new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
        const spell = (text: string): string => encodeURIComponent(text).replaceAll("%20", "+");
        const pair = `${spell(oidcClient.id)}:${spell(oidcClient.secret)}`;
        if (request.headers.authorization !== `Basic ${Buffer.from(pair).toString("base64")}`) {
          tell(401, { error: "invalid_client" });
          return;
        }
        const code = form.get("code") ?? "";
        const open = codes.get(code);
        codes.delete(code);
        const challenge = createHash("sha256").update(form.get("code_verifier") ?? "")
          .digest("base64url");
        const isRight = open?.challenge === challenge && open.redirectUri === form.get("redirect_uri")
          && form.get("grant_type") === "authorization_code";
        if (open && isRight) tell(200, { id_token: open.token, access_token: "x", token_type: "Bearer" });
        else tell(400, { error: "invalid_grant" });
      } else tell(404, {});
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const publicKeys = (): object[] => [
    { ...pairs.RS256.publicKey.export({ format: "jwk" }), kid: `rsa${generation}`, use: "sig", alg: "RS256" },
    { ...pairs.ES256.publicKey.export({ format: "jwk" }), kid: `ec${generation}`, use: "sig" },
    { kty: "oct", k: "AAAA", kid: "shared" },
  ];
  const self: OidcTestServer = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`,
    requests, alg: "RS256",
    get keys() { return { RS256: pairs.RS256.privateKey, ES256: pairs.ES256.privateKey }; },
    authorize(url, person, change = {}) {
      const query = new URL(url).searchParams;
      const seconds = Math.floor(now().getTime() / 1000);
      const header = {
        alg: self.alg, typ: "JWT", kid: `${self.alg === "RS256" ? "rsa" : "ec"}${generation}`, ...change.header,
      };
      const claims = {
        iss: self.issuer, aud: query.get("client_id"), exp: seconds + 300, iat: seconds,
        nonce: query.get("nonce"), ...person, ...change.claims,
      };
      const token = signToken(header, claims, change.signWith ?? self.keys[self.alg]);
      const code = randomBytes(8).toString("hex");
      codes.set(code, {
        challenge: query.get("code_challenge") ?? "", redirectUri: query.get("redirect_uri") ?? "",
        token: change.spoil ? change.spoil(token) : token,
      });
      const back = new URL(query.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", query.get("state") ?? "");
      return back.href;
    },
    rotate() {
      generation++;
      pairs = makePairs();
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return self;
}

function makePairs() {
  return {
    RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  };
}

function signToken(header: object, claims: object, key: KeyObject): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
