import { createHash } from "node:crypto";
import {
  GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import type { AthenaClient, QueryExecution } from "@aws-sdk/client-athena";
import { EngineError } from "./errors.ts";
import {
  explainFailedQuery, explainFailedRequest, isPassing,
} from "./sql-engine-athena-fault.ts";
import type { StatementPlace } from "./sql-engine-athena-fault.ts";
import type { EngineQuery } from "./sql-engine.ts";

export interface AthenaSession {
  readonly client: AthenaClient;
  readonly workgroup: string;
  /** `s3://…/` for what Athena writes about a query; absent where the workgroup says it. */
  readonly results?: string;
  /** Aborted: queries under way are stopped and what waits for them throws EngineError. */
  readonly signal?: AbortSignal;
  /** Resolves after so many milliseconds; rejects or resolves early when aborted. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export interface AthenaStatement {
  /** What it is for: a relation, or a few words. */
  readonly name: string;
  readonly isModel?: boolean;
  /** Absent: the statement makes or drops one. */
  readonly database?: string;
  /** The text of an attempt, from 1: a folder that was written to cannot be written to again. */
  readonly sql: (attempt: number) => string;
  /** Athena bills what is scanned; statements that declare something are free. */
  readonly isScan: boolean;
  /** Besides the session's own. */
  readonly signal?: AbortSignal;
}

export interface FinishedQuery extends EngineQuery {
  /** The attempt that succeeded. */
  readonly attempt: number;
}

/** Runs of one statement: queries that failed through no fault of its own are tried again. */
const queryAttempts = 3;
/** Requests: 0.25 s, doubling up to 20 s, together about three minutes. */
const requestAttempts = 14;
const firstWaitMs = 250;
const longestWaitMs = 20_000;
const firstPollMs = 200;
const longestPollMs = 3_000;
const stopPollMs = 500;
const stopLooks = 60;
/** Athena rounds up to whole ones, at least ten a query. */
const megabyte = 1024 * 1024;
const leastMegabytes = 10;

/** Runs a statement to its end. Throws ContractError for a model's SQL, EngineError otherwise. */
export async function runStatement(
  session: AthenaSession, statement: AthenaStatement,
): Promise<FinishedQuery> {
  const { name, isModel = false } = statement;
  const place: StatementPlace = { name, isModel, workgroup: session.workgroup };
  for (let attempt = 1; ; attempt++) {
    const id = await startQuery(session, statement, place, attempt);
    const execution = await waitForEnd(session, id, place, statement.signal);
    const { Status: status, Statistics: statistics } = execution;
    if (status?.State === "SUCCEEDED") {
      const scanned = statistics?.DataScannedInBytes ?? 0;
      return {
        relation: name, query_id: id, attempt, scanned_bytes: scanned,
        billed_bytes: statement.isScan ? billedBytes(scanned) : 0,
        milliseconds: statistics?.TotalExecutionTimeInMillis
          ?? statistics?.EngineExecutionTimeInMillis ?? 0,
      };
    }
    const mayGoRight = status?.State === "FAILED" && status.AthenaError?.Retryable === true;
    if (!mayGoRight || attempt === queryAttempts) {
      throw explainFailedQuery(place, status?.StateChangeReason ?? "", status?.AthenaError);
    }
    await pause(session, firstWaitMs * 2 ** attempt, place, statement.signal);
  }
}

export function billedBytes(scanned: number): number {
  return Math.max(leastMegabytes, Math.ceil(scanned / megabyte)) * megabyte;
}

/** All rows of a SELECT as texts, NULL as null; pages are turned until there is none. */
export async function readRows(
  session: AthenaSession, query: FinishedQuery,
): Promise<readonly (readonly (string | null)[])[]> {
  const place = { name: query.relation, isModel: false, workgroup: session.workgroup };
  const rows: (readonly (string | null)[])[] = [];
  let token: string | undefined;
  let isFirst = true;
  do {
    const page = await send(session, place, () => session.client.send(new GetQueryResultsCommand({
      QueryExecutionId: query.query_id, NextToken: token, MaxResults: 1000,
    })));
    const names = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map((c) => c.Name ?? "");
    const found = (page.ResultSet?.Rows ?? []).map((row) =>
      names.map((_, i) => row.Data?.[i]?.VarCharValue ?? null));
    // The first row of a SELECT is its header.
    if (isFirst && found[0]?.join() === names.join()) found.shift();
    for (const row of found) rows.push(row);
    isFirst = false;
    token = page.NextToken;
  } while (token !== undefined);
  return rows;
}

async function startQuery(
  session: AthenaSession, statement: AthenaStatement, place: StatementPlace, attempt: number,
): Promise<string> {
  const sql = statement.sql(attempt);
  // A request whose answer was lost is sent again with the same token and starts nothing twice.
  const token = createHash("sha256")
    .update([statement.database ?? "", attempt, sql].join("\n")).digest("hex");
  const answer = await send(session, place, () =>
    session.client.send(new StartQueryExecutionCommand({
      QueryString: sql, ClientRequestToken: token, WorkGroup: session.workgroup,
      ...(statement.database && { QueryExecutionContext: { Database: statement.database } }),
      ...(session.results && { ResultConfiguration: { OutputLocation: session.results } }),
      // Tables of the same name in another run's database are other tables.
      ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
    })), statement.signal);
  if (!answer.QueryExecutionId) throw new EngineError(`athena: ${place.name}: no query id`);
  return answer.QueryExecutionId;
}

async function waitForEnd(
  session: AthenaSession, id: string, place: StatementPlace, signal?: AbortSignal,
): Promise<QueryExecution> {
  for (let wait = firstPollMs; ; wait = Math.min(longestPollMs, wait * 1.5)) {
    try {
      const { QueryExecution: execution } = await send(session, place, () =>
        session.client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })), signal);
      const state = execution?.Status?.State;
      if (execution && state !== "QUEUED" && state !== "RUNNING") return execution;
      await pause(session, wait, place, signal);
    } catch (error) {
      if (isStopped(session, signal)) await stopQuery(session, id, place);
      throw error;
    }
  }
}

