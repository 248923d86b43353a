import { UsageError } from "../shared/errors.ts";

/** A calendar day as the number of days since 1970-01-01. */
export type DayNumber = number;

export function parseDay(text: string): DayNumber {
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) || !Number.isFinite(ms) || formatDay(ms / 86_400_000) !== text
  ) {
    throw new UsageError(`day: invalid: ${text}; accepted: a real day as YYYY-MM-DD`);
  }
  return ms / 86_400_000;
}

const formatted = new Map<DayNumber, string>();

export function formatDay(day: DayNumber): string {
  let text = formatted.get(day);
  if (text === undefined) {
    text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    formatted.set(day, text);
  }
  return text;
}

/** `08:05:09` of a second of the day. */
export function formatTime(second: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const minute = Math.floor(second / 60);
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(second % 60)}`;
}

/** Serial of a day in the 1900 date system of workbooks. */
export function excelSerial(day: DayNumber): number {
  return day + 25_569;
}

/** The landing nights of a simulated home. */
export interface Night {
  readonly day: DayNumber;
  /** Base and monthly nights bring every export; the rest follow the cadence of the system. */
  readonly kind: "base" | "monthly" | "daily" | "fortnight";
  /** 0–13 inside the last fortnight, below 0 before it. */
  readonly index: number;
}

const firstNight = parseDay("2020-07-15");
/** Nights at the end on which files land daily, unless more are wanted. */
export const usualDailyNights = 14;

/**
 * Base landing 2020-07-15, the last day of each month, then `dailyNights` days (14 or more) to
 * `until`, month ends among them still bringing everything.
 * Throws UsageError if `until` leaves no room for the base landing before its daily nights.
 */
export function planNights(
  until: DayNumber, dailyNights: number = usualDailyNights,
): readonly Night[] {
  if (!Number.isSafeInteger(dailyNights) || dailyNights < usualDailyNights) {
    throw new UsageError(
      `daily nights: invalid: ${dailyNights}; accepted: a whole number from ${usualDailyNights}`,
    );
  }
  const fortnight = until - (usualDailyNights - 1);
  const firstDaily = until - (dailyNights - 1);
  if (firstDaily <= firstNight || until > parseDay("2022-12-31")) {
    throw new UsageError(
      `until: invalid: ${formatDay(until)}; `
        + `accepted: ${formatDay(firstNight + dailyNights)} to 2022-12-31`,
    );
  }
  const nights: Night[] = [{ day: firstNight, kind: "base", index: -1 }];
  for (let day = firstNight + 1; day < fortnight; day++) {
    if (formatDay(day + 1).endsWith("-01")) nights.push({ day, kind: "monthly", index: -1 });
    else if (day >= firstDaily) nights.push({ day, kind: "daily", index: day - fortnight });
  }
  for (let i = 0; i < usualDailyNights; i++) {
    nights.push({ day: fortnight + i, kind: "fortnight", index: i });
  }
  return nights;
}
