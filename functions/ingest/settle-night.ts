import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { relations } from "../shared/relations.ts";
import { countRowsToStore } from "./prove-settled.ts";
import { writeOutputs, type SettledOutput } from "./settle-outputs.ts";
import type { EarlierFile, NightFile, SettleRequest } from "./settle-request.ts";
import { readParquetSql } from "./settle-request.ts";
import { findFresh } from "./settle-fresh.ts";
import { takeOlderVersions } from "./settle-older.ts";
import { keepStanding, replaceReadings, replacingTables } from "./settle-replaced.ts";
import { liftedTables, liftVersions } from "./settle-lifted.ts";
import { emptyRestored } from "./settle-restored.ts";
import { loadState, writeNextState } from "./settle-state.ts";
import { placesParts, repeatsPart, type StagedPart } from "./staging.ts";

export type { EarlierFile, NightFile, SettleRequest, SettledOutput };

export interface SettledNight {
  readonly outputs: readonly SettledOutput[];
  /** State of the full exports after this night; the next one starts from it. */
  readonly statePath: string;
  /** File → accepted rows read back from staging. */
  readonly staged: ReadonlyMap<number, number>;
  /** File → accepted rows whose record's newest version of earlier nights has the same content. */
  readonly unchanged: ReadonlyMap<number, number>;
  /** File → rows that must lie in the lake, for the proof (`proveNight`). */
  readonly rowsToStore: ReadonlyMap<number, number>;
}

/**
 * Decides with a handful of statements for the whole night which versions are new and which
 * records are gone, and writes one Parquet a relation and system (rows.md, *Files*, *Records*).
 */
export async function settleNight(request: SettleRequest): Promise<SettledNight> {
  const { connection, parts } = request;
  const create = (name: string, select: string) =>
    connection.run(`CREATE TEMP TABLE ${name} AS ${select}`);
  try {
    await loadFiles(request);
    const fresh = await findFresh(request);
    const isFresh = (part: StagedPart): boolean => fresh.some((f) => f.parts.includes(part));
    const repeats = parts.filter((part) => part.relation === repeatsPart);
    const judged = parts.filter((part) => part.relation !== "rejected_identity"
      && !placesParts.includes(part.relation) && !isFresh(part));
    await create("tonight", selectTonight(judged, repeats));
    const rejected = parts.filter((part) => part.relation === "rejected_identity");
    await create("standing", selectStanding(rejected));
    const bases = await loadState(request);
    if (request.replacing) await replaceReadings(request, request.replacing);
    await takeOlderVersions(request);
    await liftVersions(request);
    await create("compared", selectCompared);
    // A large file's rows are large here too: what is no longer needed makes room.
    await connection.run("DROP TABLE tonight");
    await create("gone", selectGone);
    await create("restored", emptyRestored);
    if (request.replacing) await keepStanding(request, request.replacing);
    const counts = (await connection.runAndReadAll(`
      SELECT file, count(*), count(*) FILTER (content_hash = state_hash)
      FROM compared GROUP BY file`)).getRowsJS();
    await create("repeated", selectRepeated);
    await create("kept", selectKept);
    const rowsToStore = await countRowsToStore(connection);
    const [[nRestored] = []] = (await connection.runAndReadAll(
      "SELECT count(*) FROM restored")).getRowsJS();
    if (judged.some((part) => part.file !== undefined)) await create("left_out", selectLeftOut);
    await connection.run("DROP TABLE compared");
    const outputs = await writeOutputs(request, fresh);
    const statePath = await writeNextState(request, bases, fresh);
    const ofFresh = fresh.map(({ file, rows }) => [file.file, rows] as const);
    return {
      outputs: await outputs(),
      statePath,
      staged: new Map([...counts.map(([file, rows]) => [Number(file), Number(rows)] as const),
        ...ofFresh]),
      unchanged: new Map(counts.map(([file, , rows]) => [Number(file), Number(rows)])),
      // What is stored again is a row of none of tonight's files: their numbers begin with 1.
      rowsToStore: new Map([[0, Number(nRestored)], ...rowsToStore, ...ofFresh]),
    };
  } finally {
    for (const name of tables) await connection.run(`DROP TABLE IF EXISTS ${name}`);
  }
}

