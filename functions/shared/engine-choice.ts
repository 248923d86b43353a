import { randomUUID } from "node:crypto";
import { ContractError, UsageError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";
import { createDuckDbEngine } from "./sql-engine-duckdb.ts";
import type { SqlEngine } from "./sql-engine.ts";

/** What measures a home: the embedded engine, or Athena in the account of the session. */
export type EngineChoice = { readonly engine: "duckdb" } | AthenaChoice;
export interface AthenaChoice {
  readonly engine: "athena";
  readonly workgroup: string;
  /** Databases of runs are named `<database>_<run>_<id>`. */
  readonly database: string;
  /** `s3://bucket/prefix`, where a run lays what it reads and writes; empty again afterwards. */
  readonly output: string;
}

/** As written into `home.json` or given on the command line. */
export interface EngineWords {
  readonly engine?: string | undefined;
  readonly workgroup?: string | undefined;
  readonly database?: string | undefined;
  readonly output?: string | undefined;
}

/**
 * The engine of a home: words of the command line before those of `home.json` (`engine` and
 * `athena.{workgroup, database, output}`), DuckDB where nothing is said. Throws UsageError for a
 * wrong word of the command line or one that is missing, ContractError for one of `home.json`.
 */
export async function readEngineChoice(
  store: ObjectStore, given: EngineWords = {},
): Promise<EngineChoice> {
  const description = await readJson<{
    readonly engine?: string; readonly athena?: Omit<EngineWords, "engine">;
  }>(store, homeKeys.description);
  const own: EngineWords = { ...description?.athena, engine: description?.engine };
  const read = (key: keyof EngineWords, form: RegExp, accepted: string): string | undefined => {
    const value = given[key] ?? own[key];
    if (value === undefined || form.test(value)) return value;
    if (given[key] !== undefined) {
      throw new UsageError(`--${optionNames[key]}: invalid: ${value}; accepted: ${accepted}`);
    }
    const place = key === "engine" ? key : `athena.${key}`;
    throw new ContractError(`home.json: ${place}: invalid: ${value}; accepted: ${accepted}`);
  };
  const engine = read("engine", /^(duckdb|athena)$/, "duckdb, athena") ?? "duckdb";
  if (engine === "duckdb") return { engine };
  const require = (key: keyof EngineWords, form: RegExp, accepted: string): string => {
    const value = read(key, form, accepted);
    if (value !== undefined) return value;
    throw new UsageError(`engine athena: missing ${key}: give --${optionNames[key]}, or write ` +
      `athena.${key} into home.json; accepted: ${accepted}`);
  };
  return {
    engine: "athena",
    workgroup: require("workgroup", /^[\w.-]{1,128}$/, "letters, digits, . _ -"),
    database: read("database", /^[a-z][a-z0-9_]{0,100}$/, "lower-case letters, digits, _")
      ?? "dudao",
    output: require("output", /^s3:\/\/[a-z0-9][a-z0-9.-]+(\/[^/]+)*\/?$/, "s3://bucket/prefix"),
  };
}

const optionNames: Readonly<Record<keyof EngineWords, string>> = {
  engine: "engine", workgroup: "workgroup", database: "database", output: "athena-output",
};

/**
 * Opens the chosen engine, for AWS with region and credentials as its SDK finds them in `env`. An
 * abort stops what runs. Throws EngineError where Athena or the workgroup cannot be reached.
 */
export async function openEngine(
  choice: EngineChoice, env: Readonly<Record<string, string | undefined>>, signal?: AbortSignal,
): Promise<SqlEngine> {
  if (choice.engine === "duckdb") return createDuckDbEngine({});
  // Loaded only here: nights on DuckDB start faster without it.
  const { AthenaClient } = await import("@aws-sdk/client-athena");
  const { openAthenaEngine } = await import("./sql-engine-athena.ts");
  const { createBucketClient, parseBucketAddress } = await import("./object-store-bucket.ts");
  const { createS3Store } = await import("./object-store-s3.ts");
  return openAthenaEngine({
    client: new AthenaClient({ maxAttempts: 3 }),
    work: createS3Store({ client: createBucketClient(env), ...parseBucketAddress(choice.output) }),
    workgroup: choice.workgroup, database: choice.database, signal,
    newId: () => randomUUID().slice(0, 8),
  });
}
