import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { homeKeys } from "../../functions/shared/home.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";
import { openDuckDb, quoteText } from "../../functions/shared/sql-engine-duckdb-open.ts";

export interface FixtureSchool {
  readonly code: string;
  readonly county: string;
  readonly teachers: number;
}

export interface FixtureRun {
  readonly runId: string;
  readonly asOf: string;
  /** Schools beyond the two of every county (30 and 12 teachers). */
  readonly schools?: readonly FixtureSchool[];
  /** Teachers of a helped group in a county, as `510104 village` → 3; else 10 of 42. */
  readonly groups?: ReadonlyMap<string, number>;
  /** Counties without a single row of training. */
  readonly unreported?: ReadonlySet<string>;
  readonly findings?: readonly object[];
  /** Makes the home one of these counties only (`seeds/divisions.csv`); default: all 183. */
  readonly counties?: readonly string[];
}

export const helpedGroups = [
  "deep_poverty_rural", "ethnic", "village", "poverty", "three_prefectures",
];

/**
 * Stores a run whose marts have the shape and about the size of the real ones at scale 0.02: every
 * area of the province, numbers by rule from the code and the day, so that each row is different.
 */
export async function storeRun(
  store: ObjectStore, scratch: string, run: FixtureRun,
): Promise<void> {
  mkdirSync(scratch, { recursive: true });
  const outputs: object[] = [];
  const duckDb = await openDuckDb({
    threads: 2, memoryLimit: "500MB", tempDir: join(scratch, "spill"), allowed: [scratch],
  });
  try {
    for (const [name, sql] of martQueries(run)) {
      const path = join(scratch, `${run.runId}-${name}.parquet`);
      await duckDb.connection.run(`COPY (${sql}) TO ${quoteText(path)} (FORMAT parquet)`);
      await store.putFile(homeKeys.run(run.runId, `${name}.parquet`), path);
      const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
      outputs.push({ name, sha256 });
    }
  } finally {
    duckDb.close();
  }
  if (run.counties) {
    const [header, ...lines] = readShippedSeed("divisions.csv").text.split("\n");
    const kept = lines.filter((line) => run.counties?.includes(line.slice(0, 6)));
    await store.put(homeKeys.seed("divisions.csv"), [header, ...kept, ""].join("\n"));
  }
  const manifest = { run_id: run.runId, as_of: run.asOf, outputs };
  await store.put(homeKeys.run(run.runId, "manifest.json"), JSON.stringify(manifest));
  if (run.findings) {
    await store.put(homeKeys.run(run.runId, "findings.json"), JSON.stringify(run.findings));
  }
}