/** All that one night makes; the connection may serve the next. */
const tables = ["files", "delivered", "kinds", "tonight", "standing", "before", "state",
  "compared", "gone", "repeated", "kept", "left_out", "restored",
  ...liftedTables, ...replacingTables];

/** `kinds` numbers each relation of each export: joins compare one integer, not three texts. */
async function loadFiles({ connection, files }: SettleRequest): Promise<void> {
  await connection.run(`CREATE TEMP TABLE files (file INTEGER, system VARCHAR, export VARCHAR,
    export_number INTEGER, is_full BOOLEAN, landing_day DATE, file_id VARCHAR)`);
  await connection.run("CREATE TEMP TABLE delivered (file INTEGER, scope VARCHAR)");
  await connection.run(`CREATE TEMP TABLE kinds (kind INTEGER, relation VARCHAR, system VARCHAR,
    export VARCHAR, is_full BOOLEAN)`);
  const nameOf = (f: NightFile): string => JSON.stringify([f.system, f.export, f.mode]);
  const exports = [...new Set(files.map(nameOf))].sort();
  const numberOf = (f: NightFile): number => exports.indexOf(nameOf(f));
  const insert = async (table: string, rows: readonly string[]): Promise<void> => {
    if (rows.length > 0) await connection.run(`INSERT INTO ${table} VALUES ${rows.join(", ")}`);
  };
  await insert("files", files.map((f) => `(${f.file}, ${quoteText(f.system)}, ` +
    `${quoteText(f.export)}, ${numberOf(f)}, ${f.mode === "full"}, ` +
    `DATE ${quoteText(f.landingDay)}, ${quoteText(f.fileId)})`));
  await insert("delivered", files.flatMap((f) =>
    f.effectiveScopes.map((scope) => `(${f.file}, ${quoteText(scope)})`)));
  await insert("kinds", exports.flatMap((text, number) => {
    const [system, name, mode] = JSON.parse(text) as [string, string, string];
    return relations.map((relation, i) => `(${number * relations.length + i}, ` +
      `${quoteText(relation.name)}, ${quoteText(system)}, ${quoteText(name)}, ${mode === "full"})`);
  }));
}

function selectTonight(
  judged: readonly StagedPart[], repeats: readonly StagedPart[],
): string {
  // Rows that only repeat an earlier row of a file that was judged in parts.
  const isNoRepeat = repeats.length === 0 ? "" : `ANTI JOIN ${readParquetSql(repeats)} r
      ON r.stage_file = s.stage_file AND r.stage_seq = s.stage_seq`;
  const empty = `SELECT 0 AS kind, 0 AS file, 0 AS seq, false AS is_full, false AS is_effective,
    '' AS record_id, 0::DOUBLE AS record_version, '' AS content_hash, '' AS scope WHERE false`;
  const names = [...new Set(judged.map((part) => part.relation))].sort();
  return [empty, ...names.map((name) => `
    SELECT f.export_number * ${relations.length} + ${relations.findIndex((r) => r.name === name)},
      s.stage_file, s.stage_seq, f.is_full, d.file IS NOT NULL, s.record_id, s.record_version,
      s.content_hash, s.scope
    FROM ${readParquetSql(judged.filter((part) => part.relation === name))} s
    JOIN files f ON f.file = s.stage_file
    LEFT JOIN delivered d ON d.file = s.stage_file AND d.scope = s.scope
    ${isNoRepeat}`)].join(" UNION ALL ");
}

