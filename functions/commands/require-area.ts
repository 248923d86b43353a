import { findArea } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";

/** The code of `--area`; throws UsageError for what is no area and has not a school's form. */
export function requireArea(code: string): string {
  if (/^\d{10}$/.test(code) || findArea(code)) return code;
  throw new UsageError(
    `--area: unknown: ${code}; accepted: 51, a city as 5101, a county as 510104, ` +
    "a school's 10 digits",
  );
}
