import type { AthenaError } from "@aws-sdk/client-athena";
import { explainAwsFault } from "./aws-fault.ts";
import { ContractError, EngineError } from "./errors.ts";

/** What a statement was for, in messages: a model's name, `create database dudao_…`. */
export interface StatementPlace {
  readonly name: string;
  /** The text is a model's: Athena's word about its SQL is the model's fault. */
  readonly isModel: boolean;
  readonly workgroup: string;
}

/** Trino's names of faults that lie in the text of a statement or in what it computes. */
const faultsOfSql = new RegExp("^(" + [
  "SYNTAX_ERROR", "COLUMN_\\w+", "TABLE_NOT_FOUND", "FUNCTION_\\w+", "TYPE_\\w+", "AMBIGUOUS_\\w+",
  "MISMATCHED_\\w+", "MISSING_\\w+", "DUPLICATE_\\w+", "EXPRESSION_\\w+", "INVALID_\\w+",
  "DIVISION_BY_ZERO", "NUMERIC_VALUE_OUT_OF_RANGE", "NOT_SUPPORTED", "SUBQUERY_MULTIPLE_ROWS",
].join("|") + ")\\b");

/** Part of the reason → what it means and what to do. */
const explained: readonly (readonly [RegExp, (place: StatementPlace) => string])[] = [
  [/bytes scanned limit/i, ({ workgroup }) =>
    "more bytes scanned than the workgroup allows a query; raise BytesScannedCutoffPerQuery of "
    + `${workgroup}, or measure with --engine duckdb`],
  [/access ?denied|not authorized|insufficient lake formation/i, () =>
    "no permission; the role needs Athena on the workgroup, Glue on the run's database, and S3 "
    + "on the home and the output location"],
  [/NoSuchBucket|bucket does not exist|Unable to verify\/create output bucket/i, () =>
    "a bucket is missing; check the home's and the output location's"],
  [/HIVE_PATH_ALREADY_EXISTS|HIVE_EXCEEDED/i, () =>
    "its folder below the output location is not empty; remove what is left there"],
  [/exhausted resources/i, () => "too little memory in Athena for it; run it again"],
];

/** The error for a query that did not succeed; `reason` is Athena's StateChangeReason. */
export function explainFailedQuery(
  place: StatementPlace, reason: string, error: AthenaError | undefined,
): Error {
  const first = reason.split("\n")[0] ?? "";
  const known = explained.find(([pattern]) => pattern.test(reason))?.[1](place);
  if (known !== undefined) return new EngineError(`athena: ${place.name}: ${known}: ${first}`);
  if (place.isModel && faultsOfSql.test(first) && error?.Retryable !== true) {
    return new ContractError(`${place.name}.sql: invalid: ${first}`);
  }
  return new EngineError(`athena: ${place.name}: failed: ${first || "no reason given"}`);
}

/** The error for a request that the service refused or that did not reach it. */
export function explainFailedRequest(place: StatementPlace, cause: unknown): Error {
  if (cause instanceof EngineError || cause instanceof ContractError) return cause;
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  const what = `${name} ${message}`;
  if (/WorkGroup.*(not found|is not found|does not exist)/i.test(what)) {
    return new EngineError(`athena: missing workgroup: ${place.workgroup}; it must exist in the ` +
      "region of the session", { cause });
  }
  const known = explained.find(([pattern]) => pattern.test(what))?.[1](place);
  return new EngineError(
    `athena: ${place.name}: ${known ?? explainAwsFault(cause)}: ${message}`, { cause });
}

const throttles: ReadonlySet<string> = new Set([
  "TooManyRequestsException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
  "InternalServerException", "ServiceUnavailable", "ServiceUnavailableException", "TimeoutError",
]);

/** true for what may well go right a moment later. */
export function isPassing(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return throttles.has(cause.name) || status === 429 || (status !== undefined && status >= 500)
    || /ECONNRESET|ECONNREFUSED|ETIMEDOUT|EPIPE|socket hang up/.test(cause.message);
}
