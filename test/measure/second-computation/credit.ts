import type { History, ProgrammeRow, TrainingRow } from "./lake.ts";
import { requireNumber, requireText } from "./parameters.ts";
import type { Version } from "./trainings.ts";

export interface CreditRow {
  readonly system: string;
  readonly recordId: string;
  readonly teacher: string | undefined;
  readonly training: string;
  readonly category: "online" | "practice";
  readonly seconds: number;
  readonly practiceKind: string | null;
  readonly eventOn: string | null;
  readonly eventAt: string | null;
  readonly outcome: string;
}
interface Part {
  readonly version: Version;
  readonly training: string;
  readonly category: "online" | "practice";
  readonly seconds: number;
}

/** Outcome of every row and category on a day, by what is known, and the rules, of asOf. */
export function creditOn(
  history: History, versions: readonly Version[], day: string, asOf: string,
): readonly CreditRow[] {
  const province = history.divisions[0]!.county_code.slice(0, 2);
  const first = requireText(history.parameters, province, "programme_first_day", asOf);
  const last = requireText(history.parameters, province, "programme_last_day", asOf);
  const parts = versions.flatMap((v) => split(history, province, v, asOf));
  const rank = (p: Part): number => {
    const at = history.priority.indexOf(p.version.row.system);
    return at < 0 ? history.priority.length : at;
  };
  const own = new Map(parts.map((p) => [p, ownOutcome(p, day, first, last)]));
  const sameTraining = groupBy(parts.filter((p) => p.version.match.teacher !== undefined),
    (p) => `${p.version.match.teacher}\u0000${p.training}\u0000${p.category}`);
  const outcomes = new Map<Part, string>();
  for (const p of parts) if (own.get(p)) outcomes.set(p, own.get(p)!);
  for (const group of sameTraining.values()) {
    const failed = group.filter((p) => p.version.standing === "newest" && isFailed(p));
    for (const p of group) {
      if (!outcomes.has(p) && failed.some((f) => rank(f) < rank(p))) {
        outcomes.set(p, "contradicted");
      }
    }
    const left = group.filter((p) => !outcomes.has(p));
    const best = Math.min(...left.map(rank));
    for (const p of left) {
      outcomes.set(p, rank(p) === best ? "credited" : "cross_system_duplicate");
    }
  }
  return parts.map((p) => ({
    system: p.version.row.system,
    recordId: p.version.row.record_id,
    teacher: p.version.match.teacher,
    training: p.training,
    category: p.category,
    seconds: p.seconds,
    practiceKind: p.version.isProgramme ? null : (p.version.row as TrainingRow).practice_kind,
    eventOn: p.version.row.event_on,
    eventAt: p.version.row.event_at,
    outcome: outcomes.get(p)!,
  }));
}

function ownOutcome(p: Part, day: string, first: string, last: string): string | undefined {
  const { row, standing, match } = p.version;
  if (standing !== "newest") return standing;
  if (row.event_on !== null && row.event_on > day) return "not_due";
  if (row.event_on !== null && (row.event_on < first || row.event_on > last)) {
    return "out_of_period";
  }
  if (row.is_passed !== true || p.seconds === 0) return "not_passed";
  return match.teacher === undefined ? "unmatched" : undefined;
}

function isFailed(p: Part): boolean {
  if (p.version.isProgramme) return false;
  const row = p.version.row as TrainingRow;
  return row.school_result === "failed" || row.county_review === "failed";
}

function split(history: History, province: string, version: Version, asOf: string): Part[] {
  const { system } = version.row;
  if (version.isProgramme) {
    const row = version.row as ProgrammeRow;
    const title = row.programme_title ?? "";
    const training = history.crosswalk.get(system)?.get(title)
      ?? `${system}:${title}|${row.phase ?? ""}`;
    return [
      { version, training, category: "online", seconds: row.online_seconds ?? 0 },
      { version, training, category: "practice", seconds: row.practice_seconds ?? 0 },
    ];
  }
  const row = version.row as TrainingRow;
  const id = row.source_training_id ?? "";
  const training = history.crosswalk.get(system)?.get(id) ?? `${system}:${id}`;
  const seconds = row.credit_seconds ?? 0;
  if (row.category !== "mixed") {
    return [{ version, training, category: row.category as "online" | "practice", seconds }];
  }
  const part = requireNumber(history.parameters, province, "ntms_mixed_online_parts", asOf);
  const all = requireNumber(history.parameters, province, "ntms_mixed_total_parts", asOf);
  const online = Number((BigInt(seconds) * BigInt(part)) / BigInt(all));
  return [
    { version, training, category: "online", seconds: online },
    { version, training, category: "practice", seconds: seconds - online },
  ];
}

export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
