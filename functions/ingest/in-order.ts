import type { DuckDBConnection } from "@duckdb/node-api";
import { readParquetSql } from "./settle-request.ts";

/**
 * Whether the rows of a lake file stand in the order of `export_seq`, no number twice. DuckDB
 * promises to keep the order of a query without joins; here it is looked at.
 */
export async function isInOrder(connection: DuckDBConnection, path: string): Promise<boolean> {
  const [[isAscending] = []] = (await connection.runAndReadAll(`
    SELECT bool_and(export_seq > before) FROM (
      SELECT export_seq, lag(export_seq, 1, -1) OVER () AS before
      FROM ${readParquetSql([{ path }])})`)).getRowsJS();
  return isAscending !== false;
}
