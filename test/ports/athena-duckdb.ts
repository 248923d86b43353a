import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { fetchTable, requireEmpty } from "./athena-objects.ts";
import type { Buckets } from "./athena-objects.ts";
import { AthenaQueryError } from "./athena-server.ts";
import type { AthenaBackend, AthenaTestRows, AthenaTestStatement } from "./athena-server.ts";
import { parseStatement } from "./athena-statement.ts";

/** DuckDB's words for a fault → Trino's name of it. */
const errorNames: readonly (readonly [RegExp, string])[] = [
  [/^Parser Error/, "SYNTAX_ERROR"], [/^Binder Error/, "COLUMN_NOT_FOUND"],
  [/^Catalog Error/, "TABLE_NOT_FOUND"], [/^Conversion Error/, "INVALID_CAST_ARGUMENT"],
  [/^Out of Range/, "NUMERIC_VALUE_OUT_OF_RANGE"],
];
const nothing: AthenaTestRows = { columns: [], rows: [], scannedBytes: 0 };

/** A test backend on DuckDB: databases are schemas, objects are read and written in the buckets. */
export async function createDuckDbBackend(buckets: Buckets): Promise<AthenaBackend> {
  const scratch = mkdtempSync(join(tmpdir(), "dudao-athena-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  /** Bytes that the external tables of a database stand for: what a query there scans. */
  const bytesOf = new Map<string, number>();

  async function execute(statement: AthenaTestStatement): Promise<AthenaTestRows> {
    const parsed = parseStatement(statement.sql);
    const connection = await instance.connect();
    const { database } = statement;
    const scanned = { ...nothing, scannedBytes: bytesOf.get(database ?? "") ?? 0 };
    try {
      if (database !== undefined) await connection.run(`SET search_path = '${database}'`);
      switch (parsed.kind) {
        case "create database":
          await connection.run(`CREATE SCHEMA ${parsed.name}`);
          return nothing;
        case "drop database":
          await connection.run(`DROP SCHEMA IF EXISTS ${parsed.name} CASCADE`);
          return nothing;
        case "external table": {
          const files = await fetchTable(buckets, parsed.location, parsed.isLinked, scratch);
          const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
          bytesOf.set(database ?? "", (bytesOf.get(database ?? "") ?? 0) + bytes);
          const list = parsed.columns.map((c) =>
            `CAST(${files.length === 0 ? "NULL" : c.name} AS ${c.type.replace("(3)", "_ms")}) ` +
            `AS ${c.name}`).join(", ");
          const from = files.length === 0 ? "WHERE false" : "FROM read_parquet([" +
            `${files.map((path) => `'${path}'`).join(", ")}], hive_partitioning = false)`;
          await connection.run(`CREATE VIEW ${parsed.name} AS SELECT ${list} ${from}`);
          return nothing;
        }
        case "table as": {
          if ((parsed.location === undefined) === (statement.tableLocation === undefined)) {
            throw new AthenaQueryError("INVALID_TABLE_PROPERTY: external_location is "
              + `${parsed.location === undefined ? "missing" : "not allowed in this workgroup"}`);
          }
          const { store, key } =
            await requireEmpty(buckets, parsed.location ?? statement.tableLocation!);
          await connection.run(`CREATE TABLE ${parsed.name} AS (${parsed.select}\n)`);
          const path = join(scratch, `${statement.id}.parquet`);
          await connection.run(`COPY ${parsed.name} TO '${path}' (FORMAT parquet)`);
          await store.putFile(`${key}part-0`, path);
          return scanned;
        }
        case "unload": {
          const { store, key } = await requireEmpty(buckets, parsed.location);
          await connection.run(`CREATE TEMP TABLE result AS SELECT row_number() OVER () AS nr, ` +
            `s.* FROM (${parsed.select}) AS s`);
          // Athena writes several files, none where there is no row, and in no order.
          for (const part of [1, 0]) {
            const path = join(scratch, `${statement.id}-${part}.parquet`);
            const { rowsChanged } = await connection.run("COPY (SELECT r.* EXCLUDE (nr) " +
              `FROM result AS r WHERE r.nr % 2 = ${part} ORDER BY r.nr DESC) TO '${path}' ` +
              "(FORMAT parquet)");
            if (rowsChanged > 0) await store.putFile(`${key}part-${part}`, path);
          }
          return scanned;
        }
        case "other": {
          const reader = await connection.runAndReadAll(parsed.sql.replace(
            "information_schema.columns AS c", `(${columnsOfTrino}) AS c`));
          const names = reader.columnNames();
          return {
            columns: names.map((name, i) =>
              ({ name, type: String(reader.columnType(i)).toLowerCase() })),
            rows: reader.getRowsJson().map((row) =>
              row.map((cell) => (cell === null ? null : String(cell)))),
            scannedBytes: scanned.scannedBytes,
          };
        }
      }
    } finally {
      connection.closeSync();
    }
  }

  return {
    run: async (statement) => {
      try {
        return await execute(statement);
      } catch (error) {
        if (error instanceof AthenaQueryError) throw error;
        const text = error instanceof Error ? error.message.split("\n")[0]! : String(error);
        const name = errorNames.find(([pattern]) => pattern.test(text))?.[1];
        throw new AthenaQueryError(`${name ?? "GENERIC_INTERNAL_ERROR"}: ${text}`, name ? 2 : 1);
      }
    },
    close: async () => {
      instance.closeSync();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** information_schema.columns with Trino's names of types. */
const columnsOfTrino = "SELECT i.table_schema, i.table_name, i.column_name, i.ordinal_position, " +
  "CASE i.data_type WHEN 'TIMESTAMP_MS' THEN 'timestamp(3)' ELSE lower(i.data_type) END " +
  "AS data_type FROM information_schema.columns AS i";
