import { answer } from "../measure/answer.ts";
import { findArea } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";
import type { ObjectStore } from "../shared/object-store.ts";

/** The code of `--area`; throws UsageError for what is no area and has not a school's form. */
export function requireArea(code: string): string {
  if (/^\d{10}$/.test(code) || findArea(code)) return code;
  throw new UsageError(
    `--area: unknown: ${code}; accepted: 51, a city as 5101, a county as 510104, ` +
    "a school's 10 digits",
  );
}

/** Throws UsageError for a school that no school roll known on the day has. */
export async function requireSchool(
  store: ObjectStore, code: string, asOf: string,
): Promise<void> {
  const found = await answer({ store, asOf }, (open) =>
    open.rows(["int_school"], { int_school: { column: "school_code", value: code } }));
  if ((found.get("int_school") ?? []).length > 0) return;
  throw new UsageError(
    `--area: unknown school: ${code}; accepted: a school of the rolls known on ${asOf}`);
}