/** Records whose id stands in a rejected row: not absent from their snapshot. */
function selectStanding(rejected: readonly StagedPart[]): string {
  if (rejected.length === 0) {
    return "SELECT '' AS system, '' AS export, '' AS record_id WHERE false";
  }
  return `SELECT DISTINCT f.system, f.export, s.record_id FROM ${readParquetSql(rejected)} s
    JOIN files f ON f.file = s.stage_file
    WHERE f.is_full AND f.file IN (SELECT d.file FROM delivered d)`;
}

const selectCompared = `
  SELECT t.*, s.content_hash AS state_hash, coalesce(s.is_gone, true) AS is_new
  FROM tonight t LEFT JOIN state s ON s.kind = t.kind AND s.record_id = t.record_id`;

/**
 * Hashes of the records that come more than once tonight. A hash that two records share makes both
 * of them take the longer way, with the same result.
 */
const selectRepeated = `
  SELECT hash(kind, record_id) AS record_hash FROM compared WHERE is_effective
  GROUP BY 1 HAVING count(*) > 1`;

/**
 * Versions to store, in the order of versions: what differs from its predecessor. A full export
 * repeats all versions of a record every night, so nothing is stored where its newest is known.
 * A record that comes once has one version: it is stored if it is new or differs. `is_first`: it is
 * the only version of its record, tonight and ever.
 */
const selectKept = `
  WITH several AS (
    SELECT c.* FROM compared c SEMI JOIN repeated r ON r.record_hash = hash(c.kind, c.record_id)
    WHERE c.is_effective),
  touched AS (
    SELECT DISTINCT kind, record_id FROM several WHERE is_new OR content_hash <> state_hash),
  versions AS (
    SELECT c.*, lag(c.content_hash) OVER record AS hash_before,
      last_value(c.content_hash) OVER (record ROWS BETWEEN UNBOUNDED PRECEDING
        AND UNBOUNDED FOLLOWING) AS newest_hash
    FROM several c SEMI JOIN touched USING (kind, record_id)
    WINDOW record AS (PARTITION BY c.kind, c.record_id ORDER BY c.record_version, c.file, c.seq))
  SELECT kind, record_id, file, seq, record_version, content_hash, scope, false AS is_first
  FROM versions
  WHERE NOT (is_full AND NOT is_new AND newest_hash = state_hash)
    AND content_hash IS DISTINCT FROM
      coalesce(hash_before, CASE WHEN is_new THEN NULL ELSE state_hash END)
  UNION ALL
  SELECT kind, record_id, file, seq, record_version, content_hash, scope, state_hash IS NULL
  FROM compared c ANTI JOIN repeated r ON r.record_hash = hash(c.kind, c.record_id)
  WHERE is_effective AND (is_new OR content_hash <> state_hash)`;

/** Staged rows that are no news: few of a large file that comes for the first time. */
const selectLeftOut = "SELECT c.file, c.seq FROM compared c ANTI JOIN kept k USING (file, seq)";

/**
 * Records of the delivered scopes of full exports that no row of the night names. Those without a
 * row first: they are few, and the test of scopes over all records of a province takes all memory.
 */
const selectGone = `
  WITH absent AS (
    SELECT s.kind, s.record_id, s.project, s.known_on, s.export_seq FROM state s
    ANTI JOIN (SELECT kind, record_id FROM compared WHERE is_effective) c USING (kind, record_id)
    WHERE NOT s.is_gone),
  expected AS (
    SELECT a.*, k.relation, k.system, k.export FROM absent a JOIN kinds k USING (kind)
    WHERE k.is_full AND EXISTS (
      SELECT 1 FROM delivered d JOIN files f USING (file)
      WHERE f.system = k.system AND f.export = k.export
        AND (d.scope = '' OR d.scope = a.project)))
  SELECT e.kind, e.relation, e.system, e.export, e.record_id, e.known_on, e.export_seq,
    row_number() OVER (PARTITION BY e.relation, e.system ORDER BY e.export, e.record_id) AS seq
  FROM expected e ANTI JOIN standing USING (system, export, record_id)`;
