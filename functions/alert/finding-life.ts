import { daysBetween, type WorkingDays } from "./working-days.ts";

/** One row of mart_finding: what is true tonight. */
export interface FindingRow {
  readonly rule_code: string;
  readonly area_code: string;
  readonly subject: string;
  /** `warning`, as the rule's SQL says. */
  readonly severity: string;
  readonly since_on: string;
  /** source_silent: whole days since the newest arrival, null where nothing ever arrived. */
  readonly n: number | null;
  /** source_silent: days allowed. */
  readonly d: number | null;
}

export type FindingState = "open" | "reminded" | "resolved";

/** Stored state of one finding (`alerts/findings/<key>.json`), key = rule, area, subject. */
export interface Finding extends FindingRow {
  readonly finding_key: string;
  readonly state_code: FindingState;
  /** Day of the run that first saw it (of this life). */
  readonly opened_on: string;
  /** Day of its last change of state. */
  readonly changed_on: string;
  /** Working day on which it is reminded next; null when resolved. */
  readonly due_on: string | null;
  readonly resolved_on: string | null;
  /** How often it came back within the reopening window. */
  readonly n_reopened: number;
}

export interface RuleTerms {
  readonly rule_code: string;
  readonly remindWorkingDays: number;
  readonly reopenDays: number;
}

export function findingKey(row: Pick<FindingRow, "rule_code" | "area_code" | "subject">): string {
  return [row.rule_code, row.area_code, row.subject].filter((part) => part !== "").join(".");
}

/**
 * The state machine of alerts.md: open → reminded → resolved; within `reopenDays` of its
 * resolution a finding that comes back is reopened, later it is a new life of the same key.
 * Pure: same findings, rows and day give the same result; a second call on the same day changes nothing.
 * Returns every finding, sorted by key. Throws when a rule has no terms.
 */
export function advanceFindings(
  previous: readonly Finding[],
  rows: readonly FindingRow[],
  asOf: string,
  rules: readonly RuleTerms[],
  workingDays: WorkingDays,
): readonly Finding[] {
  const known = new Map(previous.map((f) => [f.finding_key, f]));
  const next = new Map(known);
  const seen = new Set<string>();
  for (const row of rows) {
    const terms = rules.find((r) => r.rule_code === row.rule_code);
    if (!terms) throw new Error(`alert rule: unknown: ${row.rule_code}; accepted: seed alert_rules.csv`);
    const key = findingKey(row);
    seen.add(key);
    next.set(key, advanceOne(known.get(key), { ...row, finding_key: key }, asOf, terms, workingDays));
  }
  for (const [key, finding] of known) {
    if (seen.has(key) || finding.state_code === "resolved") continue;
    next.set(key, {
      ...finding, state_code: "resolved", changed_on: asOf, resolved_on: asOf, due_on: null,
    });
  }
  return [...next.values()].sort((a, b) => (a.finding_key < b.finding_key ? -1 : 1));
}

function advanceOne(
  before: Finding | undefined,
  row: FindingRow & { readonly finding_key: string },
  asOf: string,
  terms: RuleTerms,
  workingDays: WorkingDays,
): Finding {
  if (before === undefined || before.state_code === "resolved") {
    const isReopened = before?.resolved_on != null
      && daysBetween(before.resolved_on, asOf) <= terms.reopenDays;
    return {
      ...row, state_code: "open", changed_on: asOf,
      opened_on: isReopened && before ? before.opened_on : asOf,
      due_on: workingDays.add(asOf, terms.remindWorkingDays),
      resolved_on: null,
      n_reopened: isReopened && before ? before.n_reopened + 1 : 0,
    };
  }
  const isDue = before.due_on !== null && asOf >= before.due_on;
  return {
    ...before, ...row,
    state_code: isDue ? "reminded" : before.state_code,
    changed_on: isDue ? asOf : before.changed_on,
    due_on: isDue ? workingDays.add(asOf, terms.remindWorkingDays) : before.due_on,
  };
}
