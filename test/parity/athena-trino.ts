import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchTable, requireEmpty } from "../ports/athena-objects.ts";
import type { Buckets } from "../ports/athena-objects.ts";
import { AthenaQueryError } from "../ports/athena-server.ts";
import type { AthenaBackend, AthenaTestRows, AthenaTestStatement } from "../ports/athena-server.ts";
import { parseStatement } from "../ports/athena-statement.ts";
import { queryTrino, TrinoError } from "./trino-client.ts";
import type { TrinoServer } from "./trino-server.ts";

const nothing: AthenaTestRows = { columns: [], rows: [], scannedBytes: 0 };

/** A backend of the Athena test server on a real Trino, whose files lie in the server's folder. */
export async function createTrinoBackend(
  { url, root }: Pick<TrinoServer, "url" | "root">, buckets: Buckets,
): Promise<AthenaBackend> {
  const scratch = mkdtempSync(join(tmpdir(), "dudao-athena-"));

  async function execute(statement: AthenaTestStatement): Promise<AthenaTestRows> {
    const { id, database = "default", signal } = statement;
    const query = (sql: string) => queryTrino(url, sql, database, signal);
    const parsed = parseStatement(statement.sql);
    switch (parsed.kind) {
      case "create database":
        await query(`CREATE SCHEMA hive.${parsed.name}`);
        return nothing;
      case "drop database":
        await query(`DROP SCHEMA IF EXISTS hive.${parsed.name} CASCADE`);
        rmSync(join(root, parsed.name), { recursive: true, force: true });
        return nothing;
      case "external table": {
        const files = await fetchTable(buckets, parsed.location, parsed.isLinked, scratch);
        const folder = join(root, database, parsed.name);
        mkdirSync(folder, { recursive: true });
        for (const [i, path] of files.entries()) copyFileSync(path, join(folder, `${i}.parquet`));
        const columns = parsed.columns.map((c) => `${c.name} ${c.type}`).join(", ");
        await query(`CREATE TABLE ${parsed.name} (${columns}) WITH (format = 'PARQUET', ` +
          `external_location = 'local:///${database}/${parsed.name}')`);
        return nothing;
      }
      case "table as": {
        const location = parsed.location ?? statement.tableLocation;
        if (location === undefined) throw new AthenaQueryError("INVALID_TABLE_PROPERTY: no place");
        await requireEmpty(buckets, location);
        const { scannedBytes } =
          await query(`CREATE TABLE ${parsed.name} WITH (format = 'PARQUET') AS\n${parsed.select}`);
        return { ...nothing, scannedBytes };
      }
      case "unload": {
        const { store, key } = await requireEmpty(buckets, parsed.location);
        const name = `unload_${id.replaceAll("-", "")}`;
        const { scannedBytes } =
          await query(`CREATE TABLE ${name} WITH (format = 'PARQUET') AS ${parsed.select}`);
        // Where a file metastore keeps the tables that it owns.
        const folder = join(root, "metastore", database, name);
        for (const file of readdirSync(folder).filter((f) => !f.startsWith("."))) {
          await store.putFile(`${key}${file}`, join(folder, file));
        }
        await query(`DROP TABLE ${name}`);
        return { ...nothing, scannedBytes };
      }
      case "other": {
        const { columns, rows, scannedBytes } = await query(parsed.sql);
        return {
          columns: columns.map(({ name, type }) => ({ name, type })), scannedBytes,
          rows: rows.map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
        };
      }
    }
  }

  return {
    run: async (statement) => {
      try {
        return await execute(statement);
      } catch (error) {
        if (!(error instanceof TrinoError)) throw error;
        throw new AthenaQueryError(error.message, error.type === "USER_ERROR" ? 2 : 1);
      }
    },
    close: async () => rmSync(scratch, { recursive: true, force: true }),
  };
}
