import { ContractError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import { createFolderMailer } from "./mailer-eml.ts";
import { createSmtpMailer, type SmtpServer } from "./mailer-smtp.ts";
import type { Mailer } from "./mailer.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";
import { readSecret } from "./read-secret.ts";

/** `mail` of `home.json`. */
export interface MailSettings extends SmtpServer {
  /** Sender of all mails, `name <address>` or an address; servers take their own domain alone. */
  readonly from?: string | undefined;
}
type Env = Readonly<Record<string, string | undefined>>;

/**
 * Mailer of a home: always its outbox, and by SMTP where a server is named, by `given` (of the
 * stack) or else by `mail` of `home.json`. The password comes from DUDAO_MAIL_PASSWORD or the secret
 * that DUDAO_MAIL_SECRET names. Throws ContractError for settings that cannot be used.
 */
export async function openMailer(
  store: ObjectStore, env: Env, given?: MailSettings,
): Promise<Mailer> {
  const outbox = createFolderMailer(store, homeKeys.outboxPrefix);
  const settings = given ?? await readMailSettings(store);
  if (!settings) return outbox;
  const password = settings.user === undefined ? "" : await readPassword(env);
  return sendAlso(outbox, createSmtpMailer(settings, password), settings.from);
}

/** Settings that the stack gives a function; undefined where it names no server. */
export function readMailEnvironment(env: Env): MailSettings | undefined {
  const host = env.DUDAO_MAIL_HOST ?? "";
  if (host === "") return undefined;
  const port = Number(env.DUDAO_MAIL_PORT ?? 465);
  return {
    host, port, secure: port === 465,
    user: env.DUDAO_MAIL_USER || undefined, from: env.DUDAO_MAIL_FROM || undefined,
  };
}

/** In the outbox first: what was sent can be looked at, and a key that lies there is not sent. */
export function sendAlso(outbox: Mailer, next: Mailer, from?: string): Mailer {
  return {
    async send(mail) {
      const sent = from === undefined ? mail : { ...mail, from };
      const kept = await outbox.send(sent);
      return kept.state === "accepted" ? next.send(sent) : kept;
    },
  };
}

async function readMailSettings(store: ObjectStore): Promise<MailSettings | undefined> {
  const { mail } = await readJson<{ readonly mail?: Partial<MailSettings> }>(
    store, homeKeys.description) ?? {};
  if (mail === undefined) return undefined;
  const fault = (key: string, accepted: string): ContractError =>
    new ContractError(`home.json: mail.${key}: invalid; accepted: ${accepted}`);
  const { host, port = 465, secure = port === 465, user, from } = mail;
  if (typeof host !== "string" || !/^[\w.:-]+$/.test(host)) throw fault("host", "smtp.example.cn");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw fault("port", "1 to 65535");
  if (typeof secure !== "boolean") throw fault("secure", "true, false");
  if (user !== undefined && typeof user !== "string") throw fault("user", "a text");
  if (from !== undefined && !/^[^\r\n]*[^\s@<]+@[^\s@>]+>?$/.test(String(from))) {
    throw fault("from", "office@example.cn, or 督导平台 <office@example.cn>");
  }
  return { host, port, secure, user, from };
}

async function readPassword(env: Env): Promise<string> {
  const password = env.DUDAO_MAIL_PASSWORD
    ?? (env.DUDAO_MAIL_SECRET ? await readSecret(env.DUDAO_MAIL_SECRET) : "");
  if (password !== "") return password;
  throw new ContractError(
    "mail: missing password; set DUDAO_MAIL_PASSWORD, or put it into the secret of the stack");
}
