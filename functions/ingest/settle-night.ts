import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { envelope, relations, requireRelation, type Relation } from "../shared/relations.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import type { StagedPart } from "./staging.ts";

/** A judged file as the night sees it. */
export interface NightFile {
  /** Number of the file in the night: order of its rows in the lake. */
  readonly file: number;
  readonly system: string;
  readonly export: string;
  readonly mode: "full" | "delta";
  readonly landingDay: string;
  readonly fileId: string;
  /** Scopes in which its rows take effect ('' for deltas and whole exports); none if held. */
  readonly effectiveScopes: readonly string[];
}
/** A lake file of an earlier night. */
export interface EarlierFile {
  readonly relation: string;
  readonly system: string;
  readonly path: string;
}
export interface SettleRequest {
  readonly connection: DuckDBConnection;
  readonly knownOn: string;
  readonly files: readonly NightFile[];
  readonly parts: readonly StagedPart[];
  readonly earlier: readonly EarlierFile[];
  readonly outFolder: string;
}
export interface SettledNight {
  readonly outputs: readonly {
    readonly relation: Relation;
    readonly system: string;
    readonly path: string;
    readonly rows: number;
  }[];
  /** File → accepted rows read back from staging. */
  readonly staged: ReadonlyMap<number, number>;
  /** File → accepted rows whose record's newest version has the same content. */
  readonly unchanged: ReadonlyMap<number, number>;
}

/** Rows of a file follow each other in export_seq; retractions of the night come before file 1. */
const rowsAFile = 4_294_967_296;

/**
 * Decides with a handful of statements for the whole night which versions are new, which records
 * are gone, and writes one Parquet a relation and system (rows.md, *Files* and *Records*).
 */
export async function settleNight(request: SettleRequest): Promise<SettledNight> {
  const { connection, parts } = request;
  await connection.run("BEGIN");
  try {
    await loadFiles(request);
    const judged = relations.filter((r) =>
      r.name !== "rejected_identity" && parts.some((p) => p.relation === r.name));
    await connection.run(`CREATE TEMP TABLE tonight AS ${selectTonight(judged, parts)}`);
    const rejected = parts.filter((p) => p.relation === "rejected_identity");
    await connection.run(`CREATE TEMP TABLE standing AS ${selectStanding(rejected)}`);
    await connection.run(`CREATE TEMP TABLE state AS ${selectState(request)}`);
    const staged = await readCounts(connection, "SELECT file, count(*) FROM tonight GROUP BY file");
    const unchanged = await readCounts(connection, `
      SELECT t.file, count(*) FROM tonight t JOIN state s USING (relation, system, export, record_id)
      WHERE t.content_hash = s.content_hash GROUP BY t.file`);
    await connection.run(`CREATE TEMP TABLE kept AS ${selectKept}`);
    await connection.run(`CREATE TEMP TABLE gone AS ${selectGone}`);
    const outputs = await writeOutputs(request);
    return { outputs, staged, unchanged };
  } finally {
    await connection.run("ROLLBACK");
  }
}

async function loadFiles({ connection, files }: SettleRequest): Promise<void> {
  await connection.run(`CREATE TEMP TABLE files (file INTEGER, system VARCHAR, export VARCHAR,
    is_full BOOLEAN, landing_day DATE, file_id VARCHAR)`);
  await connection.run("CREATE TEMP TABLE delivered (file INTEGER, scope VARCHAR)");
  const fileRows = files.map((f) => `(${f.file}, ${quoteText(f.system)}, ${quoteText(f.export)}, ` +
    `${f.mode === "full"}, DATE ${quoteText(f.landingDay)}, ${quoteText(f.fileId)})`);
  const scopeRows = files.flatMap((f) =>
    f.effectiveScopes.map((scope) => `(${f.file}, ${quoteText(scope)})`));
  if (fileRows.length > 0) await connection.run(`INSERT INTO files VALUES ${fileRows.join(", ")}`);
  if (scopeRows.length > 0) {
    await connection.run(`INSERT INTO delivered VALUES ${scopeRows.join(", ")}`);
  }
}

function selectTonight(judged: readonly Relation[], parts: readonly StagedPart[]): string {
  const empty = `SELECT '' AS relation, '' AS system, '' AS export, 0 AS file, 0 AS seq,
    '' AS scope, false AS is_full, false AS is_effective, '' AS record_id,
    0::DOUBLE AS record_version, '' AS content_hash WHERE false`;
  return [empty, ...judged.map(({ name }) => `
    SELECT ${quoteText(name)}, f.system, f.export, s.stage_file, s.stage_seq, s.scope, f.is_full,
      d.file IS NOT NULL, s.record_id, s.record_version, s.content_hash
    FROM ${readParquet(parts.filter((p) => p.relation === name))} s
    JOIN files f ON f.file = s.stage_file
    LEFT JOIN delivered d ON d.file = s.stage_file AND d.scope = s.scope`)].join(" UNION ALL ");
}

