import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What executes the statements of an Athena test server. */
export interface AthenaBackend {
  /** Runs one statement; throws AthenaQueryError for one that fails as Athena's would. */
  run(statement: AthenaTestStatement): Promise<AthenaTestRows>;
  close(): Promise<void>;
}
export interface AthenaTestStatement {
  readonly id: string;
  readonly sql: string;
  readonly database: string | undefined;
  /** Where a table goes whose statement names no place; undefined: it must name one. */
  readonly tableLocation: string | undefined;
  readonly signal: AbortSignal;
}
export interface AthenaTestRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly scannedBytes: number;
}

/** A query that ends as FAILED; `message` as Athena's reason, Trino's name of the error first. */
export class AthenaQueryError extends Error {
  readonly category: number;
  readonly isRetryable: boolean;
  constructor(message: string, category = 2, isRetryable = false) {
    super(message);
    this.category = category;
    this.isRetryable = isRetryable;
  }
}

export interface AthenaServerOptions {
  readonly workgroup: string;
  readonly state?: "ENABLED" | "DISABLED";
  readonly engineVersion?: string;
  /** The workgroup's own place for results, which overrules the client's. */
  readonly enforcedOutput?: string;
  /** Queries that scan more end as Athena's do. */
  readonly scanCutoffBytes?: number;
}

export interface AthenaTestServer {
  readonly endpoint: string;
  /** Statements in the order in which they were started. */
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  /** Answers the next requests of an operation with an error instead of doing them. */
  failNext(operation: string, type: string, times?: number, message?: string): void;
  /** The answer to the next request of an operation is lost on the way, its effect is not. */
  loseNext(operation: string): void;
  /** The next query whose text matches ends so, or never ends where the error is absent. */
  endNext(pattern: RegExp, error?: AthenaQueryError): void;
  close(): Promise<void>;
}

interface TestQuery {
  readonly sql: string;
  readonly workgroup: string;
  readonly stop: AbortController;
  state: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  reason?: string;
  error?: AthenaQueryError;
  result?: AthenaTestRows;
}

type Input = Readonly<Record<string, unknown>>;
class WireError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => { signal.addEventListener("abort", () => resolve()); });
}

/** Small, so that every result of some rows takes several pages. */
const pageRows = 4;
const longestQuery = 262_144;

