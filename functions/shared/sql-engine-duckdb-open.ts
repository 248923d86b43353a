import { mkdirSync, statfsSync } from "node:fs";
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
  /** Schemas to make, each with connections of its own that find names there first. */
  readonly schemas?: readonly string[];
  /** Connections of each schema; default 1. */
  readonly lanes?: number;
}
export interface OpenDuckDb {
  readonly connection: DuckDBConnection;
  /** In the order asked for. */
  readonly inSchemas: readonly InSchema[];
  close(): void;
}

export interface InSchema {
  readonly schema: string;
  /** The first of its lanes. */
  readonly connection: DuckDBConnection;
  readonly lanes: readonly DuckDBConnection[];
}

/** Part of what is free that may be spilled: results and the next night need some of it. */
const spilledShare = 0.8;

/** A full province of 60 M records spills more than any fixed number that suits a function. */
function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize * spilledShare;
}

/** Holds for one connection. */
const timeZone = "SET TimeZone = 'Asia/Shanghai'";

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
  const inSchemas: InSchema[] = [];
  for (const schema of options.schemas ?? []) {
    await connection.run(`CREATE SCHEMA ${schema}`);
    const lanes = await Promise.all(Array.from({ length: options.lanes ?? 1 }, async () => {
      const own = await instance.connect();
      await own.run(`SET search_path = '${schema}'; ${timeZone}`);
      return own;
    }));
    inSchemas.push({ schema, connection: lanes[0]!, lanes });
  }
  const folders = [...options.allowed, options.tempDir].map(quoteText).join(", ");
  for (const setting of [
    // enforced only when SET, not when passed to create()
    `SET max_temp_directory_size = '${Math.floor(freeBytes(options.tempDir) / 1e6)}MB'`,
    timeZone,
    "SET parquet_metadata_cache = true",
    `SET allowed_directories = [${folders}]`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ]) await connection.run(setting);
  return {
    connection,
    inSchemas,
    close: () => {
      for (const lane of inSchemas.flatMap((own) => own.lanes)) lane.closeSync();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text as SQL literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