/** Also waits a while for its end: a query may still write when it has been told to stop. */
async function stopQuery(
  { client, sleep }: AthenaSession, id: string, place: StatementPlace,
): Promise<void> {
  try {
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
    for (let looks = 0; looks < stopLooks; looks++) {
      const { QueryExecution: execution } =
        await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      const state = execution?.Status?.State;
      if (state !== "QUEUED" && state !== "RUNNING") return;
      await sleep(stopPollMs);
    }
  } catch (cause) {
    throw explainFailedRequest({ ...place, name: `stop ${place.name}` }, cause);
  }
}

function isStopped(session: AthenaSession, signal?: AbortSignal): boolean {
  return session.signal?.aborted === true || signal?.aborted === true;
}

function requireNotStopped(
  session: AthenaSession, place: StatementPlace, signal?: AbortSignal,
): void {
  if (isStopped(session, signal)) throw new EngineError(`athena: ${place.name}: stopped`);
}

async function pause(
  session: AthenaSession, milliseconds: number, place: StatementPlace, signal?: AbortSignal,
): Promise<void> {
  requireNotStopped(session, place, signal);
  const signals = [session.signal, signal].filter((s) => s !== undefined);
  await session.sleep(milliseconds, AbortSignal.any(signals));
  requireNotStopped(session, place, signal);
}

/** One request, again with growing pauses while the service is busy. */
async function send<T>(
  session: AthenaSession, place: StatementPlace, request: () => Promise<T>, signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    requireNotStopped(session, place, signal);
    try {
      return await request();
    } catch (cause) {
      const isLast = attempt === requestAttempts;
      if (isLast || !isPassing(cause)) throw explainFailedRequest(place, cause);
    }
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
    await pause(session, wait, place, signal);
  }
}
