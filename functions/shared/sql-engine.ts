import type { Column } from "./relations.ts";

/** Port: runs the models of sql/ as of one day. Implementations: DuckDB, Athena. */
export interface SqlEngine {
  /** Kind of engine and version of its library, e.g. `duckdb v1.5.5`; stands in run manifests. */
  readonly name: string;
  /** Of an engine that bills by the query: whose prices are to be looked up. */
  readonly billing?: { readonly service: string; readonly region: string };
  /** true: sources that lie in S3 are given by their `s3://` address and read there. */
  readonly readsInPlace?: true;
  /**
   * Makes run_context, the source views (known_on <= asOf), the seed tables, then every model in
   * the order read from the SQL; writes each relation of `keep` as Parquet into `outDir`, sorted
   * by its grain, the same bytes for the same request.
   * Throws ContractError for a broken model, EngineError for the engine's own faults.
   */
  run(request: EngineRequest): Promise<EngineResult>;
}
export interface EngineRequest {
  readonly asOf: string;
  readonly runId: string;
  /** Relation name → local Parquet files (missing or empty: the relation has no rows yet). */
  readonly sources: ReadonlyMap<string, readonly SourceFile[]>;
  /** Small tables given as rows: seeds, file_arrival, export_contract. */
  readonly tables: readonly SmallTable[];
  readonly models: readonly Model[];
  readonly keep: readonly string[];
  /** Kept relation → the only value of one of its text columns that is wanted. */
  readonly only?: Readonly<Record<string, ColumnValue>>;
  readonly outDir: string;
  /** An earlier day that is run too, over what of the same sources was known by then. */
  readonly earlier?: EarlierDay;
}
export interface EarlierDay {
  readonly asOf: string;
  readonly runId: string;
  /** As of the request; file_arrival holds fewer nights. */
  readonly tables: readonly SmallTable[];
  /** Relations of the request's models. */
  readonly keep: readonly string[];
  /** Another folder than the request's. */
  readonly outDir: string;
}
export interface ColumnValue { readonly column: string; readonly value: string }
/** One immutable Parquet file of a lake relation; all its rows are of one system. */
export interface SourceFile {
  /** Local, or `s3://…` for an engine that reads in place. */
  readonly path: string;
  readonly system: string;
}
export interface SmallTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Strings, numbers, booleans, null; days as `2021-12-20`. */
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}
/** One file of sql/models or sql/checks, as its header says (model-header.ts). */
export interface Model {
  readonly name: string;
  readonly sql: string;
  readonly about: string;
  /** Columns that together are unique and order the written rows. */
  readonly grain: readonly string[];
  /** Relations named in the SQL; the engine compares them with what it finds there. */
  readonly reads: readonly string[];
  readonly isPerSystem: boolean;
  readonly columns: readonly Column[];
  /** Of a check: what is at stake, and what to do. */
  readonly matters?: string;
  readonly resolve?: string;
}
export interface EngineResult {
  readonly outputs: readonly EngineOutput[];
  /** Relation → seconds it took; `sources` for loading what is read. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Of the request's earlier day. */
  readonly earlier?: EngineResult;
  /** What was asked of an engine that bills by the query, both days. */
  readonly queries?: readonly EngineQuery[];
}
export interface EngineQuery {
  /** Relation, or a few words on what it was for. */
  readonly relation: string;
  readonly query_id: string;
  readonly scanned_bytes: number;
  /** What the price counts: whole megabytes, at least ten; 0 where nothing is read. */
  readonly billed_bytes: number;
  readonly milliseconds: number;
}
export interface EngineOutput {
  readonly name: string;
  readonly path: string;
  readonly rows: number;
}