/** Records whose id stands in a rejected row: not absent from their snapshot. */
function selectStanding(rejected: readonly StagedPart[]): string {
  if (rejected.length === 0) {
    return "SELECT '' AS system, '' AS export, '' AS record_id WHERE false";
  }
  return `SELECT DISTINCT f.system, f.export, s.record_id FROM ${readParquet(rejected)} s
    JOIN files f ON f.file = s.stage_file
    WHERE f.file IN (SELECT d.file FROM delivered d)`;
}

/**
 * Newest version of each record from earlier nights. Deltas need only the records of the night;
 * full exports all of theirs, for what is gone.
 */
function selectState({ files, earlier }: SettleRequest): string {
  const fullSystems = new Set(files.filter((f) => f.mode === "full").map((f) => f.system));
  const touched = new Set(files.map((f) => f.system));
  const groups = new Map<string, { relation: string; isFull: boolean; paths: string[] }>();
  for (const { relation, system, path } of earlier) {
    if (!touched.has(system) || relation === "rejected_identity") continue;
    const isFull = fullSystems.has(system);
    const key = `${relation} ${isFull}`;
    const group = groups.get(key) ?? { relation, isFull, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  const versions = [...groups.values()].map(({ relation, isFull, paths }) => `
    SELECT ${quoteText(relation)} AS relation, system, export, record_id, content_hash,
      record_version, known_on, export_seq, is_retraction,
      ${relation === "training_record" ? "project" : "NULL"} AS project
    FROM ${readParquet(paths.map((path) => ({ relation, path })))}
    ${isFull ? "" : `WHERE record_id IN (SELECT t.record_id FROM tonight t
      WHERE t.relation = ${quoteText(relation)})`}`);
  const empty = `SELECT '' AS relation, '' AS system, '' AS export, '' AS record_id,
    '' AS content_hash, 0 AS record_version, DATE '2000-01-01' AS known_on, 0 AS export_seq,
    false AS is_retraction, '' AS project WHERE false`;
  return `
    WITH versions AS (${[empty, ...versions].join(" UNION ALL ")}),
    ranked AS (
      SELECT *, row_number() OVER (PARTITION BY relation, system, export, record_id
          ORDER BY is_retraction, record_version DESC, known_on DESC, export_seq DESC) AS rank,
        max(known_on) FILTER (is_retraction)
          OVER (PARTITION BY relation, system, export, record_id) AS gone_on,
        max(known_on) FILTER (NOT is_retraction)
          OVER (PARTITION BY relation, system, export, record_id) AS seen_on
      FROM versions)
    SELECT relation, system, export, record_id, content_hash, known_on, export_seq, project,
      coalesce(gone_on > seen_on, false) AS is_gone
    FROM ranked WHERE rank = 1 AND NOT is_retraction`;
}

/**
 * Versions to store, in the order of versions: what differs from its predecessor. A full export
 * repeats all versions of a record every night, so nothing is stored where its newest is known.
 */
const selectKept = `
  WITH versions AS (
    SELECT t.*, s.content_hash AS state_hash, coalesce(s.is_gone, true) AS is_new,
      lag(t.content_hash) OVER record AS hash_before,
      last_value(t.content_hash) OVER (record ROWS BETWEEN UNBOUNDED PRECEDING
        AND UNBOUNDED FOLLOWING) AS newest_hash
    FROM tonight t LEFT JOIN state s USING (relation, system, export, record_id)
    WHERE t.is_effective
    WINDOW record AS (PARTITION BY t.relation, t.system, t.export, t.record_id
      ORDER BY t.record_version, t.file, t.seq))
  SELECT relation, system, file, seq FROM versions
  WHERE NOT (is_full AND NOT is_new AND newest_hash = state_hash)
    AND content_hash IS DISTINCT FROM
      coalesce(hash_before, CASE WHEN is_new THEN NULL ELSE state_hash END)`;

/** Records of the delivered scopes of full exports that no row of the night names. */
const selectGone = `
  SELECT s.relation, s.system, s.export, s.record_id, s.known_on, s.export_seq,
    row_number() OVER (PARTITION BY s.relation, s.system ORDER BY s.export, s.record_id) AS seq,
  FROM state s
  WHERE NOT s.is_gone
    AND EXISTS (SELECT 1 FROM delivered d JOIN files f USING (file)
      WHERE f.is_full AND f.system = s.system AND f.export = s.export
        AND (d.scope = '' OR d.scope = s.project))
    AND NOT EXISTS (SELECT 1 FROM tonight t WHERE t.is_effective AND t.relation = s.relation
      AND t.system = s.system AND t.export = s.export AND t.record_id = s.record_id)
    AND NOT EXISTS (SELECT 1 FROM standing r WHERE r.system = s.system AND r.export = s.export
      AND r.record_id = s.record_id)`;

async function writeOutputs(request: SettleRequest): Promise<SettledNight["outputs"]> {
  const { connection, parts, earlier, outFolder } = request;
  const found = await connection.runAndReadAll(`
    SELECT relation, system FROM kept UNION SELECT relation, system FROM gone
    UNION SELECT 'rejected_identity', system FROM standing ORDER BY ALL`);
  const outputs = [];
  for (const [relationName, systemName] of found.getRowsJS()) {
    const relation = requireRelation(String(relationName));
    const system = String(systemName);
    const path = join(outFolder, `${relation.name}.${system}.parquet`);
    const selects: string[] = [];
    const staged = parts.filter((p) => p.relation === relation.name);
    if (staged.length > 0) selects.push(selectStored(relation, system, staged, request.knownOn));
    const before = earlier.filter((e) => e.relation === relation.name && e.system === system);
    if (before.length > 0 && relation.name !== "rejected_identity") {
      selects.push(selectRetractions(relation, system, before, request.knownOn));
    }
    const written = await connection.runAndReadAll(
      `COPY (${selects.join(" UNION ALL ")} ORDER BY export_seq)
       TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`);
    const rows = Number(written.getRowsJS()[0]?.[0] ?? 0);
    if (rows > 0) outputs.push({ relation, system, path, rows });
  }
  return outputs;
}

function selectStored(
  relation: Relation, system: string, parts: readonly StagedPart[], knownOn: string,
): string {
  const derived: Readonly<Record<string, string>> = {
    system: "f.system", export: "f.export", known_on: `DATE ${quoteText(knownOn)}`,
    landing_day: "f.landing_day", file_id: "f.file_id", is_retraction: "false",
    export_seq: `s.stage_file::BIGINT * ${rowsAFile} + s.stage_seq`,
  };
  const wanted = relation.name === "rejected_identity"
    // Every one of a night is news of its own: it says that the record stood in that snapshot.
    ? "JOIN (SELECT DISTINCT file FROM delivered) d ON d.file = s.stage_file WHERE f.is_full AND "
    : `JOIN kept k ON k.file = s.stage_file AND k.seq = s.stage_seq
         AND k.relation = ${quoteText(relation.name)} WHERE `;
  return `SELECT ${relation.columns.map((c) =>
    `CAST(${derived[c.name] ?? `s.${c.name}`} AS ${c.type}) AS ${c.name}`).join(", ")}
    FROM ${readParquet(parts)} s JOIN files f ON f.file = s.stage_file
    ${wanted} f.system = ${quoteText(system)}`;
}

/** Columns of a retraction that repeat the version it takes back. */
const keptOnRetraction = new Set([
  "system", "export", "record_id", "person_key", "id_rest", "teacher_no", "person_token",
  "platform", "record_version", "content_hash",
]);

function selectRetractions(
  relation: Relation, system: string, before: readonly EarlierFile[], knownOn: string,
): string {
  const derived: Readonly<Record<string, string>> = {
    known_on: `DATE ${quoteText(knownOn)}`, landing_day: `DATE ${quoteText(knownOn)}`,
    file_id: "''", sheet: "''", row_number: "0", export_seq: "g.seq", is_retraction: "true",
  };
  const isEnvelope = new Set(envelope.map((c) => c.name));
  const columns = relation.columns.map((c) => {
    const value = derived[c.name] ??
      (keptOnRetraction.has(c.name) || isEnvelope.has(c.name) ? `v.${c.name}` : "NULL");
    return `CAST(${value} AS ${c.type}) AS ${c.name}`;
  });
  return `SELECT ${columns.join(", ")} FROM ${readParquet(before)} v
    JOIN gone g ON g.relation = ${quoteText(relation.name)} AND g.system = ${quoteText(system)}
      AND g.export = v.export AND g.record_id = v.record_id
      AND g.known_on = v.known_on AND g.export_seq = v.export_seq
    WHERE v.system = ${quoteText(system)}`;
}

function readParquet(files: readonly { readonly path: string }[]): string {
  return `read_parquet([${files.map((f) => quoteText(f.path)).join(", ")}],
    hive_partitioning = false)`;
}

async function readCounts(
  connection: DuckDBConnection, sql: string,
): Promise<ReadonlyMap<number, number>> {
  const found = await connection.runAndReadAll(sql);
  return new Map(found.getRowsJS().map(([file, n]) => [Number(file), Number(n)]));
}
