import type { Column } from "./relations.ts";

/** Port: runs the models of sql/ as of one day. Implementations: DuckDB, Athena. */
export interface SqlEngine {
  readonly name: string;
  /**
   * Makes run_context, the source views (known_on <= asOf), the seed tables, then every model in
   * the order read from the SQL; writes each relation of `keep` as Parquet into `outDir`.
   * Throws ContractError for a broken model, EngineError for the engine's own faults.
   */
  run(request: EngineRequest): Promise<EngineResult>;
}
export interface EngineRequest {
  readonly asOf: string;
  readonly runId: string;
  /** Relation name → local Parquet files (empty: the relation has no rows yet). */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** Small tables given as rows: seeds, file_arrival, export_contract. */
  readonly tables: readonly SmallTable[];
  readonly models: readonly Model[];
  readonly keep: readonly string[];
  readonly outDir: string;
}
export interface SmallTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Strings, numbers, booleans, null; days as `2021-12-20`. */
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}
/** One file of sql/models. */
export interface Model {
  readonly name: string;
  readonly sql: string;
  readonly isPerSystem: boolean;
  readonly columns: readonly Column[];
}
export interface EngineResult {
  readonly outputs: readonly { readonly name: string; readonly path: string; readonly rows: number }[];
  readonly seconds: Readonly<Record<string, number>>;
}
