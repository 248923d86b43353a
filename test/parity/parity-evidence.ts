import type { ComparedModel } from "./compare-day.ts";

/** `test/evidence/parity-trino.json`. */
export interface ParityEvidence {
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The simulated home over which the models ran. */
  readonly home: { readonly scale: string; readonly seed: string; readonly until: string };
  readonly days: readonly string[];
  readonly n_models: number;
  /** Results compared: models × days. */
  readonly n_results: number;
  readonly n_rows: number;
  /** Results that differ in columns, types or rows. */
  readonly differences: number;
  /** The engine contract suite through the Athena adapter, over a wire server on this Trino. */
  readonly contract_suite: { readonly tests: number; readonly passed: number };
  /** A run through that adapter: stored relations, and those that are DuckDB's byte for byte. */
  readonly adapter_run: {
    readonly as_of: string; readonly relations: number; readonly same: number;
  };
  /** Model → day → rows and SHA-256 over columns, types and sorted rows, the same on both. */
  readonly models: Readonly<Record<string, Readonly<Record<string, ModelEvidence>>>>;
}
export interface ModelEvidence { readonly rows: number; readonly sha256: string }

/** The part of the evidence that comes from comparing. */
export function summariseDays(
  days: ReadonlyMap<string, readonly ComparedModel[]>,
): Pick<ParityEvidence, "days" | "n_models" | "n_results" | "n_rows" | "differences" | "models"> {
  const results = [...days.values()].flat();
  const models: Record<string, Record<string, ModelEvidence>> = {};
  for (const name of results.map((r) => r.name).sort()) {
    models[name] = Object.fromEntries([...days].sort().flatMap(([day, compared]) =>
      compared.filter((c) => c.name === name)
        .map(({ rows, sha256 }) => [day, { rows, sha256 }])));
  }
  return {
    days: [...days.keys()].sort(), n_models: Object.keys(models).length, n_results: results.length,
    n_rows: results.reduce((sum, r) => sum + r.rows, 0),
    differences: results.filter((r) => r.differences.length > 0).length,
    models,
  };
}
