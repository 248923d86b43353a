import { setTimeout as pause } from "node:timers/promises";
import { ContractError, EngineError } from "./errors.ts";
import { composeMail } from "./mailer-eml.ts";
import type { Mail, Mailer, MailResult } from "./mailer.ts";

/** A mail server that takes our mails (`home.json`, `mail`). */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the start (port 465); else STARTTLS, without which no password is sent. */
  readonly secure: boolean;
  readonly user?: string | undefined;
}

/** Milliseconds for a connection and its greeting, and for silence after that. */
const connectMs = 20_000;
const silenceMs = 60_000;
/** Milliseconds before the server is called again. */
const usualPauses = [2000, 10_000];

/**
 * Mailer over SMTP: what `composeMail` gives, to one server. Called again while it cannot be reached;
 * once a mail is on its way nothing is repeated. `refused` carries the server's words; throws EngineError
 * where the server stays away or ends the connection, ContractError where it does not know the user.
 */
export function createSmtpMailer(
  server: SmtpServer, password = "", pauses: readonly number[] = usualPauses,
): Mailer {
  return {
    async send(mail) {
      const { default: nodemailer } = await import("nodemailer");
      const { host, port, secure, user } = server;
      const transport = nodemailer.createTransport({
        host, port, secure, requireTLS: !secure && user !== undefined,
        ...(user === undefined ? {} : { auth: { user, pass: password } }),
        connectionTimeout: connectMs, greetingTimeout: connectMs, socketTimeout: silenceMs,
        // Attachments are bytes in memory; nothing is fetched for a mail.
        disableFileAccess: true, disableUrlAccess: true,
      });
      try {
        const raw = Buffer.from(await composeMail(mail));
        await reach(() => transport.verify(), pauses);
        const info = await transport.sendMail({ envelope: envelopeOf(mail), raw });
        return toResult(info as unknown as Taken);
      } catch (cause) {
        return refusalOf(cause, server);
      } finally {
        transport.close();
      }
    },
  };
}

/** Logs in and out, so that what fails afterwards is known to have failed on a server that is there. */
async function reach(call: () => Promise<unknown>, pauses: readonly number[]): Promise<void> {
  for (const milliseconds of pauses) {
    try {
      await call();
      return;
    } catch (cause) {
      // Too many wrong passwords close an account.
      if ((cause as { readonly code?: string }).code === "EAUTH") throw cause;
      await pause(milliseconds);
    }
  }
  await call();
}

interface Taken { readonly response: string; readonly rejected?: readonly unknown[] }

/** A server may take a mail for some of several addresses; that is no success. */
function toResult({ response, rejected = [] }: Taken): MailResult {
  return rejected.length === 0 ? { state: "accepted", detail: response }
    : { state: "refused", detail: `${rejected.length} of the addresses refused; others: ${response}` };
}

/** An answer of the server means that it has not taken the mail; anything else is a fault. */
function refusalOf(cause: unknown, { host, port, user }: SmtpServer): MailResult {
  const { code, responseCode, response, message } = cause as {
    readonly code?: string; readonly responseCode?: number; readonly response?: string;
    readonly message?: string;
  };
  if (code === "EAUTH") {
    throw new ContractError(`mail: ${host}: user ${user} or its password refused; correct ` +
      "home.json (mail) and DUDAO_MAIL_PASSWORD, or the secret of the stack", { cause });
  }
  if ((code === "EENVELOPE" || code === "EMESSAGE") && responseCode !== undefined) {
    return { state: "refused", detail: response ?? String(responseCode) };
  }
  throw new EngineError(`mail: ${host}:${port}: ${code ?? "fault"}: ${message ?? ""}`, { cause });
}

function envelopeOf({ from, to }: Mail): { readonly from: string; readonly to: string[] } {
  const address = (text: string): string => /<([^<>]+)>\s*$/.exec(text)?.[1] ?? text.trim();
  return { from: address(from), to: to.map(address) };
}
