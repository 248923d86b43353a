// A peer: the rules of vendor-a's courses as one would write them by hand in DuckDB SQL, over the
// same text decoded to UTF-8. Left out: NFKC, tokens, invisible characters inside cells, slips.
// usage: csv-rules-duckdb.mjs FILE FOLDER; prints the three numbers.
import { DuckDBInstance } from "@duckdb/node-api";

const [from, to] = process.argv.slice(2);
const landingDay = "2021-12-20";
const columns = [
  "project", "class_name", "name", "account", "id_number", "city_name", "county_name", "school_name",
  "training", "training_name", "progress_percent", "watched_minutes", "credit", "is_passed", "event",
];
const empties = "'', '-', '--', '—', '/', '无', '空', 'null', 'n/a', '#n/a', '#ref!', '#value!'";
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkSum = weights.map((w, i) => `(ascii(substr(id18, ${i + 1}, 1)) - 48) * ${w}`).join(" + ");
const days = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"];
const formats = days.flatMap((day) => [`${day} %H:%M`, `${day} %H:%M:%S`, day]).map((f) => `'${f}'`);

const instance = await DuckDBInstance.create(":memory:", {
  threads: "2", memory_limit: "1GB", temp_directory: `${to}/spill`,
});
const connection = await instance.connect();
await connection.run(`
  CREATE TEMP TABLE judged AS
  WITH raw AS (
    SELECT * FROM read_csv('${from}', header = true, all_varchar = true, auto_detect = false,
      delim = ',', quote = '"', escape = '"',
      columns = {${columns.map((c) => `'${c}': 'VARCHAR'`).join(", ")}})
  ),
  clean AS (
    SELECT ${columns.map((c) => `CASE WHEN lower(trim(${c})) IN (${empties}) THEN NULL
      ELSE trim(${c}) END AS ${c}`).join(",\n")} FROM raw
  ),
  typed AS (
    SELECT *,
      upper(replace(ltrim(id_number, ''''), ' ', '')) AS id_text,
      CASE WHEN length(id_text) = 15 THEN substr(id_text, 1, 6) || '19' || substr(id_text, 7)
        ELSE id_text END AS id18,
      try_cast(regexp_extract(credit, '^[0-9]+([.][0-9]+)?') AS DECIMAL(12, 4))
        * CASE regexp_extract(credit, '^[0-9]+([.][0-9]+)? ?(学时|小时|分钟|分)?$', 2)
            WHEN '小时' THEN 3600 WHEN '分钟' THEN 60 WHEN '分' THEN 60 ELSE 2700 END AS credit_exact,
      CASE WHEN lower(is_passed) IN ('是', '1', 'true', 'y') THEN true
        WHEN lower(is_passed) IN ('否', '0', 'false', 'n') THEN false END AS passed,
      coalesce(try_strptime(event, [${formats.join(", ")}]),
        CASE WHEN event SIMILAR TO '[3-5][0-9]{4}([.][0-9]+)?|60000'
          THEN TIMESTAMP '1899-12-30' + to_seconds(round(event::DOUBLE * 86400)) END) AS event_at
    FROM clean
  ),
  reasoned AS (
    SELECT *,
      CASE
        WHEN project IS NULL THEN 'missing.project'
        WHEN id_text IS NULL THEN 'missing.id_number'
        WHEN id_text LIKE '%*%' OR id_text SIMILAR TO '[0-9.]+E[+][0-9]+' THEN 'ruined.id_number'
        WHEN NOT (id18 SIMILAR TO '[0-9]{17}[0-9X]')
          OR try_strptime(substr(id18, 7, 8), '%Y%m%d') IS NULL
          OR (length(id_text) = 18 AND substr('10X98765432', (${checkSum}) % 11 + 1, 1)
            <> substr(id18, 18, 1)) THEN 'invalid.id_number'
        WHEN training IS NULL THEN 'missing.training'
        WHEN length(training) > 100 THEN 'invalid.training'
        WHEN credit IS NOT NULL AND (credit_exact IS NULL OR credit_exact > 540000
          OR NOT (credit SIMILAR TO '[0-9]+([.][0-9]+)? ?(学时|小时|分钟|分)?')) THEN 'invalid.credit'
        WHEN is_passed IS NULL THEN 'missing.is_passed'
        WHEN passed IS NULL THEN 'unknown.is_passed'
        WHEN passed AND credit IS NULL THEN 'missing.credit'
        WHEN event IS NOT NULL AND (event_at IS NULL OR event_at < DATE '2000-01-01'
          OR event_at >= DATE '${landingDay}' + 1) THEN 'invalid.event_on'
        WHEN passed AND event IS NULL THEN 'missing.event_on'
      END AS reason
    FROM typed
  )
  SELECT project, id18 AS person, training, CAST(round(credit_exact) AS BIGINT) AS credit_seconds,
    passed AS is_passed, CAST(event_at AS DATE) AS event_on, event_at, reason,
    hash(${columns.join(", ")}) AS content, hash(project, id18, training) AS key,
    CASE WHEN reason IS NOT NULL THEN concat_ws(chr(31), ${columns.join(", ")}) END AS cells
  FROM reasoned`);
// The window sees only rows whose record comes more than once: a window over all takes three times.
await connection.run(`
  CREATE TEMP TABLE repeated AS
  SELECT row_id FROM (
    SELECT rowid AS row_id, content,
      lag(content) OVER (PARTITION BY project, person, training ORDER BY rowid) AS before
    FROM judged
    WHERE reason IS NULL AND key IN (
      SELECT key FROM judged WHERE reason IS NULL GROUP BY key HAVING count(*) > 1)
  ) WHERE before = content`);
await connection.run(`
  COPY (SELECT * EXCLUDE (reason, cells, key) FROM judged
    WHERE reason IS NULL AND rowid NOT IN (SELECT row_id FROM repeated))
  TO '${to}/accepted.parquet' (FORMAT parquet, COMPRESSION zstd)`);
await connection.run(`
  COPY (SELECT rowid + 2 AS line, reason, cells FROM judged WHERE reason IS NOT NULL)
  TO '${to}/rejected.parquet' (FORMAT parquet, COMPRESSION zstd)`);
const counts = await connection.runAndReadAll(`
  SELECT (SELECT count(*) FROM '${to}/accepted.parquet')::INT AS accepted,
    (SELECT count(*) FROM '${to}/rejected.parquet')::INT AS rejected,
    (SELECT count(*) FROM repeated)::INT AS duplicate`);
process.stdout.write(JSON.stringify(counts.getRowObjectsJson()[0]));
