import type { FigureRow, SeriesRow } from "../functions/shared/figure-book.ts";
import type { SliceTable } from "../functions/shared/publication.ts";
import { areaHashPath } from "./address.ts";
import { readArrowTable } from "./arrow-table.ts";

/** `app/current.json`: the one pointer to the publication in force. */
export interface Pointer {
  readonly run_id: string;
  readonly as_of: string;
}

export interface FindingRow {
  readonly finding_key: string;
  readonly rule_code: string;
  readonly area_code: string;
  readonly subject: string | null;
  readonly severity: string | number | null;
  readonly state_code: string | null;
  readonly since_on: string | null;
  readonly due_on: string | null;
  readonly n: number | null;
  readonly d: number | null;
}

export interface SchoolRow {
  readonly school_code: string;
  readonly school_name: string;
  readonly school_type: string | null;
  readonly place_type: string | null;
  readonly n_teachers: number;
}

export interface SystemRow {
  readonly system: string;
  readonly newest_arrival_on: string | null;
  readonly due_on: string | null;
  readonly is_in_time: number | boolean | null;
  readonly silent_days: number | null;
}

export interface FileRow {
  readonly system: string;
  readonly export: string | null;
  readonly known_on: string;
  readonly landing_day: string;
  readonly file_name: string;
  readonly status: string;
  readonly reason: string | null;
  readonly reason_zh: string | null;
  readonly rows_skipped: number | null;
  readonly rows_read: number | null;
  readonly rows_accepted: number | null;
  readonly rows_rejected: number | null;
  readonly rows_duplicate: number | null;
  readonly rows_unchanged: number | null;
  /** JSON object: reason → rows. */
  readonly reasons: string | null;
  readonly seconds: number | null;
  readonly bytes: number | null;
}

export interface StepRow {
  readonly known_on: string;
  readonly step: string;
  readonly seconds: number | null;
  readonly bytes: number | null;
}

/** A night's price in one region (publication.ts, `costs`). */
export interface CostRow {
  readonly known_on: string;
  readonly region: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly missing: string | null;
  readonly price_day: string | null;
  readonly sources: string | null;
  readonly calls: number;
  readonly put_requests: number;
  readonly get_requests: number;
  readonly gb_seconds: number;
  readonly scanned_bytes: number;
  readonly is_whole: number;
}

/** Rows of each table as published (publication.ts). */
export interface TableRows {
  readonly overview: FigureRow;
  readonly counties: FigureRow;
  readonly figures: FigureRow;
  readonly series: SeriesRow;
  readonly findings: FindingRow;
  readonly schools: SchoolRow;
  readonly systems: SystemRow;
  readonly files: FileRow;
  readonly steps: StepRow;
  readonly costs: CostRow;
}

/** Why nothing can be shown; `kind` decides the words. */
export class LoadError extends Error {
  readonly kind: "signed-out" | "denied" | "missing" | "damaged" | "offline";
  constructor(kind: LoadError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

interface EarlyRequests {
  pointer?: Promise<Response>;
  /** Settled when the published first view stands in the page and the tables are asked for. */
  readonly ready?: Promise<void>;
  readonly tables: Record<string, Promise<Response>>;
}

declare global {
  interface Window {
    /** Requests begun by the script in index.html. */
    dudaoEarly?: EarlyRequests;
  }
}

/** The pointer; the first call takes the request that index.html began. */
export async function readPointer(isFirst: boolean): Promise<Pointer> {
  const early = isFirst ? window.dudaoEarly?.pointer : undefined;
  // A body can be read once.
  if (early) delete window.dudaoEarly?.pointer;
  const answer = await ask("current.json", early, "no-store");
  return await answer.json() as Pointer;
}

/** Address of a file in an area's slice, seen from the shell. */
export function sliceUrl(area: string, runId: string, file: string): string {
  return `../${areaHashPath(area)}/${runId}/${file}`;
}

const tables = new Map<string, Promise<readonly unknown[]>>();
const arrived = new Map<string, readonly unknown[]>();

/** Rows that have arrived already, undefined before. */
export function findRows<Name extends SliceTable>(
  area: string, runId: string, name: Name,
): readonly TableRows[Name][] | undefined {
  return arrived.get(sliceUrl(area, runId, `${name}.arrow`)) as TableRows[Name][] | undefined;
}

/** Rows of one table of an area's slice; asked for once, a failed request may be asked again. */
export function readTable<Name extends SliceTable>(
  area: string, runId: string, name: Name,
): Promise<readonly TableRows[Name][]> {
  const url = sliceUrl(area, runId, `${name}.arrow`);
  const known = tables.get(url);
  if (known) return known as Promise<readonly TableRows[Name][]>;
  const rows = loadRows(url);
  tables.set(url, rows);
  rows.then((found) => arrived.set(url, found), () => tables.delete(url));
  return rows as Promise<readonly TableRows[Name][]>;
}

async function loadRows(url: string): Promise<readonly unknown[]> {
  const early = window.dudaoEarly?.tables[url];
  if (early) delete window.dudaoEarly?.tables[url];
  const answer = await ask(url, early, "default");
  const bytes = await answer.arrayBuffer();
  try {
    return readArrowTable(bytes);
  } catch (cause) {
    throw new LoadError("damaged", `table: invalid Arrow file: ${url}`, { cause });
  }
}

async function ask(
  url: string, early: Promise<Response> | undefined, cache: RequestCache,
): Promise<Response> {
  let answer: Response;
  try {
    answer = await (early ?? fetch(url, { cache, credentials: "same-origin" }));
  } catch (cause) {
    throw new LoadError("offline", `request: failed: ${url}`, { cause });
  }
  if (answer.ok) return answer;
  if (answer.status === 401) throw new LoadError("signed-out", `request: signed out: ${url}`);
  if (answer.status === 403) throw new LoadError("denied", `request: denied: ${url}`);
  if (answer.status === 404) throw new LoadError("missing", `request: missing: ${url}`);
  throw new LoadError("offline", `request: status ${answer.status}: ${url}`);
}
