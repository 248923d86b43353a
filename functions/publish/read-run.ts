import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ContractError, EngineError, InvalidInputError } from "../shared/errors.ts";
import type { FigureRow, SeriesRow } from "../shared/figure-book.ts";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { readPlainRows } from "../shared/read-plain-rows.ts";
import { openDuckDb, quoteText } from "../shared/sql-engine-duckdb-open.ts";
import type { Row } from "./arrow-file.ts";
import type { SchoolRow } from "./small-groups.ts";

/** What a stored run says, before anything is hidden or cut. */
export interface StoredRun {
  readonly asOf: string;
  readonly figures: readonly FigureRow[];
  readonly series: readonly SeriesRow[];
  readonly schools: readonly SchoolRow[];
  readonly systems: readonly Row[];
  readonly findings: readonly Row[];
}

const figureQuery = (now: string, before: string): string => `
  SELECT area_code, f.area_level, segment_code, figure_code,
    CAST(f.n AS DOUBLE) AS n, CAST(f.d AS DOUBLE) AS d, f.share,
    CAST(f.target AS DOUBLE) AS target, f.state_code, CAST(f.on_date AS VARCHAR) AS on_date,
    CAST(b.n AS DOUBLE) AS n_before, CAST(b.d AS DOUBLE) AS d_before, b.share AS share_before
  FROM read_parquet(${now}) AS f
  LEFT JOIN read_parquet(${before}) AS b USING (area_code, segment_code, figure_code)
  ORDER BY area_code, segment_code, figure_code`;

// One text a curve, sorted here: rows cost three times as much on their way out of DuckDB.
const seriesQuery = (series: string): string => `
  SELECT area_code, figure_code, reading, string_agg(concat_ws(' ', CAST(on_date AS VARCHAR),
    coalesce(CAST(n AS VARCHAR), ''), coalesce(CAST(d AS VARCHAR), '')), ',') AS points
  FROM read_parquet(${series})
  GROUP BY area_code, figure_code, reading
  ORDER BY area_code, figure_code, reading`;

const schoolQuery = (schools: string): string => `
  SELECT school_code, county_code, school_name, school_type, place_type,
    CAST(n_teachers AS DOUBLE) AS n_teachers
  FROM read_parquet(${schools})
  ORDER BY school_code`;

const systemQuery = (systems: string): string => `
  SELECT system, CAST(newest_arrival_on AS VARCHAR) AS newest_arrival_on,
    CAST(due_on AS VARCHAR) AS due_on, CAST(is_in_time AS DOUBLE) AS is_in_time,
    CAST(silent_days AS DOUBLE) AS silent_days
  FROM read_parquet(${systems})
  ORDER BY system`;

/**
 * Reads the marts and findings of a stored run; `scratch` receives what must be downloaded.
 * Throws InvalidInputError when a mart is absent, ContractError when the manifest is.
 */
export async function readRun(
  store: ObjectStore, runId: string, scratch: string,
): Promise<StoredRun> {
  const manifest = await readJson<RunManifest>(store, homeKeys.run(runId, "manifest.json"));
  if (!manifest) {
    throw new InvalidInputError(`run: unknown: ${runId}; no manifest in ${store.name}`);
  }
  const files = await Promise.all(
    ["mart_figure", "mart_figure_before", "mart_series", "mart_school", "mart_system"]
      .map((mart) => fetchMart(store, manifest, mart, scratch)));
  const [figure = "", before = "", series = "", school = "", system = ""] = files.map(quoteText);
  const duckDb = await openDuckDb({
    threads: 2, memoryLimit: "1GB", tempDir: join(scratch, "publish-spill"),
    allowed: [...new Set(files.map((file) => join(file, "..")))],
  });
  try {
    const read = <T>(sql: string): Promise<readonly T[]> => readPlainRows<T>(duckDb.connection, sql);
    return {
      asOf: manifest.as_of,
      figures: await read<FigureRow>(figureQuery(figure, before)),
      series: (await read<Curve>(seriesQuery(series))).flatMap(parseCurve),
      schools: await read<SchoolRow>(schoolQuery(school)),
      systems: await read<Row>(systemQuery(system)),
      findings: await readRowsOfJson(store, homeKeys.run(runId, "findings.json")),
    };
  } finally {
    duckDb.close();
  }
}

/** Rows of the table `steps` that a run brought along; empty when it has none. */
export function readSteps(store: ObjectStore, runId: string): Promise<readonly Row[]> {
  return readRowsOfJson(store, homeKeys.run(runId, "steps.json"));
}

/** Rows of the table `costs`; empty where nobody bills the home. */
export function readCosts(store: ObjectStore, runId: string): Promise<readonly Row[]> {
  return readRowsOfJson(store, homeKeys.run(runId, "costs.json"));
}

/** A local file with a mart's rows; throws EngineError when it is not what the manifest names. */
async function fetchMart(
  store: ObjectStore, manifest: RunManifest, mart: string, scratch: string,
): Promise<string> {
  const key = homeKeys.run(manifest.run_id, `${mart}.parquet`);
  const path = await store.fetchToFile(key, scratch);
  const expected = manifest.outputs.find((output) => output.name === mart)?.sha256;
  const found = createHash("sha256").update(await readFile(path)).digest("hex");
  if (found === expected) return path;
  throw new EngineError(`${key}: invalid SHA-256: ${found}; the manifest says ${expected}`);
}

interface Curve {
  readonly area_code: string;
  readonly figure_code: string;
  readonly reading: string;
  /** `2021-12-20 13 42,2021-12-19 12 42`, in any order. */
  readonly points: string;
}

function parseCurve(curve: Curve): readonly SeriesRow[] {
  const { area_code, figure_code, reading } = curve;
  const numberOf = (text = ""): number | null => (text === "" ? null : Number(text));
  return curve.points.split(",").sort().map((point) => {
    const [on_date = "", n, d] = point.split(" ");
    return { area_code, figure_code, reading, on_date, n: numberOf(n), d: numberOf(d) };
  });
}

async function readRowsOfJson(store: ObjectStore, key: string): Promise<readonly Row[]> {
  const rows = await readJson<unknown>(store, key);
  if (rows === undefined) return [];
  if (Array.isArray(rows)) return rows as Row[];
  throw new ContractError(`${key}: invalid: ${typeof rows}; accepted: an array of rows`);
}