function martQueries(run: FixtureRun): [string, string][] {
  const counties = run.counties
    ?? readShippedSeed("divisions.csv").rows.map((row) => row["county_code"] ?? "");
  const schools = [
    ...counties.flatMap((county) => [
      { code: `${county}0001`, county, teachers: 30 },
      { code: `${county}0002`, county, teachers: 12 },
    ]),
    ...(run.schools ?? []),
  ];
  const teachersOf = (area: string): number => schools
    .filter((school) => school.county.startsWith(area))
    .reduce((sum, school) => sum + school.teachers, 0);
  const areas = [...new Set(counties.flatMap((c) => [c.slice(0, 2), c.slice(0, 4), c]))];
  const groupOf = (area: string, group: string): number => counties
    .filter((county) => county.startsWith(area))
    .reduce((sum, county) => sum + (run.groups?.get(`${county} ${group}`) ?? 10), 0);
  const values = [
    ...areas.map((area) => [area, levelOf(area), "all", teachersOf(area), area]),
    ...areas.flatMap((area) => helpedGroups.map((group) =>
      [area, levelOf(area), group, groupOf(area, group), area])),
    ...schools.map(({ code, county, teachers }) => [code, "school", "all", teachers, county]),
  ];
  const base = values.map((row) => `(${row.map((v) =>
    (typeof v === "number" ? v : quoteText(String(v)))).join(",")})`).join(",");
  const unreported = [...(run.unreported ?? ["none"])].map(quoteText).join(",");
  const days = `SELECT CAST(d AS DATE) AS on_date FROM range(DATE '2020-07-05', DATE ${
    quoteText(run.asOf)}, INTERVAL 7 DAY) AS r (d)`;
  const figure = (age: number): string => `
    WITH base (area_code, area_level, segment_code, teachers, county) AS (VALUES ${base}),
    wanted (figure_code, levels, has_groups, unit) AS (VALUES
      ('H1', 'pcks', true, 1), ('H2', 'pcks', true, 1), ('H3', 'pcks', true, 135000),
      ('A4', 'pcks', true, 1), ('A2', 'pcks', false, 1), ('A3', 'pcks', false, 1),
      ('I_any', 'pcks', false, 1), ('R1', 'pck', false, 1), ('R2', 'pck', false, 1),
      ('gate_completion', 'k', false, 135000), ('gate_20', 'pc', false, 1),
      ('gate_60', 'pc', false, 1), ('gate_100', 'pc', false, 1), ('L1', 'pck', false, 1),
      ('P2', 'pck', false, 1), ('D_reported', 'pc', false, 1), ('E2', 'pck', false, 1),
      ('H4_research', 'pck', false, 27000), ('H5_online', 'pcks', false, 0),
      ('H5_practice', 'pcks', false, 0), ('gap_H3', 'pck', true, -1)),
    rows AS (
      SELECT *, CAST(hash(area_code || figure_code || segment_code) % 1000 AS BIGINT) AS luck
      FROM base, wanted
      WHERE contains(levels, CASE area_level WHEN 'province' THEN 'p' WHEN 'city' THEN 'c'
          WHEN 'county' THEN 'k' ELSE 's' END)
        AND (segment_code = 'all' AND unit >= 0 OR segment_code <> 'all' AND has_groups)
        AND teachers > 0),
    counted AS (
      SELECT *, CASE WHEN unit < 0 THEN NULL WHEN unit = 0 THEN teachers * (54000 - luck * 7)
          ELSE teachers * unit * (1000 + luck - ${age}) // 2000 END AS n,
        CASE WHEN unit > 0 THEN teachers * unit END AS d,
        county IN (${unreported}) AS is_unreported
      FROM rows)
    SELECT area_code, area_level, segment_code, figure_code,
      CAST(n AS BIGINT) AS n, CAST(d AS BIGINT) AS d,
      CASE WHEN is_unreported THEN NULL WHEN unit < 0 THEN luck / 5000.0
        ELSE CAST(n AS DOUBLE) / CAST(d AS DOUBLE) END AS share,
      CAST(CASE WHEN figure_code LIKE 'gate%0' THEN teachers END AS BIGINT) AS target,
      CASE WHEN is_unreported THEN 'not_reported' WHEN figure_code LIKE 'gate%' THEN 'on_track'
        WHEN figure_code = 'R1' AND area_level = 'county' THEN 'started' END AS state_code,
      CASE WHEN figure_code = 'R1' THEN DATE '2020-12-30' END AS on_date
    FROM counted`;
  return [
    ["mart_figure", figure(0)],
    ["mart_figure_before", figure(40)],
    ["mart_series", `
      WITH base (area_code, area_level, segment_code, teachers, county) AS (VALUES ${base}),
      days AS (${days} UNION ALL SELECT DATE ${quoteText(run.asOf)})
      SELECT area_code, figure_code, on_date,
        CAST(teachers * date_diff('day', DATE '2020-07-01', on_date) * unit // 900 AS BIGINT) AS n,
        CAST(teachers * unit AS BIGINT) AS d, 'known_today' AS reading
      FROM base, days, (VALUES ('R1', 1), ('H1', 1), ('H2', 1), ('H3', 135000), ('A4', 1))
        AS f (figure_code, unit)
      WHERE segment_code = 'all' AND area_level <> 'school'`],
    ["mart_school", `
      SELECT code AS school_code, county AS county_code, '学校' || code AS school_name,
        '小学' AS school_type, '乡村' AS place_type, CAST(teachers AS BIGINT) AS n_teachers
      FROM (VALUES ${schools.map(({ code, county, teachers }) =>
    `(${quoteText(code)}, ${quoteText(county)}, ${teachers})`).join(",")})
        AS s (code, county, teachers)`],
    ["mart_system", `
      SELECT system, DATE ${quoteText(run.asOf)} - 1 AS newest_arrival_on,
        DATE ${quoteText(run.asOf)} + 3 AS due_on, system <> 'lrs' AS is_in_time,
        CAST(1 AS BIGINT) AS silent_days
      FROM (VALUES ('credit'), ('lrs'), ('ntms'), ('practice'), ('registry'), ('survey'),
        ('vendor-a'), ('vendor-b'), ('yunjiao')) AS s (system)`],
  ];
}

function levelOf(area: string): string {
  return area.length === 2 ? "province" : area.length === 4 ? "city" : "county";
}
