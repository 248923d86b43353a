import { join } from "node:path";
import { envelope, requireRelation, type Relation } from "../shared/relations.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import {
  fetchAll, readParquetSql, type EarlierFile, type SettleRequest,
} from "./settle-request.ts";
import { rowsAFile } from "./settle-state.ts";
import { repeatsPart, type StagedPart } from "./staging.ts";

/** A Parquet file of one relation and system of the night. */
export interface SettledOutput {
  readonly relation: Relation;
  readonly system: string;
  readonly path: string;
  readonly rows: number;
  /** Name of its lake file where it is not the usual one. */
  readonly name?: string;
}

/**
 * Writes what the tables `kept`, `gone` and `standing` decide. `export_seq` is file × 2^32 + row in
 * the order of the file; retractions come before the first file of the night.
 */
export async function writeOutputs(request: SettleRequest): Promise<readonly SettledOutput[]> {
  const { connection, parts, outFolder } = request;
  const found = (await connection.runAndReadAll(`
    SELECT k.relation, k.system, false, NULL FROM kept JOIN kinds k USING (kind) GROUP BY ALL
    UNION ALL SELECT relation, system, true, string_agg(DISTINCT known_on::VARCHAR, ',')
      FROM gone GROUP BY relation, system
    UNION ALL SELECT DISTINCT 'rejected_identity', system, false, NULL FROM standing`)).getRowsJS();
  const wanted = new Map<string, { relation: string; system: string; goneFrom: Set<string> }>();
  for (const [relation, system, , days] of found) {
    const key = `${relation} ${system}`;
    const entry = wanted.get(key) ??
      { relation: String(relation), system: String(system), goneFrom: new Set<string>() };
    for (const day of days === null ? [] : String(days).split(",")) entry.goneFrom.add(day);
    wanted.set(key, entry);
  }
  const outputs: SettledOutput[] = [];
  for (const [, { relation: name, system, goneFrom }] of [...wanted].sort(([a], [b]) =>
    (a < b ? -1 : 1))) {
    const relation = requireRelation(name);
    const path = join(outFolder, `${name}.${system}.parquet`);
    const staged = parts.filter((part) => part.relation === name);
    const selects = staged.length > 0
      ? [selectStored(relation, system, staged, request.knownOn)] : [];
    if (goneFrom.size > 0) {
      const before = request.earlier.filter((e) =>
        e.relation === name && e.system === system && goneFrom.has(e.knownOn));
      selects.push(await selectRetractions(request, relation, system, before));
    }
    const copy = async (select: string): Promise<number> => {
      const written = await connection.runAndReadAll(
        `COPY (${select}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`);
      return Number(written.getRowsJS()[0]?.[0] ?? 0);
    };
    const streamed = goneFrom.size === 0
      ? await selectStreamed(request, relation, system, staged) : undefined;
    let rows = streamed === undefined ? 0 : await copy(streamed);
    if (rows === 0 || !await isInOrder(connection, path)) {
      rows = await copy(`${selects.join(" UNION ALL ")} ORDER BY export_seq`);
    }
    if (rows > 0) outputs.push({ relation, system, path, rows });
  }
  return outputs;
}

/** Places of one file that one bit each can tell: 12 MB of them. */
const mostPlaces = 100_000_000;

/**
 * The stored rows in the order of staging, which is that of `export_seq`: the rows of large files
 * whose rows are nearly all news go to the lake as they lie, without being sorted. What is left out
 * stands in a variable, one bit a row, for a join would lose the order. `undefined` where the rows
 * must be sorted, or a decision changes versions.
 */
