import { dirname } from "node:path";
import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readPlainRows } from "../shared/read-plain-rows.ts";
import { openDuckDb, quoteText } from "../shared/sql-engine-duckdb-open.ts";
import type { CardRun, FigureRow, SchoolRow, SeriesRow } from "./card-data.ts";

/** What cards show of a run's marts. */
export type CardMarts =
  Pick<CardRun, "figures" | "before" | "schools" | "series" | "systemsInTime" | "systems">;

const figureColumns = `area_code, area_level, segment_code, figure_code, CAST(n AS DOUBLE) AS n,
  CAST(d AS DOUBLE) AS d, share, CAST(target AS DOUBLE) AS target, state_code,
  CAST(on_date AS VARCHAR) AS on_date`;

const queries = {
  // A card shows of schools only what they miss.
  mart_figure: (file: string) => `SELECT ${figureColumns} FROM read_parquet(${file})
    WHERE area_level <> 'school' OR (segment_code = 'all'
      AND figure_code IN ('H3', 'H5_online', 'H5_practice'))`,
  mart_figure_before: (file: string) => `SELECT ${figureColumns} FROM read_parquet(${file})
    WHERE area_level = 'county'`,
  mart_school: (file: string) => `SELECT school_code, school_name, county_code,
    CAST(n_teachers AS DOUBLE) AS n_teachers FROM read_parquet(${file})`,
  // One text a curve: a hundred thousand rows take longer out of DuckDB than all else here.
  mart_series: (file: string) => `SELECT area_code, string_agg(concat_ws(' ',
      CAST(on_date AS VARCHAR), coalesce(CAST(n AS VARCHAR), ''), coalesce(CAST(d AS VARCHAR), '')),
      ',' ORDER BY on_date) AS points
    FROM read_parquet(${file}) WHERE figure_code = 'H3' AND reading = 'known_today'
    GROUP BY area_code ORDER BY area_code`,
  mart_system: (file: string) => `SELECT system, CAST(is_in_time AS DOUBLE) AS is_in_time
    FROM read_parquet(${file})`,
};

/** Reads the marts of a stored run; `scratch` receives what must be downloaded or spilled. */
export async function readCardMarts(
  store: ObjectStore, runId: string, scratch: string,
): Promise<CardMarts> {
  const names = Object.keys(queries) as (keyof typeof queries)[];
  const files = await Promise.all(names.map((mart) =>
    store.fetchToFile(homeKeys.run(runId, `${mart}.parquet`), scratch)));
  const duckDb = await openDuckDb({
    threads: 1, memoryLimit: "512MB", tempDir: `${scratch}/cards-spill`,
    allowed: [...new Set(files.map((file) => dirname(file)))],
  });
  try {
    const read = <T>(mart: keyof typeof queries): Promise<readonly T[]> => readPlainRows<T>(
      duckDb.connection, queries[mart](quoteText(files[names.indexOf(mart)] ?? "")));
    const figures = await read<FigureRow>("mart_figure");
    const before = await read<FigureRow>("mart_figure_before");
    const schools = await read<SchoolRow>("mart_school");
    const curves = await read<Curve>("mart_series");
    const systems = await read<{ readonly is_in_time: number }>("mart_system");
    return {
      figures: groupBy(figures, (row) => row.area_code),
      before: groupBy(before, (row) => row.area_code),
      schools: groupBy(schools, (row) => row.county_code),
      series: new Map(curves.map((curve) => [curve.area_code, parseCurve(curve)])),
      systemsInTime: systems.filter((system) => system.is_in_time === 1).length,
      systems: systems.length,
    };
  } finally {
    duckDb.close();
  }
}

interface Curve {
  readonly area_code: string;
  /** `2021-12-19 12 42,2021-12-20 13 42` */
  readonly points: string;
}

/** Points without both numbers are nothing to draw. */
function parseCurve({ area_code, points }: Curve): readonly SeriesRow[] {
  return points.split(",").flatMap((point): SeriesRow[] => {
    const [on_date = "", n = "", d = ""] = point.split(" ");
    if (n === "" || d === "") return [];
    return [{
      area_code, figure_code: "H3", reading: "known_today", on_date, n: Number(n), d: Number(d),
    }];
  });
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}
