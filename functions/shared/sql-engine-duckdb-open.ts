import { mkdirSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";

export interface DuckDbOptions {
  readonly threads: number;
  /** As DuckDB writes it, e.g. `2GB`. */
  readonly memoryLimit: string;
  /** Where it spills; made when missing. */
  readonly tempDir: string;
  /** Folders that statements may read and write; nothing else is reachable. */
  readonly allowed: readonly string[];
}
export interface OpenDuckDb {
  readonly connection: DuckDBConnection;
  close(): void;
}

/**
 * An in-memory DuckDB that reaches the given folders and nothing else: no network, no extension
 * beyond the built-in ones, configuration locked. The order of the settings matters.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<OpenDuckDb> {
  mkdirSync(options.tempDir, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads),
    memory_limit: options.memoryLimit,
    temp_directory: options.tempDir,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    allow_unsigned_extensions: "false",
    allow_persistent_secrets: "false",
  });
  const connection = await instance.connect();
  const folders = [...options.allowed, options.tempDir].map(quoteText).join(", ");
  for (const setting of [
    // enforced only when SET, not when passed to create()
    "SET max_temp_directory_size = '6GB'",
    "SET TimeZone = 'Asia/Shanghai'",
    "SET parquet_metadata_cache = true",
    `SET allowed_directories = [${folders}]`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ]) await connection.run(setting);
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text as SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
