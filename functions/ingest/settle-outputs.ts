import { join } from "node:path";
import { homeKeys } from "../shared/home.ts";
import { envelope, requireRelation, type Relation } from "../shared/relations.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import {
  fetchAll, readParquetSql, type EarlierFile, type SettleRequest,
} from "./settle-request.ts";
import { copyTo, selectColumns } from "./settle-copy.ts";
import { listRestoredDays, selectRestored } from "./settle-restored.ts";
import type { FreshFile } from "./settle-fresh.ts";
import { shareRows, type LakeShare } from "./settle-shares.ts";
import { streamFresh, streamOutput } from "./settle-streamed.ts";
import type { StagedPart } from "./staging.ts";

/** A Parquet file of one relation and system of the night. */
export interface SettledOutput {
  readonly relation: Relation;
  readonly system: string;
  readonly path: string;
  readonly rows: number;
  /** Name of its lake file where it is not the usual one. */
  readonly name?: string;
}

/** Nearly always the one file of a relation, system and knowledge day. */
const usualName = "part-0";

/** Where an output lies in a home. */
export function outputKey(
  { relation, system, name = usualName }: Pick<SettledOutput, "relation" | "system" | "name">,
  knownOn: string,
): string {
  return (relation.isPrivate ? homeKeys.privateLake : homeKeys.lake)(
    relation.name, system, knownOn, name);
}

/**
 * Writes what the tables `kept`, `gone` and `standing` decide. `export_seq` is file × 2^32 + row in
 * the order of the file; retractions come before the first file of the night. What needs no table
 * is still being written when this returns: the function it returns waits for it.
 */
export async function writeOutputs(
  request: SettleRequest, fresh: readonly FreshFile[],
): Promise<() => Promise<readonly SettledOutput[]>> {
  const { connection, parts, outFolder } = request;
  const found = (await connection.runAndReadAll(`
    SELECT k.relation, k.system, NULL, count(*), count(DISTINCT file)
      FROM kept JOIN kinds k USING (kind) GROUP BY ALL
    UNION ALL SELECT relation, system, string_agg(DISTINCT known_on::VARCHAR, ','), 0, 0
      FROM gone GROUP BY relation, system
    UNION ALL SELECT DISTINCT 'rejected_identity', system, NULL, 0, 0 FROM standing`)).getRowsJS();
  const wanted = new Map<string, WantedOutput>();
  const want = (relation: string, system: string): WantedOutput => {
    const key = `${relation} ${system}`;
    const entry = wanted.get(key) ??
      { relation, system, goneFrom: new Set<string>(), kept: { rows: 0, files: 0 } };
    wanted.set(key, entry);
    return entry;
  };
  for (const [relation, system, days, rows, files] of found) {
    const entry = want(String(relation), String(system));
    for (const day of days === null ? [] : String(days).split(",")) entry.goneFrom.add(day);
    entry.kept.rows += Number(rows);
    entry.kept.files += Number(files);
  }
  const restored = await listRestoredDays(request);
  for (const { relation, system } of restored) want(relation, system);
  const outputs: (() => Promise<SettledOutput>)[] = [];
  for (const one of fresh) {
    const { relation, file: { system } } = one;
    for (const { name, path, rows } of await streamFresh(request, one)) {
      outputs.push(async () => ({
        relation, system, path, rows: await rows(), ...(name === undefined ? {} : { name }),
      }));
    }
  }
  for (const [, { relation: name, system, goneFrom, kept }] of [...wanted].sort(([a], [b]) =>
    (a < b ? -1 : 1))) {
    const relation = requireRelation(name);
    const staged = parts.filter((part) =>
      part.relation === name && !fresh.some((one) => one.parts.includes(part)));
    const selects: string[] = [];
    if (goneFrom.size > 0) {
      const before = request.earlier.filter((e) =>
        e.relation === name && e.system === system && goneFrom.has(e.knownOn));
      selects.push(await selectRetractions(request, relation, system, before));
    }
    const again = restored.find((one) => one.relation === name && one.system === system);
    if (again) {
      selects.push(await selectRestored(request, relation, system, request.earlier.filter((e) =>
        e.relation === name && e.system === system && again.days.includes(e.knownOn))));
    }
    const isShared = kept.files === 1 && selects.length === 0 && !request.replacing
      && !request.earlier.some((e) => e.relation === name && e.system === system);
    for (const [i, share] of (isShared ? shareRows(request, kept.rows) : [{}]).entries()) {
      const path = join(outFolder, `${name}.${system}.${i}.parquet`);
      const stored = staged.length === 0 ? []
        : [selectStored(relation, system, staged, request.knownOn, share)];
      const sort = (): Promise<number> => copyTo(
        connection, `${[...stored, ...selects].join(" UNION ALL ")} ORDER BY export_seq`, path);
      const streaming = goneFrom.size > 0 ? undefined
        : await streamOutput(request, { relation, system, staged, share, lane: i, path });
      const sorted = streaming ? 0 : await sort();
      outputs.push(async () => ({
        relation, system, path, rows: streaming ? await streaming() ?? await sort() : sorted,
        ...(share.name === undefined ? {} : { name: share.name }),
      }));
    }
  }
  return async () => {
    const written: SettledOutput[] = [];
    for (const finish of outputs) written.push(await finish());
    return written.filter(({ rows }) => rows > 0);
  };
}

interface WantedOutput {
  readonly relation: string;
  readonly system: string;
  /** Knowledge days of the versions that are gone. */
  readonly goneFrom: Set<string>;
  readonly kept: { rows: number; files: number };
}

function selectStored(
  relation: Relation, system: string, parts: readonly StagedPart[], knownOn: string,
  { where = "true" }: LakeShare,
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
    ${wanted} AND f.system = ${quoteText(system)} AND ${where}`;
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
