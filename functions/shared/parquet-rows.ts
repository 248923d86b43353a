import { DuckDBInstance } from "@duckdb/node-api";

/** A value as a mart holds it: days as `2021-12-20`, bigint as number (exact to 2^53). */
export type MartValue = string | number | boolean | null;

/**
 * Rows of local Parquet files in file order (or by `orderBy`), as objects by column name.
 * For marts and small relations; shares no state between calls.
 */
export async function readParquetRows<T extends object>(
  paths: readonly string[], options: { readonly where?: string; readonly orderBy?: string } = {},
): Promise<readonly T[]> {
  if (paths.length === 0) return [];
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  try {
    const connection = await instance.connect();
    const list = paths.map((p) => `'${p.replaceAll("'", "''")}'`).join(", ");
    const reader = await connection.runAndReadAll(
      `SELECT * FROM read_parquet([${list}])`
      + (options.where ? ` WHERE ${options.where}` : "")
      + (options.orderBy ? ` ORDER BY ${options.orderBy}` : ""),
    );
    const names = reader.columnNames();
    const rows = reader.getRowsJS().map((row) =>
      Object.fromEntries(names.map((name, i) => [name, plainValue(row[i])])) as T);
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}

function plainValue(value: unknown): MartValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 19).replace("T", " ");
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new Error(`parquet value: invalid type: ${typeof value}; accepted: the portable eight`);
}
