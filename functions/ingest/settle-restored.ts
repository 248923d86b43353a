import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import type { Relation } from "../shared/relations.ts";
import {
  fetchAll, readParquetSql, type EarlierFile, type Replacing, type SettleRequest,
} from "./settle-request.ts";

/** Numbers of these rows come after those of all retractions and before the first file. */
const restoredSeq = 2_000_000_000;

/** Rows of earlier nights that are stored once more tonight; none in most nights. */
export const emptyRestored = `SELECT 0 AS kind, '' AS relation, '' AS system, '' AS export,
  '' AS record_id, '' AS content_hash, 0::BIGINT AS record_version, NULL::VARCHAR AS project,
  DATE '2000-01-01' AS known_on, 0::BIGINT AS export_seq, 0::BIGINT AS seq WHERE false`;

/**
 * A rejected row keeps the last version of its record (rows.md, *Files*). Where a decision takes that
 * version away, the one before it is the last: it is stored again, unless its record was gone in
 * between. Reads the tables of settle-replaced.ts; `inForce`: files that count from tonight on.
 */
export async function restoreVersions(
  { connection }: SettleRequest, { inForce }: Pick<Replacing, "inForce">,
): Promise<void> {
  if (inForce.length === 0) return;
  await connection.run(`INSERT INTO restored
    SELECT k.kind, k.relation, k.system, k.export, v.record_id, v.content_hash,
      greatest(v.record_version, o.record_version), v.project, v.known_on, v.export_seq,
      ${restoredSeq} + row_number() OVER (ORDER BY v.kind, v.record_id)
    FROM (SELECT * FROM known_versions
      WHERE file_id IN (${inForce.map(quoteText).join(", ")})
      QUALIFY row_number() OVER (PARTITION BY kind, record_id
        ORDER BY known_on DESC, export_seq DESC) = 1) v
    JOIN kinds k USING (kind) JOIN owned o USING (kind, record_id)
    JOIN state s USING (kind, record_id)
    ANTI JOIN uncertain u ON u.kind = v.kind AND u.record_id = v.record_id
    ANTI JOIN (SELECT c.kind, c.record_id FROM compared c WHERE c.is_effective) e
      ON e.kind = v.kind AND e.record_id = v.record_id
    WHERE NOT s.is_gone
      AND (EXISTS (SELECT 1 FROM standing t WHERE t.system = k.system AND t.export = k.export
          AND t.record_id = v.record_id)
        OR EXISTS (SELECT 1 FROM rejected_again r
          WHERE r.kind = v.kind AND r.record_id = v.record_id))
      AND NOT EXISTS (SELECT 1 FROM known_gone g
        WHERE g.kind = v.kind AND g.record_id = v.record_id AND g.known_on > v.known_on)`);
  await connection.run(`DELETE FROM gone WHERE EXISTS (SELECT 1 FROM restored r
    WHERE r.kind = gone.kind AND r.record_id = gone.record_id)`);
}

/** Earlier objects in which rows lie that are stored again, by relation and system. */
export async function listRestoredDays(
  { connection }: SettleRequest,
): Promise<readonly { readonly relation: string; readonly system: string; readonly days: readonly string[] }[]> {
  const found = (await connection.runAndReadAll(`SELECT relation, system,
    string_agg(DISTINCT known_on::VARCHAR, ',') FROM restored GROUP BY ALL ORDER BY ALL`))
    .getRowsJS();
  return found.map(([relation, system, days]) =>
    ({ relation: String(relation), system: String(system), days: String(days).split(",") }));
}

/** The rows themselves, as of tonight. */
export async function selectRestored(
  request: SettleRequest, relation: Relation, system: string, before: readonly EarlierFile[],
): Promise<string> {
  const derived: Readonly<Record<string, string>> = {
    known_on: `DATE ${quoteText(request.knownOn)}`, export_seq: "r.seq",
    record_version: "r.record_version",
  };
  const columns = relation.columns.map((c) =>
    `CAST(${derived[c.name] ?? `v.${c.name}`} AS ${c.type}) AS ${c.name}`);
  return `SELECT ${columns.join(", ")} FROM ${readParquetSql(await fetchAll(request, before))} v
    JOIN restored r ON r.relation = ${quoteText(relation.name)} AND r.system = ${quoteText(system)}
      AND r.export = v.export AND r.record_id = v.record_id
      AND r.known_on = v.known_on AND r.export_seq = v.export_seq
    WHERE v.system = ${quoteText(system)} AND NOT v.is_retraction`;
}
