import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import type { SettleRequest } from "./settle-request.ts";

/**
 * Where one night takes several landing days of a full export, the newest one is its snapshot. A
 * record that only a rejected row of it names stands with its last version, and that may lie in an
 * older landing day of the same night: such rows take effect too.
 */
export async function takeOlderVersions({ connection, files }: SettleRequest): Promise<void> {
  const older = files.flatMap(({ file, olderScopes = [] }) =>
    olderScopes.map((scope) => `(${file}, ${quoteText(scope)})`));
  if (older.length === 0) return;
  await connection.run(`UPDATE tonight SET is_effective = true
    WHERE NOT is_effective AND EXISTS (
      SELECT 1 FROM (VALUES ${older.join(", ")}) o(file, scope)
      WHERE o.file = tonight.file AND o.scope = tonight.scope)
    AND EXISTS (SELECT 1 FROM standing s JOIN kinds k USING (system, export)
      WHERE k.kind = tonight.kind AND s.record_id = tonight.record_id)
    AND NOT EXISTS (SELECT 1 FROM tonight t WHERE t.is_effective AND t.kind = tonight.kind
      AND t.record_id = tonight.record_id)`);
}
