import type { App } from "aws-cdk-lib";

/** What an installation decides; `-c name=value` or cdk.json, defaults here. */
export interface Settings {
  readonly region: "us-east-1" | "cn-north-1" | "cn-northwest-1";
  /** The China partition lacks origin access control, X-Ray, SES and ACM at the edge. */
  readonly isChina: boolean;
  /** Prefix of the stacks' names: two installations of one account differ in it. */
  readonly name: string;
  /** Days until landed exports, quarantine and slips (personal data) are deleted. */
  readonly landingDays: number;
  /** Bytes that one query of the workgroup may scan. */
  readonly scanLimitBytes: number;
  /** Who hears of alarms; '' for nobody. */
  readonly alarmMail: string;
  /** Domain of the dashboards and its certificate: an ACM ARN, in China the id of a server certificate. */
  readonly domain: { readonly name: string; readonly certificate: string } | undefined;
  /** duckdb (default) or athena: the engine that measures. */
  readonly engine: "duckdb" | "athena";
  /** Server that takes the mails of the night; without it they stay in the outbox. */
  readonly mail: MailServer | undefined;
  /** Issuer of OpenID Connect that one can log in at beside the users' passwords. */
  readonly oidc: OidcClient | undefined;
}

interface OidcClient {
  readonly issuer: string;
  readonly client: string;
  /** False for a client that proves itself by PKCE alone. */
  readonly hasSecret: boolean;
}

interface MailServer {
  readonly host: string;
  readonly port: number;
  /** '' where the server asks for none. */
  readonly user: string;
  /** Sender; '' for the one of the product. */
  readonly from: string;
}

const regions = ["us-east-1", "cn-north-1", "cn-northwest-1"] as const;

/** Throws RangeError naming the setting and what is accepted. */
export function readSettings(app: App): Settings {
  const text = (name: string, fallback: string): string => {
    const value: unknown = app.node.tryGetContext(name);
    return value === undefined ? fallback : String(value);
  };
  const whole = (name: string, fallback: number): number => {
    const value = Number(text(name, String(fallback)));
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new RangeError(`${name}: invalid: ${text(name, "")}; accepted: a whole number above 0`);
  };
  const region = regions.find((r) => r === text("region", "us-east-1"));
  if (!region) {
    throw new RangeError(`region: unknown: ${text("region", "")}; accepted: ${regions.join(" ")}`);
  }
  const engine = text("engine", "duckdb");
  if (engine !== "duckdb" && engine !== "athena") {
    throw new RangeError(`engine: unknown: ${engine}; accepted: duckdb athena`);
  }
  const domain = text("domain", "");
  const certificate = text("certificate", "");
  if ((domain === "") !== (certificate === "")) {
    throw new RangeError("domain, certificate: only one of them; accepted: both or none");
  }
  const issuer = text("oidcIssuer", "");
  const client = text("oidcClient", "");
  if ((issuer === "") !== (client === "")) {
    throw new RangeError("oidcIssuer, oidcClient: only one of them; accepted: both or none");
  }
  if (issuer !== "" && !/^https:\/\/[^?#@\s]+$/.test(issuer)) {
    throw new RangeError(`oidcIssuer: invalid: ${issuer}; accepted: https://id.example.cn/realm`);
  }
  const oidcSecret = text("oidcSecret", "yes");
  if (oidcSecret !== "yes" && oidcSecret !== "no") {
    throw new RangeError(`oidcSecret: invalid: ${oidcSecret}; accepted: yes no`);
  }
  const mailHost = text("mailHost", "");
  return {
    region, engine, isChina: region.startsWith("cn-"), name: text("name", "Dudao"),
    landingDays: whole("landingDays", 180), scanLimitBytes: whole("scanLimitBytes", 200e9),
    alarmMail: text("alarmMail", ""),
    domain: domain === "" ? undefined : { name: domain, certificate },
    oidc: issuer === "" ? undefined : { issuer, client, hasSecret: oidcSecret === "yes" },
    mail: mailHost === "" ? undefined : {
      host: mailHost, port: whole("mailPort", 465), user: text("mailUser", ""),
      from: text("mailFrom", ""),
    },
  };
}
