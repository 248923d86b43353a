import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { fetchAll, readParquetSql, type Replacing, type SettleRequest } from "./settle-request.ts";
import { restoreVersions } from "./settle-restored.ts";
import { placesParts } from "./staging.ts";

/** Numbers of these retractions come after those of selectGone. */
const keptGone = 1_000_000_000;

/** Tables of this file; the night drops them with its own. */
export const replacingTables = ["replaced_kinds", "known_rows", "known_versions", "known_gone", "owned", "uncertain",
  "kept_records", "rejected_places", "rejected_again"] as const;

/** Staged parts that hold no records. */
const notRecords: readonly string[] = ["rejected_identity", ...placesParts];

/**
 * Makes the table `tonight` say what is in force after decisions about earlier files. Rows of files
 * that are only read again beside them count as they were known: where today's contracts read one
 * otherwise it has no effect and its record stands (`uncertain`). A record whose version in force
 * came from a replaced reading (`owned`) takes at least that source version, so that what replaces
 * it is the newest.
 */
export async function replaceReadings(
  request: SettleRequest, replacing: Replacing,
): Promise<void> {
  const { connection } = request;
  const { exports, fileIds, witnesses, unreadable } = replacing;
  const list = (values: readonly (string | number)[], none: string): string =>
    (values.length === 0 ? none
      : values.map((v) => (typeof v === "string" ? quoteText(v) : String(v))).join(", "));
  await connection.run(`CREATE TEMP TABLE replaced_kinds AS SELECT kind, relation, system, export
    FROM kinds WHERE ${exports.map((e) => `(system = ${quoteText(e.system)}
      AND export = ${quoteText(e.export)})`).join(" OR ")}`);
  await leaveOutRejected(request, replacing);
  const known = await selectKnown(request, exports);
  await connection.run(`CREATE TEMP TABLE known_rows AS ${known}`);
  for (const [name, isGone] of [["known_versions", "NOT"], ["known_gone", ""]]) {
    await connection.run(`CREATE TEMP TABLE ${name} AS
      SELECT * FROM known_rows WHERE ${isGone} is_retraction`);
  }
  await connection.run(`CREATE TEMP TABLE owned AS
    SELECT s.kind, s.record_id, s.record_version FROM state s
    SEMI JOIN known_versions v ON v.kind = s.kind AND v.record_id = s.record_id
      AND v.known_on = s.known_on AND v.export_seq = s.export_seq
      AND v.file_id IN (${list(fileIds, "''")})`);
  await connection.run(`CREATE TEMP TABLE uncertain AS
    SELECT t.kind, t.record_id, t.content_hash FROM tonight t
    WHERE t.file IN (${list(witnesses, "-1")}) AND NOT EXISTS (SELECT 1 FROM known_versions v
      WHERE v.kind = t.kind AND v.record_id = t.record_id AND v.content_hash = t.content_hash)
    UNION ALL SELECT v.kind, v.record_id, '' FROM known_versions v
    WHERE v.file_id IN (${list(unreadable, "''")})`);
  const ranked = `SELECT t.kind, t.file, t.seq, t.record_id, row_number() OVER (
      PARTITION BY t.kind, t.record_id
      ORDER BY t.record_version DESC, t.file DESC, t.seq DESC) AS place
    FROM tonight t SEMI JOIN replaced_kinds USING (kind) WHERE t.is_effective`;
  const isUncertain = `tonight.file IN (${list(witnesses, "-1")}) AND EXISTS (
    SELECT 1 FROM uncertain u WHERE u.kind = tonight.kind AND u.record_id = tonight.record_id
      AND u.content_hash = tonight.content_hash)`;
  // A later file that brought the record keeps it, also where its row cannot be read as before.
  await connection.run(`CREATE TEMP TABLE kept_records AS
    SELECT r.kind, r.record_id FROM (${ranked}) r JOIN tonight USING (kind, file, seq)
    WHERE r.place = 1 AND ${isUncertain}
    UNION SELECT u.kind, u.record_id FROM uncertain u ANTI JOIN owned USING (kind, record_id)
    WHERE u.content_hash = ''`);
  await connection.run(`UPDATE tonight SET is_effective = false WHERE ${isUncertain} OR EXISTS (
    SELECT 1 FROM kept_records k WHERE k.kind = tonight.kind AND k.record_id = tonight.record_id)`);
  // Versions of files that are only read again lie in the lake already; the newest is in question.
  await connection.run(`UPDATE tonight SET is_effective = false FROM (${ranked}) r
    WHERE r.place > 1 AND tonight.file IN (${list(witnesses, "-1")})
      AND r.kind = tonight.kind AND r.file = tonight.file AND r.seq = tonight.seq`);
  await connection.run(`UPDATE tonight SET record_version = o.record_version
    FROM (${ranked}) r JOIN owned o USING (kind, record_id)
    WHERE r.place = 1 AND r.kind = tonight.kind AND r.file = tonight.file AND r.seq = tonight.seq
      AND tonight.record_version < o.record_version`);
}

