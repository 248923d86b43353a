import type { Seed } from "../shared/seeds.ts";
import type { Finding } from "./finding-life.ts";

/** Who may receive mails (seed `recipients.csv`; offices and stewards, never a private address in the lake). */
export interface Recipient {
  /** Stable id; part of the key of a mail, so it must hold no personal data. */
  readonly recipient_id: string;
  /** province_office, steward. */
  readonly role: string;
  readonly area_code: string;
  /** Stewards: their system. */
  readonly system: string;
  readonly email: string;
}

export function readRecipients(seed: Seed): readonly Recipient[] {
  return seed.rows.map((r) => ({
    recipient_id: r.recipient_id ?? "", role: r.role ?? "", area_code: r.area_code ?? "",
    system: r.system ?? "", email: r.email ?? "",
  }));
}

/**
 * Recipients of a finding: the roles that its rule names first, of an area that may see it
 * (its own or one above); a steward only for the own system.
 */
export function findRecipients(
  finding: Pick<Finding, "area_code" | "subject">,
  firstTo: readonly string[],
  recipients: readonly Recipient[],
): readonly Recipient[] {
  return recipients.filter((r) =>
    firstTo.includes(r.role)
    && finding.area_code.startsWith(r.area_code)
    && (r.role !== "steward" || r.system === finding.subject));
}
