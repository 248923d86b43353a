export interface TrinoColumn { readonly name: string; readonly type: string }
export type TrinoCell = string | number | boolean | null;
export interface TrinoResult {
  readonly columns: readonly TrinoColumn[];
  readonly rows: readonly (readonly TrinoCell[])[];
  readonly scannedBytes: number;
}

/** A statement that Trino refused or could not finish; `code` as `COLUMN_NOT_FOUND`. */
export class TrinoError extends Error {
  override readonly name = "TrinoError";
  readonly code: string;
  readonly type: string;
  constructor({ errorName, errorType, message }: TrinoFault) {
    super(`${errorName}: ${message}`);
    this.code = errorName;
    this.type = errorType;
  }
}

interface TrinoFault {
  readonly errorName: string;
  readonly errorType: string;
  readonly message: string;
}
interface TrinoPage {
  readonly nextUri?: string;
  readonly columns?: readonly TrinoColumn[];
  readonly data?: readonly (readonly TrinoCell[])[];
  readonly error?: TrinoFault;
  readonly stats?: { readonly physicalInputBytes?: number };
}

/** Overloaded or starting; Trino's protocol asks to come again. */
const comeAgain: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Runs one statement in a schema of the catalog `hive` and reads all its rows. Whole numbers beyond
 * 2^53 throw. An abort cancels the statement in the server and throws.
 */
export async function queryTrino(
  url: string, sql: string, schema: string, signal?: AbortSignal,
): Promise<TrinoResult> {
  const headers = {
    "x-trino-user": "parity", "x-trino-catalog": "hive", "x-trino-schema": schema,
    "x-trino-time-zone": "UTC",
  };
  let page = await call(`${url}/v1/statement`, { method: "POST", headers, body: sql });
  let columns: readonly TrinoColumn[] | undefined;
  let scannedBytes = 0;
  const rows: (readonly TrinoCell[])[] = [];
  for (;;) {
    if (page.error) throw new TrinoError(page.error);
    columns ??= page.columns;
    scannedBytes = page.stats?.physicalInputBytes ?? scannedBytes;
    for (const row of page.data ?? []) rows.push(row);
    if (page.nextUri === undefined) break;
    if (signal?.aborted) {
      await fetch(page.nextUri, { method: "DELETE", headers });
      throw new Error("cancelled");
    }
    page = await call(page.nextUri, { headers });
  }
  for (const row of rows) {
    for (const cell of row) {
      if (typeof cell === "number" && Number.isInteger(cell) && !Number.isSafeInteger(cell)) {
        throw new Error(`trino: number beyond 2^53: ${cell}`);
      }
    }
  }
  return { columns: columns ?? [], rows, scannedBytes };
}

async function call(url: string, init: RequestInit): Promise<TrinoPage> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(url, init);
    if (answer.ok) return await answer.json() as TrinoPage;
    if (!comeAgain.has(answer.status) || attempt === 20) {
      throw new Error(`trino: HTTP ${answer.status}: ${await answer.text()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100 * attempt));
  }
}
