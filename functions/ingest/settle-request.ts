import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import type { StagedPart } from "./staging.ts";

/** A judged file as the night sees it. */
export interface NightFile {
  /** Number of the file in the night: order of its rows in the lake. */
  readonly file: number;
  readonly system: string;
  readonly export: string;
  readonly mode: "full" | "delta";
  readonly landingDay: string;
  readonly fileId: string;
  /** Scopes in which its rows take effect ('' for deltas and whole exports); none if held. */
  readonly effectiveScopes: readonly string[];
  /** Scopes that a later landing day of this night delivers too: see settle-older.ts. */
  readonly olderScopes?: readonly string[] | undefined;
}

/** A lake object of an earlier night. */
export interface EarlierFile {
  readonly relation: string;
  readonly system: string;
  readonly knownOn: string;
  readonly key: string;
  /** Rows of a full export: their records are in the state. */
  readonly isFull: boolean;
}

/** Exports of which earlier files count otherwise from tonight on (settle-replaced.ts). */
export interface Replacing {
  readonly exports: readonly { readonly system: string; readonly export: string }[];
  /** Files whose earlier rows no longer count as they were. */
  readonly fileIds: readonly string[];
  /** Numbers of the files that are read again only to know their rows. */
  readonly witnesses: readonly number[];
  /** Their rows that were rejected when the files were taken. */
  readonly rejected: readonly RejectedBefore[];
  /** Such files that cannot be read any more. */
  readonly unreadable: readonly string[];
  /** `file_id` of files of these exports whose earlier rows go on counting as they were. */
  readonly inForce: readonly string[];
  /** A delta export: only what came from the replaced files can be gone. */
  readonly isDelta: boolean;
}

export interface RejectedBefore {
  readonly file: number;
  readonly sheet: string;
  readonly row: number;
}

export interface SettleRequest {
  readonly connection: DuckDBConnection;
  /** Others, for what needs no table of the night; each works in its own thread. */
  readonly beside?: readonly DuckDBConnection[] | undefined;
  readonly knownOn: string;
  readonly files: readonly NightFile[];
  readonly parts: readonly StagedPart[];
  readonly earlier: readonly EarlierFile[];
  /** State after the newest earlier night; undefined: it is read from the lake. */
  readonly statePath: string | undefined;
  /** Local path of an object. */
  readonly fetch: (key: string) => Promise<string>;
  readonly outFolder: string;
  /** Rows from which on a text that comes for the first time is not compared (settle-fresh.ts). */
  readonly largeRows?: number | undefined;
  /** Rows from which on those of one file go into two lake files (settle-shares.ts). */
  readonly sharedRows?: number | undefined;
  /** Only in nights with decisions about earlier files. */
  readonly replacing?: Replacing | undefined;
}

export function readParquetSql(files: readonly { readonly path: string }[]): string {
  const paths = files.map((f) => quoteText(f.path)).join(", ");
  return `read_parquet([${paths}], hive_partitioning = false)`;
}

/** Local paths of earlier lake objects. */
export async function fetchAll(
  request: SettleRequest, files: readonly EarlierFile[],
): Promise<readonly { readonly path: string }[]> {
  return Promise.all(files.map(async ({ key }) => ({ path: await request.fetch(key) })));
}
