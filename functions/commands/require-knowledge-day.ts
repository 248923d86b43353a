import { UsageError } from "../shared/errors.ts";
import { programmeFirstDay } from "../shared/figures.ts";
import { requireDay } from "./command.ts";

/** The day of `--as-of`; throws UsageError for a day before the programme or after today. */
export function requireKnowledgeDay(value: string, now: Date, name = "as-of"): string {
  const day = requireDay(name, value);
  // Days are those of the province: UTC+8, without summer time.
  const today = new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  if (day >= programmeFirstDay && day <= today) return day;
  throw new UsageError(
    `--${name}: ${day < programmeFirstDay ? "before the programme" : "in the future"}: ${day}; ` +
    `accepted: ${programmeFirstDay} to ${today}`,
  );
}