/** The part of Athena's JSON protocol that the adapter speaks, over a backend that knows SQL. */
export async function startAthenaServer(
  backend: AthenaBackend, options: AthenaServerOptions,
): Promise<AthenaTestServer> {
  const queries = new Map<string, TestQuery>();
  const tokens = new Map<string, { readonly id: string; readonly sql: string }>();
  const started: string[] = [];
  const stopped: string[] = [];
  const failures: { operation: string; type: string; message: string }[] = [];
  const losses: string[] = [];
  const ends: { pattern: RegExp; error: AthenaQueryError | undefined }[] = [];
  const running = new Set<Promise<void>>();

  const find = (input: Input): TestQuery => {
    const query = queries.get(String(input.QueryExecutionId));
    if (!query) throw new WireError("InvalidRequestException", "QueryExecution was not found");
    return query;
  };

  async function execute(id: string, query: TestQuery, input: Input): Promise<void> {
    const context = input.QueryExecutionContext as { Database?: string } | undefined;
    const place = options.enforcedOutput
      ?? (input.ResultConfiguration as { OutputLocation?: string } | undefined)?.OutputLocation;
    try {
      if (place === undefined) throw new WireError("InvalidRequestException", "No output location");
      query.state = "RUNNING";
      const end = ends.findIndex(({ pattern }) => pattern.test(query.sql));
      const [forced] = end < 0 ? [] : ends.splice(end, 1);
      if (forced?.error) throw forced.error;
      if (forced) await waitForAbort(query.stop.signal);
      else {
        query.result = await backend.run({
          id, sql: query.sql, database: context?.Database, signal: query.stop.signal,
          tableLocation: options.enforcedOutput && `${options.enforcedOutput}tables/${id}/`,
        });
      }
      const isOver = (query.result?.scannedBytes ?? 0) > (options.scanCutoffBytes ?? Infinity);
      if (isOver) throw new AthenaQueryError("Bytes scanned limit was exceeded");
      query.state = query.stop.signal.aborted ? "CANCELLED" : "SUCCEEDED";
    } catch (error) {
      query.state = "FAILED";
      query.error = error instanceof AthenaQueryError ? error
        : new AthenaQueryError(`GENERIC_INTERNAL_ERROR: ${String(error)}`, 1);
      query.reason = query.error.message;
    }
  }

  const operations: Readonly<Record<string, (input: Input) => unknown>> = {
    GetWorkGroup: (input) => {
      requireWorkgroup(input);
      return { WorkGroup: {
        Name: options.workgroup, State: options.state ?? "ENABLED",
        Configuration: {
          EngineVersion: {
            EffectiveEngineVersion: options.engineVersion ?? "Athena engine version 3",
          },
          EnforceWorkGroupConfiguration: options.enforcedOutput !== undefined,
          ...(options.enforcedOutput
            && { ResultConfiguration: { OutputLocation: options.enforcedOutput } }),
        },
      } };
    },
    StartQueryExecution: (input) => {
      requireWorkgroup(input);
      const sql = String(input.QueryString);
      const token = String(input.ClientRequestToken);
      if (token.length < 32 || token.length > 128 || Buffer.byteLength(sql) > longestQuery) {
        throw new WireError("InvalidRequestException", "invalid length");
      }
      const known = tokens.get(token);
      if (known && known.sql !== sql) {
        throw new WireError("InvalidRequestException", "Idempotent parameters do not match");
      }
      if (known) return { QueryExecutionId: known.id };
      const id = randomUUID();
      const query: TestQuery = {
        sql, workgroup: String(input.WorkGroup), stop: new AbortController(), state: "QUEUED",
      };
      tokens.set(token, { id, sql });
      queries.set(id, query);
      started.push(sql);
      const work = execute(id, query, input).finally(() => running.delete(work));
      running.add(work);
      return { QueryExecutionId: id };
    },
    GetQueryExecution: (input) => {
      const query = find(input);
      const { error } = query;
      return { QueryExecution: {
        QueryExecutionId: input.QueryExecutionId, Query: query.sql, WorkGroup: query.workgroup,
        Status: {
          State: query.state, StateChangeReason: query.reason,
          ...(error && { AthenaError: {
            ErrorCategory: error.category, ErrorType: 1000, Retryable: error.isRetryable,
            ErrorMessage: error.message,
          } }),
        },
        Statistics: {
          DataScannedInBytes: query.result?.scannedBytes ?? 0, TotalExecutionTimeInMillis: 12,
        },
      } };
    },
    GetQueryResults: (input) => {
      const { state, result } = find(input);
      if (state !== "SUCCEEDED" || !result) {
        throw new WireError("InvalidRequestException", `Query has not finished: ${state}`);
      }
      const all = [result.columns.map((c) => c.name), ...result.rows];
      const from = Number(input.NextToken ?? 0);
      const next = from + Math.min(pageRows, Number(input.MaxResults ?? pageRows));
      return {
        ResultSet: {
          ResultSetMetadata: {
            ColumnInfo: result.columns.map((c) => ({ Name: c.name, Label: c.name, Type: c.type })),
          },
          Rows: all.slice(from, next).map((row) => ({
            Data: row.map((cell) => (cell === null ? {} : { VarCharValue: cell })),
          })),
        },
        ...(next < all.length && { NextToken: String(next) }),
      };
    },
    StopQueryExecution: (input) => {
      const query = find(input);
      stopped.push(query.sql);
      // It ends a little later, and may write until then.
      query.stop.abort();
      return {};
    },
  };

  function requireWorkgroup(input: Input): void {
    if (input.WorkGroup === options.workgroup) return;
    const name = String(input.WorkGroup);
    throw new WireError("InvalidRequestException", `WorkGroup ${name} is not found.`);
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      const answer = (status: number, body: unknown): void => {
        const lost = losses.indexOf(operation);
        if (lost >= 0 && status === 200) {
          losses.splice(lost, 1);
          request.socket.destroy();
          return;
        }
        response.writeHead(status, {
          "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID(),
        });
        response.end(JSON.stringify(body));
      };
      try {
        const failing = failures.findIndex((f) => f.operation === operation);
        const [failure] = failing < 0 ? [] : failures.splice(failing, 1);
        if (failure) throw new WireError(failure.type, failure.message);
        const act = operations[operation];
        if (!act) throw new WireError("UnknownOperationException", operation);
        answer(200, act(JSON.parse(Buffer.concat(chunks).toString("utf8")) as Input));
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        answer(400, { __type: error.type, message: error.message });
      }
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    started, stopped,
    failNext: (operation, type, times = 1, message = type) => {
      for (let i = 0; i < times; i++) failures.push({ operation, type, message });
    },
    loseNext: (operation) => { losses.push(operation); },
    endNext: (pattern, error) => { ends.push({ pattern, error }); },
    close: async () => {
      for (const { stop } of queries.values()) stop.abort();
      await Promise.allSettled(running);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await backend.close();
    },
  };
}
