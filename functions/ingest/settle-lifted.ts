import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { fetchAll, readParquetSql, type SettleRequest } from "./settle-request.ts";

/** Tables of this file; the night drops them with its own. */
export const liftedTables = ["lowered", "lowered_versions", "lifted"] as const;

/**
 * A decision gives a version that counts again at least the number of the one it takes back
 * (settle-replaced.ts). What is delivered later is measured by its own number: a version between the
 * two is newer than the one in force, and takes its number. Only the newest row of tonight does.
 */
export async function liftVersions(request: SettleRequest): Promise<void> {
  const { connection } = request;
  await connection.run(`CREATE TEMP TABLE lowered AS SELECT DISTINCT t.kind, t.record_id
    FROM tonight t JOIN state s USING (kind, record_id)
    WHERE t.is_effective AND t.record_version < s.record_version`);
  const found = (await connection.runAndReadAll(`SELECT DISTINCT k.relation, k.system
    FROM lowered JOIN kinds k USING (kind) ORDER BY ALL`)).getRowsJS();
  if (found.length === 0) return;
  const selects: string[] = [];
  for (const [relation, system] of found) {
    const files = request.earlier.filter((e) => e.relation === relation && e.system === system);
    if (files.length === 0) continue;
    selects.push(`SELECT k.kind, v.record_id, v.content_hash, v.record_version, v.known_on,
        v.export_seq, v.file_id
      FROM ${readParquetSql(await fetchAll(request, files))} v
      JOIN kinds k ON k.relation = ${quoteText(String(relation))} AND k.system = v.system
        AND k.export = v.export
      SEMI JOIN lowered l ON l.kind = k.kind AND l.record_id = v.record_id
      WHERE NOT v.is_retraction`);
  }
  if (selects.length === 0) return;
  await connection.run(`CREATE TEMP TABLE lowered_versions AS ${selects.join(" UNION ALL ")}`);
  // The same row of the same file, stored again on a later night under another number.
  await connection.run(`CREATE TEMP TABLE lifted AS
    SELECT s.kind, s.record_id, s.record_version, min(o.record_version) AS own_version
    FROM state s
    JOIN lowered_versions v USING (kind, record_id, known_on, export_seq)
    JOIN lowered_versions o ON o.kind = s.kind AND o.record_id = s.record_id
      AND o.file_id = v.file_id AND o.content_hash = v.content_hash
      AND o.record_version < s.record_version AND o.known_on < s.known_on
    GROUP BY ALL`);
  await connection.run(`UPDATE tonight SET record_version = r.lifted_version FROM (
      SELECT t.kind, t.file, t.seq, l.record_version AS lifted_version
      FROM tonight t JOIN lifted l USING (kind, record_id)
      WHERE t.is_effective
      QUALIFY row_number() OVER (PARTITION BY t.kind, t.record_id
          ORDER BY t.record_version DESC, t.file DESC, t.seq DESC) = 1
        AND t.record_version >= l.own_version AND t.record_version < l.record_version) r
    WHERE r.kind = tonight.kind AND r.file = tonight.file AND r.seq = tonight.seq`);
}
