import { NotPublishedError } from "../shared/errors.ts";
import { readParquet } from "../shared/read-parquet.ts";
import type { EngineOutput, Model } from "../shared/sql-engine.ts";

const shownRows = 3;

/** Throws NotPublishedError naming every check of sql/checks that found faults, with a few. */
export async function requireChecksPassed(
  checks: readonly Model[], outputs: readonly EngineOutput[],
): Promise<void> {
  const faults: string[] = [];
  for (const check of checks) {
    const output = outputs.find((o) => o.name === check.name);
    if (!output) throw new Error(`check: missing output: ${check.name}`);
    if (output.rows === 0) continue;
    const rows = await readParquet(output.path, { limit: shownRows });
    const more = output.rows > shownRows ? ` and ${output.rows - shownRows} more` : "";
    const shown = rows.map((row) => JSON.stringify(row)).join(" ");
    faults.push(`${check.name}: ${output.rows} fault(s): ${shown}${more}; ` +
      (check.resolve ?? check.about));
  }
  if (faults.length > 0) {
    throw new NotPublishedError(`checks: ${faults.length} failed\n  ${faults.join("\n  ")}`);
  }
}
