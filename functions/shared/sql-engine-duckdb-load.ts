import {
  BIGINT, BOOLEAN, DATE, DOUBLE, DuckDBDataChunk, DuckDBDateValue,
  DuckDBTimestampMillisecondsValue, INTEGER, TIMESTAMP_MS, VARCHAR,
} from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { ContractError } from "./errors.ts";
import type { Column, ColumnType } from "./relations.ts";
import { quoteText } from "./sql-engine-duckdb-open.ts";
import type { SmallTable } from "./sql-engine.ts";

const duckTypes: Readonly<Record<ColumnType, DuckDBType>> = {
  VARCHAR, BIGINT, INTEGER, DOUBLE, BOOLEAN, DATE, TIMESTAMP_MS,
};
/** DuckDB's vectors hold so many rows. */
const chunkRows = 2048;

/** Makes a table from rows; throws ContractError for a cell that is not of its column's type. */
export async function createSmallTable(
  connection: DuckDBConnection, table: SmallTable, schema = "main",
): Promise<void> {
  const columns = table.columns.map((c) => `${c.name} ${c.type}`).join(", ");
  await connection.run(`CREATE TABLE ${schema}.${table.name} (${columns})`);
  if (table.rows.length === 0) return;
  const appender = await connection.createAppender(table.name, schema);
  const types = table.columns.map((c) => duckTypes[c.type]);
  for (let start = 0; start < table.rows.length; start += chunkRows) {
    const rows = table.rows.slice(start, start + chunkRows);
    const chunk = DuckDBDataChunk.create(types, rows.length);
    table.columns.forEach((column, k) => {
      chunk.setColumnValues(k, rows.map((row) => toDuckValue(table.name, column, row[k] ?? null)));
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

type Cell = string | number | boolean | null;

function toDuckValue(table: string, column: Column, cell: Cell): DuckDBValue {
  if (cell === null) return null;
  const value = convert(column.type, cell);
  if (value === undefined) {
    throw new ContractError(`${table}.${column.name}: invalid value: ${cell}; ` +
      `accepted: ${column.type.toLowerCase()}`);
  }
  return value;
}

function convert(type: ColumnType, cell: string | number | boolean): DuckDBValue | undefined {
  switch (type) {
    case "VARCHAR": return typeof cell === "string" ? cell : undefined;
    case "BOOLEAN": return typeof cell === "boolean" ? cell : undefined;
    case "BIGINT": return Number.isSafeInteger(cell) ? BigInt(cell) : undefined;
    case "INTEGER": return Number.isSafeInteger(cell) ? cell : undefined;
    case "DOUBLE": return typeof cell === "number" ? cell : undefined;
    case "DATE": {
      const ms = isoMs(cell, /^\d{4}-\d{2}-\d{2}$/);
      return ms === undefined ? undefined : new DuckDBDateValue(ms / 86_400_000);
    }
    case "TIMESTAMP_MS": {
      const ms = isoMs(cell, /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}$/);
      return ms === undefined ? undefined : new DuckDBTimestampMillisecondsValue(BigInt(ms));
    }
  }
}

/** Wall time as if it were UTC milliseconds; undefined for a day or time that does not exist. */
function isoMs(cell: string | number | boolean, form: RegExp): number | undefined {
  if (typeof cell !== "string" || !form.test(cell)) return undefined;
  const ms = Date.parse(`${cell.replace(" ", "T")}${cell.length === 10 ? "T00:00:00" : ""}Z`);
  if (Number.isNaN(ms)) return undefined;
  // Date.parse rolls 2021-02-30 over into March.
  return new Date(ms).toISOString().startsWith(cell.slice(0, 10)) ? ms : undefined;
}

/** SELECT of the columns from the files; no rows where there is none. */
export function selectFiles(columns: readonly Column[], paths: readonly string[]): string {
  if (paths.length === 0) {
    const list = columns.map((c) => `CAST(NULL AS ${c.type}) AS ${c.name}`).join(", ");
    return `SELECT ${list} WHERE false`;
  }
  const list = columns.map((c) => `CAST(p.${c.name} AS ${c.type}) AS ${c.name}`).join(", ");
  const files = paths.map(quoteText).join(", ");
  return `SELECT ${list} FROM read_parquet([${files}], hive_partitioning = false) AS p`;
}
