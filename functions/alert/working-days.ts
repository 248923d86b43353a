import type { Seed } from "../shared/seeds.ts";

const dayMs = 86_400_000;

/** Adds whole calendar days to a day `2021-12-20`. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** Whole days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

export interface WorkingDays {
  isWorkingDay(day: string): boolean;
  /** The day on which `count` working days after `from` have passed; `from` itself is not counted. */
  add(from: string, count: number): string;
}

/**
 * Working days in China: Monday to Friday, less public holidays, plus make-up days, as the
 * State Council announces them each year (seed `holidays.csv`).
 */
export function buildWorkingDays(holidays: Seed): WorkingDays {
  const kinds = new Map(holidays.rows.map((r) => [r.day_on ?? "", r.kind ?? ""]));
  const isWorkingDay = (day: string): boolean => {
    const kind = kinds.get(day);
    if (kind !== undefined) return kind === "workday";
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    return weekday !== 0 && weekday !== 6;
  };
  return {
    isWorkingDay,
    add(from, count) {
      let day = from;
      for (let left = count; left > 0;) {
        day = addDays(day, 1);
        if (isWorkingDay(day)) left -= 1;
      }
      return day;
    },
  };
}
