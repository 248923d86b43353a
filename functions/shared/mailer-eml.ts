import type { Mail, Mailer } from "./mailer.ts";
import type { ObjectStore } from "./object-store.ts";
import { EngineError } from "./errors.ts";

/**
 * The whole message as RFC 5322 bytes; the same mail gives the same bytes (Message-ID, date and
 * MIME boundaries come from the mail itself).
 */
export async function composeMail(mail: Mail): Promise<Uint8Array> {
  // Loaded only here: most commands send nothing, and most nights.
  const { default: nodemailer } = await import("nodemailer");
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const boundary = mail.key.replace(/[^A-Za-z0-9]/g, "").slice(-24) || "dudao";
  const info = await transport.sendMail({
    from: mail.from,
    to: [...mail.to],
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    date: new Date(mail.sentAt),
    messageId: `<${encodeURIComponent(mail.key)}@dudao>`,
    baseBoundary: boundary,
    attachments: (mail.attachments ?? []).map((a) => ({
      filename: a.fileName, contentType: a.contentType, content: Buffer.from(a.body),
      ...(a.contentId ? { cid: a.contentId } : {}),
    })),
  } as Parameters<typeof transport.sendMail>[0]);
  const message = info.message;
  if (!Buffer.isBuffer(message)) throw new EngineError("mail: composer returned no bytes");
  return message;
}

/** Mailer that writes `outbox/<day>/<key>.eml` into a home; never overwrites a mail. */
export function createFolderMailer(store: ObjectStore, prefix: string): Mailer {
  return {
    async send(mail) {
      const key = `${prefix}${mail.sentAt.slice(0, 10)}/${mail.key}.eml`;
      const result = await store.put(key, await composeMail(mail), { ifNoneMatch: true });
      return result.written
        ? { state: "accepted", detail: key }
        : { state: "refused", detail: `${key}: duplicate: a mail of this key lies there already` };
    },
  };
}
