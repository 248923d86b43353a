import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { rowsAFile } from "./settle-copy.ts";
import type { FreshFile } from "./settle-fresh.ts";
import { outputKey } from "./settle-outputs.ts";
import { fetchAll, readParquetSql, type SettleRequest } from "./settle-request.ts";

const stateColumns = `relation, system, export, record_id, content_hash, record_version, project,
  known_on, export_seq, is_gone`;

const emptyState = `SELECT '' AS relation, '' AS system, '' AS export, '' AS record_id,
  '' AS content_hash, 0::BIGINT AS record_version, '' AS project, DATE '2000-01-01' AS known_on,
  0::BIGINT AS export_seq, false AS is_gone WHERE false`;

/**
 * A lake object whose rows are the state of their records, but for those records that have a row in
 * the state file: a large first export is not written once more.
 */
export interface StateBase {
  readonly key: string;
  readonly relation: string;
  readonly system: string;
}

/**
 * Table `state`: newest version of earlier nights of each record of tonight's full exports (for
 * what is gone) and of the records that tonight's deltas name; table `before`: all full exports,
 * `is_base` where the row comes from one of the bases returned.
 */
export async function loadState(request: SettleRequest): Promise<readonly StateBase[]> {
  const { connection, statePath } = request;
  const bases: StateBase[] = [];
  if (statePath === undefined) {
    await connection.run(`CREATE TEMP TABLE before AS
      SELECT *, false AS is_base FROM (${await selectFromLake(request, "full")})`);
  } else {
    const own = readParquetSql([{ path: statePath }]);
    await connection.run(`CREATE TEMP TABLE before AS SELECT *, false AS is_base FROM ${own}`);
    for (const base of await readBases(connection, statePath)) {
      if (await addBase(request, base)) bases.push(base);
    }
  }
  const deltas = await selectFromLake(request, "delta");
  await connection.run(`CREATE TEMP TABLE state AS
    SELECT k.kind, s.* EXCLUDE (relation, system, export)
    FROM (SELECT * EXCLUDE (is_base) FROM before UNION ALL ${deltas}) s
    JOIN kinds k USING (relation, system, export)`);
  return bases;
}

async function readBases(
  connection: DuckDBConnection, statePath: string,
): Promise<readonly StateBase[]> {
  const found = (await connection.runAndReadAll(`SELECT decode(value)
    FROM parquet_kv_metadata(${quoteText(statePath)}) WHERE decode(key) = '${basesKey}'`))
    .getRowsJS();
  return found.flatMap(([text]) => JSON.parse(String(text)) as StateBase[]);
}
const basesKey = "bases";

/** False where so many of its records changed that the next state does without it. */
async function addBase(request: SettleRequest, base: StateBase): Promise<boolean> {
  const { connection } = request;
  const { relation, system, key } = base;
  const isOwn = `relation = ${quoteText(relation)} AND system = ${quoteText(system)}`;
  const [[changed] = []] = (await connection.runAndReadAll(
    `SELECT count(*) FROM before WHERE ${isOwn} AND NOT is_base`)).getRowsJS();
  const path = await request.fetch(key);
  const [[rows] = []] = (await connection.runAndReadAll(
    `SELECT count(*) FROM ${readParquetSql([{ path }])}`)).getRowsJS();
  const isKept = Number(changed) * 2 < Number(rows);
  await connection.run(`INSERT INTO before
    SELECT ${quoteText(relation)}, system, export, record_id, content_hash, record_version,
      ${relation === "training_record" ? "project" : "NULL"}, known_on, export_seq, false, ${isKept}
    FROM ${readParquetSql([{ path }])} b
    ANTI JOIN (SELECT record_id FROM before WHERE ${isOwn}) o USING (record_id)`);
  return isKept;
}

/**
 * Newest version per record from the lake. Full exports: of everything that is no delta of tonight
 * (the state of all of them is written); deltas: of the records that tonight names.
 */
async function selectFromLake(request: SettleRequest, mode: "full" | "delta"): Promise<string> {
  const { files, earlier } = request;
  const deltaSystems = new Set(files.filter((f) => f.mode === "delta").map((f) => f.system));
  const selects: string[] = [];
  for (const relation of [...new Set(earlier.map((e) => e.relation))].sort()) {
    if (relation === "rejected_identity") continue;
    const own = earlier.filter((e) => e.relation === relation &&
      (mode === "full" ? e.isFull : !e.isFull && deltaSystems.has(e.system)));
    if (own.length === 0) continue;
    selects.push(`SELECT ${quoteText(relation)} AS relation, system, export, record_id,
        content_hash, record_version, known_on, export_seq, is_retraction,
        ${relation === "training_record" ? "project" : "NULL::VARCHAR AS project"}
      FROM ${readParquetSql(await fetchAll(request, own))}
      ${mode === "delta" ? "WHERE record_id IN (SELECT t.record_id FROM tonight t)" : ""}`);
  }
  if (selects.length === 0) return emptyState;
  return `(
    WITH versions AS (${selects.join(" UNION ALL ")}),
    ranked AS (
      SELECT *, row_number() OVER (record
          ORDER BY is_retraction, record_version DESC, known_on DESC, export_seq DESC) AS rank,
        max(known_on) FILTER (is_retraction) OVER record AS gone_on,
        max(known_on) FILTER (NOT is_retraction) OVER record AS seen_on
      FROM versions WINDOW record AS (PARTITION BY relation, system, export, record_id))
    SELECT relation, system, export, record_id, content_hash, record_version, project, known_on,
      export_seq, coalesce(gone_on > seen_on, false) AS is_gone
    FROM ranked WHERE rank = 1 ORDER BY relation, system, export, record_id)`;
}

