import { createHash } from "node:crypto";
import {
  DuckDBDateValue, DuckDBInstance, DuckDBTimestampMillisecondsValue, DuckDBTimestampValue,
} from "@duckdb/node-api";
import type { DuckDBValue } from "@duckdb/node-api";
import type { TrinoCell, TrinoColumn } from "./trino-client.ts";

/** A relation as text: what two engines are compared by. */
export interface PlainRelation {
  /** `name type`, the types in Trino's words. */
  readonly columns: readonly string[];
  /** Each row as JSON, sorted: rows of a relation have no order. */
  readonly rows: readonly string[];
}

const trinoTypes: Readonly<Record<string, string>> = {
  VARCHAR: "varchar", BIGINT: "bigint", INTEGER: "integer", DOUBLE: "double",
  BOOLEAN: "boolean", DATE: "date", TIMESTAMP_MS: "timestamp(3)",
};

/** The type of Trino for a type of DuckDB; throws for one outside the portable subset. */
export function trinoType(type: string): string {
  const found = trinoTypes[type];
  if (found === undefined) throw new Error(`type: not portable: ${type}`);
  return found;
}

/** A Parquet file as DuckDB reads it. */
export async function readDuckRelation(path: string): Promise<PlainRelation> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const read = `FROM read_parquet('${path}', hive_partitioning = false)`;
  const described = (await connection.runAndReadAll(`DESCRIBE SELECT * ${read}`)).getRowsJson();
  const rows = (await connection.runAndReadAll(`SELECT * ${read}`)).getRows();
  connection.closeSync();
  instance.closeSync();
  return {
    // Parquet keeps milliseconds, which DuckDB reads as its own TIMESTAMP.
    columns: described.map(([name, type]) =>
      `${String(name)} ${type === "TIMESTAMP" ? "timestamp(3)" : trinoType(String(type))}`),
    rows: rows.map((row) => JSON.stringify(row.map(plainDuckCell))).sort(),
  };
}

/** A relation as Trino answers it; `described` are the rows of DESCRIBE. */
export function plainTrinoRelation(
  described: readonly (readonly TrinoCell[])[], columns: readonly TrinoColumn[],
  rows: readonly (readonly TrinoCell[])[],
): PlainRelation {
  return {
    columns: described.map(([name, type]) => `${name} ${type}`),
    rows: rows.map((row) => JSON.stringify(row.map((cell, i) =>
      plainTrinoCell(cell, columns[i]?.type ?? "")))).sort(),
  };
}

/** SHA-256 over columns and rows. */
export function hashRelation({ columns, rows }: PlainRelation): string {
  return createHash("sha256").update([...columns, "", ...rows].join("\n")).digest("hex");
}

function plainDuckCell(value: DuckDBValue): string | boolean | null {
  if (value === null || typeof value === "boolean") return value;
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBTimestampMillisecondsValue || value instanceof DuckDBTimestampValue) {
    return plainInstant(value.toString());
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    return String(value);
  }
  throw new Error(`duckdb: value of no portable type: ${String(value)}`);
}

/** Doubles come as JSON numbers: the shortest text that gives the same 64 bits back. */
function plainTrinoCell(cell: TrinoCell, type: string): string | boolean | null {
  if (cell === null || typeof cell === "boolean") return cell;
  return type.startsWith("timestamp") ? plainInstant(String(cell)) : String(cell);
}

/** `2021-12-20 08:00:00` and `2021-12-20 08:00:00.000` are the same millisecond. */
function plainInstant(text: string): string {
  const [seconds, fraction = ""] = text.split(".");
  return `${seconds}.${fraction.padEnd(3, "0")}`;
}
