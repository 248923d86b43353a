import type { DuckDBConnection } from "@duckdb/node-api";
import type { Relation } from "../shared/relations.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";

/** Numbers of rows in export_seq; see settle-outputs.ts. */
export const rowsAFile = 4_294_967_296;

/** Columns of a stored row from staging `s`, and from what is known of its file. */
export function selectColumns(
  relation: Relation, knownOn: string, ofFile: Readonly<Record<string, string>>,
): string {
  const derived: Readonly<Record<string, string>> = {
    known_on: `DATE ${quoteText(knownOn)}`, is_retraction: "false",
    export_seq: `s.stage_file::BIGINT * ${rowsAFile} + s.stage_seq`, ...ofFile,
  };
  return relation.columns.map((c) =>
    `CAST(${derived[c.name] ?? `s.${c.name}`} AS ${c.type}) AS ${c.name}`).join(", ");
}

/**
 * Rows written. Level 1 of zstd makes these files smaller than level 3, in less time. Nobody looks
 * for single values in the lake, and columns of many values are better without a dictionary: both
 * cost a fifth of the time, and memory without which only one thread may write.
 */
export async function copyTo(
  connection: DuckDBConnection, select: string, path: string,
): Promise<number> {
  const written = await connection.runAndReadAll(
    `COPY (${select}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd,
      COMPRESSION_LEVEL 1, WRITE_BLOOM_FILTER false, DICTIONARY_SIZE_LIMIT 10000)`);
  return Number(written.getRowsJS()[0]?.[0] ?? 0);
}
