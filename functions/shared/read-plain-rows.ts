import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * Rows of a SELECT whose columns are all VARCHAR or DOUBLE, which need no conversion: a third of
 * the time of a general reader. Whole numbers and days are cast by the statement.
 */
export async function readPlainRows<T>(
  connection: DuckDBConnection, sql: string,
): Promise<readonly T[]> {
  const reader = await connection.runAndReadAll(sql);
  const names = reader.columnNames();
  const columns = reader.getColumns();
  const rows: Record<string, unknown>[] = [];
  for (let i = 0; i < reader.currentRowCount; i++) {
    const row: Record<string, unknown> = {};
    names.forEach((name, k) => { row[name] = columns[k]?.[i] ?? null; });
    rows.push(row);
  }
  return rows as T[];
}