/**
 * State of the full exports after tonight: the tables `before`, `kept` and `gone` brought together.
 * A version of the source that is older than the known one does not become the newest. Rows of
 * `bases` that stand as they did are left where they lie, those of fresh files too.
 */
export async function writeNextState(
  request: SettleRequest, bases: readonly StateBase[], fresh: readonly FreshFile[],
): Promise<string> {
  const { connection, knownOn, outFolder } = request;
  const path = join(outFolder, "state.parquet");
  const full = fresh.filter(({ file }) => file.mode === "full");
  const next = [...bases, ...full.flatMap(({ relation, file: { system }, shares }) =>
    shares.map(({ name }): StateBase => ({
      key: outputKey({ relation, system, ...(name === undefined ? {} : { name }) }, knownOn),
      relation: relation.name, system,
    })))];
  await connection.run(`COPY (
    WITH stored AS (
      SELECT k.relation, k.system, k.export, n.record_id, n.content_hash,
        n.record_version::BIGINT AS record_version,
        CASE WHEN k.relation = 'training_record' THEN n.scope END AS project,
        DATE ${quoteText(knownOn)} AS known_on, n.file::BIGINT * ${rowsAFile} + n.seq AS export_seq,
        n.is_first
      FROM kept n JOIN kinds k USING (kind) WHERE k.is_full
      UNION ALL SELECT relation, system, export, record_id, content_hash, record_version, project,
        DATE ${quoteText(knownOn)}, seq, false FROM restored),
    further AS (SELECT * EXCLUDE (is_first) FROM stored WHERE NOT is_first),
    older AS (
      SELECT b.* EXCLUDE (is_gone, is_base) FROM before b
      SEMI JOIN further s USING (relation, system, export, record_id)),
    newest AS (
      SELECT * FROM (SELECT * FROM further UNION ALL BY NAME SELECT * FROM older)
      QUALIFY row_number() OVER (PARTITION BY relation, system, export, record_id
        ORDER BY record_version DESC, known_on DESC, export_seq DESC) = 1
      UNION ALL BY NAME SELECT * EXCLUDE (is_first) FROM stored WHERE is_first)
    SELECT ${stateColumns} FROM (
      SELECT b.* EXCLUDE (is_gone, is_base), b.is_gone OR g.record_id IS NOT NULL AS is_gone
      FROM before b ANTI JOIN further s USING (relation, system, export, record_id)
      LEFT JOIN gone g ON g.relation = b.relation AND g.system = b.system
        AND g.export = b.export AND g.record_id = b.record_id
      WHERE NOT b.is_base OR g.record_id IS NOT NULL
      UNION ALL BY NAME SELECT *, false AS is_gone FROM newest
      ${full.map((one) => `UNION ALL BY NAME ${selectVersions(one, knownOn)}`).join(" ")})
    -- Numbers sort faster than record ids, and no two rows have the same.
    ORDER BY known_on, export_seq, relation, system
  ) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy,
    KV_METADATA {${basesKey}: ${quoteText(JSON.stringify(next))}})`);
  return path;
}

/** The newest rows of the records that come several times in a file that is not compared. */
function selectVersions(
  { file, relation, parts, versions }: FreshFile, knownOn: string,
): string {
  return `SELECT ${quoteText(relation.name)} AS relation, ${quoteText(file.system)} AS system,
      ${quoteText(file.export)} AS export, s.record_id, s.content_hash,
      s.record_version::BIGINT AS record_version,
      ${relation.name === "training_record" ? "s.scope" : "NULL::VARCHAR"} AS project,
      DATE ${quoteText(knownOn)} AS known_on,
      s.stage_file::BIGINT * ${rowsAFile} + s.stage_seq AS export_seq, false AS is_gone
    FROM ${readParquetSql(parts)} s
    SEMI JOIN ${readParquetSql(versions)} v ON v.stage_seq = s.stage_seq
    QUALIFY row_number() OVER (PARTITION BY s.record_id
      ORDER BY s.record_version DESC, s.stage_seq DESC) = 1`;
}