/** Rows of files that are only read again and were rejected at their time are no rows today. */
async function leaveOutRejected(
  { connection, parts }: SettleRequest, { rejected }: Replacing,
): Promise<void> {
  await connection.run("CREATE TEMP TABLE rejected_again (kind INTEGER, record_id VARCHAR)");
  const staged = parts.filter((part) => !notRecords.includes(part.relation));
  if (rejected.length === 0 || staged.length === 0) return;
  await connection.run(`CREATE TEMP TABLE rejected_places AS
    SELECT s.stage_file AS file, s.stage_seq AS seq
    FROM (${[...new Set(staged.map((part) => part.relation))].map((relation) =>
    `SELECT stage_file, stage_seq, sheet, row_number FROM ${
      readParquetSql(staged.filter((part) => part.relation === relation))}`).join(" UNION ALL ")}) s
    JOIN (VALUES ${rejected.map((r) => `(${r.file}, ${quoteText(r.sheet)}, ${r.row})`).join(", ")})
      r(file, sheet, row) ON r.file = s.stage_file AND r.sheet = s.sheet AND r.row = s.row_number`);
  await connection.run(`INSERT INTO rejected_again
    SELECT DISTINCT t.kind, t.record_id FROM tonight t SEMI JOIN rejected_places USING (file, seq)`);
  await connection.run(`DELETE FROM tonight WHERE EXISTS (SELECT 1 FROM rejected_places r
    WHERE r.file = tonight.file AND r.seq = tonight.seq)`);
}

/**
 * Takes out of `gone` what is not known to be gone: of a delta export everything that did not come
 * from a replaced reading, of any export the records of files that cannot be read as before.
 */
export async function keepStanding(
  request: SettleRequest, { isDelta, inForce }: Replacing,
): Promise<void> {
  const { connection } = request;
  const ofReplaced = "gone.kind IN (SELECT kind FROM replaced_kinds)";
  await connection.run(`DELETE FROM gone WHERE ${ofReplaced} AND EXISTS (SELECT 1 FROM uncertain u
    WHERE u.kind = gone.kind AND u.record_id = gone.record_id)`);
  if (!isDelta) {
    await connection.run(`DELETE FROM gone WHERE ${ofReplaced}
      AND EXISTS (SELECT 1 FROM rejected_again r
        WHERE r.kind = gone.kind AND r.record_id = gone.record_id)
      AND NOT EXISTS (SELECT 1 FROM owned o
        WHERE o.kind = gone.kind AND o.record_id = gone.record_id)`);
    await restoreVersions(request, { inForce });
    // A rejected row keeps what was known of its record, but not what a file on hold said.
    await connection.run(`INSERT INTO gone
      SELECT s.kind, k.relation, k.system, k.export, s.record_id, s.known_on, s.export_seq,
        ${keptGone} + row_number() OVER (ORDER BY s.kind, s.record_id) AS seq
      FROM state s JOIN replaced_kinds k USING (kind) SEMI JOIN owned USING (kind, record_id)
      ANTI JOIN uncertain USING (kind, record_id) ANTI JOIN gone USING (kind, record_id)
      ANTI JOIN restored r ON r.kind = s.kind AND r.record_id = s.record_id
      ANTI JOIN (SELECT c.kind, c.record_id FROM compared c WHERE c.is_effective) e
        USING (kind, record_id)
      WHERE NOT s.is_gone AND EXISTS (SELECT 1 FROM delivered d JOIN files f USING (file)
        WHERE f.system = k.system AND f.export = k.export
          AND (d.scope = '' OR d.scope = s.project))`);
    return;
  }
  await connection.run(`DELETE FROM gone WHERE ${ofReplaced} AND NOT EXISTS (SELECT 1 FROM owned o
    WHERE o.kind = gone.kind AND o.record_id = gone.record_id)`);
}

async function selectKnown(
  request: SettleRequest, exports: Replacing["exports"],
): Promise<string> {
  const systems = new Set(exports.map((e) => e.system));
  const touched = (await request.connection.runAndReadAll(`SELECT DISTINCT relation
    FROM replaced_kinds JOIN (SELECT kind FROM state UNION SELECT kind FROM tonight) USING (kind)`))
    .getRowsJS().map(([name]) => String(name));
  const earlier = request.earlier.filter((e) =>
    systems.has(e.system) && touched.includes(e.relation));
  const selects = ["SELECT 0 AS kind, '' AS record_id, '' AS content_hash, " +
    "DATE '2000-01-01' AS known_on, 0::BIGINT AS export_seq, '' AS file_id, " +
    "0::BIGINT AS record_version, NULL::VARCHAR AS project, false AS is_retraction WHERE false"];
  for (const relation of [...new Set(earlier.map((e) => e.relation))].sort()) {
    const files = await fetchAll(request, earlier.filter((e) => e.relation === relation));
    selects.push(`SELECT k.kind, v.record_id, v.content_hash, v.known_on, v.export_seq, v.file_id,
        v.record_version, ${relation === "training_record" ? "v.project" : "NULL"}, v.is_retraction
      FROM ${readParquetSql(files)} v
      JOIN replaced_kinds k ON k.relation = ${quoteText(relation)} AND k.system = v.system
        AND k.export = v.export`);
  }
  return selects.join(" UNION ALL ");
}
