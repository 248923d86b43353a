import { createHash } from "node:crypto";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import type { Mailer } from "../shared/mailer.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { readHomeSeed } from "../shared/home-seeds.ts";
import { buildDigest } from "./digest.ts";
import { advanceFindings, type Finding, type FindingRow, type RuleTerms } from "./finding-life.ts";
import { findRecipients, readRecipients, type Recipient } from "./recipients.ts";
import { buildWorkingDays } from "./working-days.ts";

/** A key of a mail: written before sending, its result after (alerts.md, *Mails*). */
export interface MailKey {
  readonly key: string;
  readonly finding_key: string;
  readonly state_code: string;
  readonly recipient_id: string;
  readonly day: string;
  readonly mail: string;
  /** pending: no result was written (a crash between); never sent again by itself. */
  readonly result: "pending" | "accepted" | "refused";
  readonly detail: string | null;
}

/** All findings as stored, sorted by key. */
export async function listFindings(store: ObjectStore): Promise<readonly Finding[]> {
  const listed = await store.list(homeKeys.findingPrefix);
  const findings: Finding[] = [];
  for (const { key } of listed) {
    const finding = await readJson<Finding>(store, key);
    if (finding) findings.push(finding);
  }
  return findings;
}

/** All keys of mails, sorted. */
export async function listMailKeys(store: ObjectStore): Promise<readonly MailKey[]> {
  const keys: MailKey[] = [];
  for (const { key } of await store.list(homeKeys.mailKeyPrefix)) {
    const found = await readJson<MailKey>(store, key);
    if (found) keys.push(found);
  }
  return keys;
}

/**
 * Findings as they stand after a night: what is true tonight carried through the life of each.
 * Changes no stored state, so that a night that fails later announces nothing.
 */
export async function planFindings(request: {
  readonly store: ObjectStore; readonly asOf: string; readonly rows: readonly FindingRow[];
}): Promise<readonly Finding[]> {
  const { store, asOf, rows } = request;
  const rules = await readRules(store);
  const workingDays = buildWorkingDays(await readHomeSeed(store, "holidays.csv"));
  return advanceFindings(
    await listFindings(store), rows, asOf, rules.map((r) => r.terms), workingDays,
  );
}

/**
 * Sends today's digests: for each finding that changed its state on `asOf`, a key per recipient is
 * written if-none-match; only keys written by this call are mailed, so a second call sends nothing.
 * Stores the findings last. Returns what was sent.
 */
export async function alertRun(request: {
  readonly store: ObjectStore; readonly asOf: string;
  /** From `planFindings`. */
  readonly findings: readonly Finding[];
  readonly mailer: Mailer; readonly areaNames: ReadonlyMap<string, string>;
  readonly siteUrl: string; readonly log: Log;
}): Promise<{ readonly sent: number; readonly refused: number; readonly findings: number }> {
  const { store, asOf, findings, mailer, log } = request;
  const recipients = readRecipients(await readHomeSeed(store, "recipients.csv"));
  const rules = await readRules(store);
  const changed = findings.filter((f) => f.changed_on === asOf);
  const firstTo = (finding: Finding): readonly string[] =>
    rules.find((r) => r.terms.rule_code === finding.rule_code)?.firstTo ?? [];
  let sent = 0;
  let refused = 0;
  for (const recipient of recipients) {
    const theirs = changed.filter((f) => findRecipients(f, firstTo(f), [recipient]).length > 0);
    const keys = await writeMailKeys(store, theirs, recipient, asOf);
    if (keys.length === 0) continue;
    const digest = buildDigest({
      recipient, asOf, areaNames: request.areaNames, siteUrl: request.siteUrl,
      findings: theirs.filter((f) => keys.some((k) => k.finding_key === f.finding_key)),
      from: "督导数据平台 <noreply@dudao.example>",
    });
    // A later run of the same day may bring other findings: its mail must not collide with the first.
    const mail = { ...digest, key: `${digest.key}.${shortHash(keys.map((k) => k.key).join("\n"))}` };
    const result = await mailer.send(mail);
    if (result.state === "accepted") sent += 1;
    else refused += 1;
    for (const key of keys) {
      await store.put(homeKeys.mailKey(key.key), JSON.stringify({
        ...key, mail: mail.key, result: result.state, detail: result.detail,
      }));
    }
    log.record("alert.mail", { recipient: recipient.recipient_id, day: asOf, result: result.state });
  }
  for (const finding of findings) {
    await store.put(homeKeys.finding(finding.finding_key), JSON.stringify(finding));
  }
  return { sent, refused, findings: findings.filter((f) => f.state_code !== "resolved").length };
}

/** Writes the key of each finding for this person and day; returns those that were not there yet. */
async function writeMailKeys(
  store: ObjectStore, findings: readonly Finding[], recipient: Recipient, day: string,
): Promise<readonly MailKey[]> {
  const written: MailKey[] = [];
  for (const finding of findings) {
    const key: MailKey = {
      key: `${finding.finding_key}.${finding.state_code}.${recipient.recipient_id}.${day}`,
      finding_key: finding.finding_key, state_code: finding.state_code,
      recipient_id: recipient.recipient_id, day, mail: "", result: "pending", detail: null,
    };
    const put = await store.put(homeKeys.mailKey(key.key), JSON.stringify(key), { ifNoneMatch: true });
    if (put.written) written.push(key);
  }
  return written;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}

async function readRules(
  store: ObjectStore,
): Promise<readonly { readonly terms: RuleTerms; readonly firstTo: readonly string[] }[]> {
  const seed = await readHomeSeed(store, "alert_rules.csv");
  return seed.rows.map((r) => ({
    terms: {
      rule_code: r.rule_code ?? "",
      remindWorkingDays: Number(r.remind_working_days),
      reopenDays: Number(r.reopen_days),
    },
    firstTo: (r.first_to ?? "").split(";"),
  }));
}
