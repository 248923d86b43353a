/** Port: hands one mail over. Implementations: folder of .eml, SMTP, SES. */
export interface Mailer {
  /** Returns when the next hop has taken the mail (or refused it); throws EngineError on network faults. */
  send(mail: Mail): Promise<MailResult>;
}
export interface Mail {
  /** Idempotency key (finding, state, person, day); file name in a folder of mails. */
  readonly key: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Date header, ISO 8601 with zone; passed in so that mails are reproducible. */
  readonly sentAt: string;
  readonly attachments?: readonly MailAttachment[];
}
export interface MailAttachment {
  readonly fileName: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** For inline pictures. */
  readonly contentId?: string;
}
export type MailResult =
  | { readonly state: "accepted"; readonly detail: string }
  | { readonly state: "refused"; readonly detail: string };
