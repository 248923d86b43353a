import { UsageError } from "../shared/errors.ts";
import { programmeFirstDay } from "../shared/figures.ts";
import { requireDay } from "./command.ts";

/** The day of `--as-of`; throws UsageError for a day before the programme or after today. */
export function requireKnowledgeDay(value: string, now: Date, name = "as-of"): string {
  const day = requireDay(name, value);
  if (day < programmeFirstDay) {
    throw new UsageError(`--${name}: before the programme: ${day}; `
      + `accepted: ${programmeFirstDay} to ${todayOf(now)}`);
  }
  return requirePastDay(day, now, name, programmeFirstDay);
}

/** A day whose files can have landed; throws UsageError for one after today. */
export function requirePastDay(
  value: string, now: Date, name = "date", first = "a day",
): string {
  const day = requireDay(name, value);
  if (day <= todayOf(now)) return day;
  throw new UsageError(`--${name}: in the future: ${day}; accepted: ${first} to ${todayOf(now)}`);
}

/** Days are those of the province: UTC+8, without summer time. */
function todayOf(now: Date): string {
  return new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