async function selectStreamed(
  request: SettleRequest, relation: Relation, system: string, staged: readonly StagedPart[],
): Promise<string | undefined> {
  const { connection, parts, files, knownOn, replacing } = request;
  if (replacing || staged.length === 0 || relation.name === "rejected_identity") return undefined;
  const repeats = parts.filter((part) => part.relation === repeatsPart);
  const selects: string[] = [];
  for (const number of new Set(staged.map((part) => part.file))) {
    if (number === undefined) return undefined;
    const file = files.find((f) => f.file === number && f.system === system);
    if (!file) continue;
    const own = readParquetSql(staged.filter((part) => part.file === number));
    const leftOut = `SELECT seq FROM left_out WHERE file = ${number}${repeats.length === 0 ? ""
      : ` UNION ALL SELECT stage_seq FROM ${readParquetSql(repeats)} WHERE stage_file = ${number}`}`;
    const [[rows, most, nLeftOut] = []] = (await connection.runAndReadAll(`SELECT
      (SELECT count(*) FROM ${own}), (SELECT max(stage_seq) FROM ${own}),
      (SELECT count(*) FROM (${leftOut}))`)).getRowsJS();
    if (Number(nLeftOut) * 2 > Number(rows) || Number(most) > mostPlaces) return undefined;
    const bits = `left_out_${number}`;
    await connection.run(`SET VARIABLE ${bits} = (
      SELECT bitstring_agg(seq, 0, ${Number(most)}) FROM (${leftOut}))`);
    selects.push(`SELECT ${selectColumns(relation, knownOn, {
      system: quoteText(file.system), export: quoteText(file.export),
      landing_day: `DATE ${quoteText(file.landingDay)}`, file_id: quoteText(file.fileId),
      record_version: "s.record_version",
    })} FROM ${own} s
      ${Number(nLeftOut) === 0 ? "" : `WHERE get_bit(getvariable('${bits}'), s.stage_seq) = 0`}`);
  }
  return selects.join(" UNION ALL ");
}

/** That DuckDB kept the order of what it streamed: it promises that of a query without joins. */
async function isInOrder(
  connection: SettleRequest["connection"], path: string,
): Promise<boolean> {
  const [[isAscending] = []] = (await connection.runAndReadAll(`
    SELECT bool_and(export_seq > before) FROM (
      SELECT export_seq, lag(export_seq, 1, -1) OVER () AS before
      FROM ${readParquetSql([{ path }])})`)).getRowsJS();
  return isAscending !== false;
}

function selectStored(
  relation: Relation, system: string, parts: readonly StagedPart[], knownOn: string,
): string {
  const wanted = relation.name === "rejected_identity"
    // Every one of a night is news of its own: it says that the record stood in that snapshot.
    ? "WHERE f.is_full AND f.file IN (SELECT d.file FROM delivered d)"
    : `JOIN kept k ON k.file = s.stage_file AND k.seq = s.stage_seq
       JOIN kinds n ON n.kind = k.kind AND n.relation = ${quoteText(relation.name)} WHERE true`;
  // Settling may have lifted a version (settle-replaced.ts).
  const version = relation.name === "rejected_identity" ? "s.record_version" : "k.record_version";
  return `SELECT ${selectColumns(relation, knownOn, {
    system: "f.system", export: "f.export", landing_day: "f.landing_day", file_id: "f.file_id",
    record_version: version,
  })}
    FROM ${readParquetSql(parts)} s JOIN files f ON f.file = s.stage_file
    ${wanted} AND f.system = ${quoteText(system)}`;
}

/** Columns of a stored row from staging `s`, and from what is known of its file. */
function selectColumns(
  relation: Relation, knownOn: string, ofFile: Readonly<Record<string, string>>,
): string {
  const derived: Readonly<Record<string, string>> = {
    known_on: `DATE ${quoteText(knownOn)}`, is_retraction: "false",
    export_seq: `s.stage_file::BIGINT * ${rowsAFile} + s.stage_seq`, ...ofFile,
  };
  return relation.columns.map((c) =>
    `CAST(${derived[c.name] ?? `s.${c.name}`} AS ${c.type}) AS ${c.name}`).join(", ");
}

/** Payload columns of a retraction that repeat the version it takes back (relations.ts). */
const keptOnRetraction = new Set(["teacher_no", "person_token", "platform"]);

async function selectRetractions(
  request: SettleRequest, relation: Relation, system: string, before: readonly EarlierFile[],
): Promise<string> {
  const knownOn = `DATE ${quoteText(request.knownOn)}`;
  const derived: Readonly<Record<string, string>> = {
    known_on: knownOn, landing_day: knownOn,
    file_id: "''", sheet: "''", row_number: "0", export_seq: "g.seq", is_retraction: "true",
  };
  const isEnvelope = new Set(envelope.map((c) => c.name));
  const columns = relation.columns.map((c) => {
    const isKept = keptOnRetraction.has(c.name) || isEnvelope.has(c.name);
    const value = derived[c.name] ?? (isKept ? `v.${c.name}` : "NULL");
    return `CAST(${value} AS ${c.type}) AS ${c.name}`;
  });
  return `SELECT ${columns.join(", ")} FROM ${readParquetSql(await fetchAll(request, before))} v
    JOIN gone g ON g.relation = ${quoteText(relation.name)} AND g.system = ${quoteText(system)}
      AND g.export = v.export AND g.record_id = v.record_id
      AND g.known_on = v.known_on AND g.export_seq = v.export_seq
    WHERE v.system = ${quoteText(system)}`;
}
