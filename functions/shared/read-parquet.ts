import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  DuckDBDateValue, DuckDBTimestampMillisecondsValue, DuckDBTimestampValue,
} from "@duckdb/node-api";
import type { DuckDBValue } from "@duckdb/node-api";
import { EngineError } from "./errors.ts";
import { openDuckDb, quoteText } from "./sql-engine-duckdb-open.ts";

export type ParquetCell = string | number | boolean | null;
export type ParquetRow = Readonly<Record<string, ParquetCell>>;

export interface ParquetQuery {
  /** Default: all, in the order of the file. */
  readonly columns?: readonly string[];
  /** Column → accepted text; rows of other values are left out. */
  readonly where?: Readonly<Record<string, string>>;
  readonly limit?: number;
}

/**
 * Rows of a local Parquet file in the order written. Whole numbers come as numbers (a value
 * beyond 2^53 throws EngineError), days as `2021-12-20`, instants as `2021-12-20 08:00:00`.
 */
export async function readParquet(path: string, query: ParquetQuery = {}): Promise<ParquetRow[]> {
  const tempDir = mkdtempSync(join(tmpdir(), "dudao-read-"));
  const db = await openDuckDb(
    { threads: 1, memoryLimit: "512MB", tempDir, allowed: [dirname(path)] },
  );
  try {
    const conditions = Object.entries(query.where ?? {}).map(([column, text]) =>
      `CAST(${quoteName(column)} AS varchar) = ${quoteText(text)}`);
    const reader = await db.connection.runAndReadAll(
      `SELECT ${query.columns?.map(quoteName).join(", ") ?? "*"} FROM read_parquet(` +
      `${quoteText(path)}, hive_partitioning = false)` +
      (conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : "") +
      (query.limit === undefined ? "" : ` LIMIT ${Math.floor(query.limit)}`),
    );
    const names = reader.columnNames();
    return reader.getRows().map((row) =>
      Object.fromEntries(names.map((name, i) => [name, toCell(name, row[i] ?? null)])));
  } catch (error) {
    throw error instanceof EngineError ? error
      : new EngineError(`${path}: cannot be read`, { cause: error });
  } finally {
    db.close();
    rmSync(tempDir, { recursive: true, force: true });
  }
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function toCell(name: string, value: DuckDBValue): ParquetCell {
  if (typeof value === "bigint") {
    if (!Number.isSafeInteger(Number(value))) {
      throw new EngineError(`${name}: number beyond 2^53: ${value}`);
    }
    return Number(value);
  }
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBTimestampMillisecondsValue || value instanceof DuckDBTimestampValue) {
    return value.toString().slice(0, 19);
  }
  if (value === null || typeof value === "string" || typeof value === "number" ||
    typeof value === "boolean") return value;
  throw new EngineError(`${name}: no portable type: ${String(value)}`);
}
