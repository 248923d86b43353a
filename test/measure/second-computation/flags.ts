import type { CreditRow } from "./credit.ts";
import { groupBy } from "./credit.ts";
import { addDays } from "./days.ts";
import type { Known } from "./known.ts";
import { requireNumber } from "./parameters.ts";
import type { DayState, TeacherState } from "./teachers.ts";

export type Flag = "I1" | "I2" | "I3" | "I4" | "I5" | "I7" | "I8";
/** Teacher of the denominator → flags. */
export type Flags = ReadonlyMap<string, ReadonlySet<Flag>>;

const summaries = ["ntms", "credit", "registry"];

/** I1 … I5, I7, I8 of the teachers of the denominator as of the day. */
export function flagsOn(known: Known, state: DayState): Flags {
  const flags = new Map<string, Set<Flag>>();
  const own = groupBy(state.credit.filter((c) => c.teacher !== undefined), (c) => c.teacher!);
  const counted = state.teachers.filter((t) => t.isCounted);
  const rowsOf = (t: TeacherState): readonly CreditRow[] => own.get(t.person.teacherNo) ?? [];
  const creditOf = (t: TeacherState): readonly CreditRow[] =>
    rowsOf(t).filter((r) => r.outcome === "credited");
  const mark = (t: TeacherState, flag: Flag): void => {
    const { teacherNo } = t.person;
    flags.set(teacherNo, (flags.get(teacherNo) ?? new Set()).add(flag));
  };
  const limit = (t: TeacherState, name: string): number =>
    requireNumber(known.history.parameters, t.county!, name, known.asOf);
  for (const t of counted) {
    const courses = creditOf(t).filter((r) =>
      ["yunjiao", "lrs", "vendor-a", "vendor-b"].includes(r.system));
    if (largestDay(courses) > limit(t, "flag_day_seconds")) mark(t, "I1");
    const watched = rowsOf(t).filter((r) => r.system === "lrs"
      && (r.outcome === "credited" || r.outcome === "cross_system_duplicate"));
    if (largestDay(watched) > limit(t, "flag_watch_seconds")) mark(t, "I2");
    if (hasSummaryWithoutOriginal(known, rowsOf(t))) mark(t, "I7");
    if (hasLargerSummary(rowsOf(t))) mark(t, "I8");
  }
  for (const team of groupBy(counted, (t) => t.school).values()) {
    const instants = team.flatMap((t) =>
      [...new Set(creditOf(t).flatMap((r) => r.eventAt ?? []))].map((at) => ({ t, at })));
    for (const same of groupBy(instants, (i) => i.at).values()) {
      if (same.length < limit(team[0]!, "flag_same_second_teachers")) continue;
      for (const { t } of same) mark(t, "I3");
    }
    const totals = new Set(team.map((t) =>
      `${t.online} ${t.practice} ${newestInstant(creditOf(t)) ?? "none"}`));
    const [total] = [...totals];
    if (team.length >= limit(team[0]!, "flag_same_total_teachers") && totals.size === 1
      && !total!.endsWith("none") && !total!.startsWith("0 0 ")) {
      for (const t of team) mark(t, "I4");
    }
    if (team.length >= limit(team[0]!, "flag_jump_teachers")) {
      const jumpers = team.filter((t) => creditOf(t).some((r) =>
        r.eventOn === t.completedOn && !summaries.includes(r.system)));
      for (const first of new Set(jumpers.map((t) => t.completedOn!))) {
        const inside = jumpers.filter((t) =>
          t.completedOn! >= first && t.completedOn! <= addDays(first, 2));
        if (inside.length * 100 <= limit(team[0]!, "flag_jump_percent") * team.length) continue;
        for (const t of inside) mark(t, "I5");
      }
    }
  }
  return flags;
}

function largestDay(rows: readonly CreditRow[]): number {
  return Math.max(0, ...[...groupBy(rows, (r) => r.eventOn!).values()].map(sumSeconds));
}

function sumSeconds(rows: readonly CreditRow[]): number {
  return rows.reduce((sum, r) => sum + r.seconds, 0);
}

/** Instant of the newest event; undefined where that has no time. */
function newestInstant(rows: readonly CreditRow[]): string | undefined {
  const newest = rows.map((r) => r.eventAt ?? r.eventOn!).sort().at(-1);
  return newest !== undefined && newest.length > 10 ? newest : undefined;
}

function hasSummaryWithoutOriginal(known: Known, rows: readonly CreditRow[]): boolean {
  const { priority } = known.history;
  return rows.some((r) => r.outcome === "credited" && summaries.includes(r.system)
    && rows.some((o) => o.training === r.training && o.outcome === "not_passed"
      && priority.indexOf(o.system) < priority.indexOf(r.system)));
}

function hasLargerSummary(rows: readonly CreditRow[]): boolean {
  return [...groupBy(rows, (r) => `${r.training} ${r.category}`).values()].some((same) => {
    const credited = sumSeconds(same.filter((r) => r.outcome === "credited"));
    const losing = same.filter((r) => r.outcome === "cross_system_duplicate");
    return [...groupBy(losing, (r) => r.system).values()].some((l) => credited < sumSeconds(l));
  });
}
