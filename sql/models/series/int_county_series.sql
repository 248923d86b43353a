-- int_county_series: hours of each county's teachers on each day of the series.
-- grain: county_code, series_on
-- reads: int_area, int_series_day, int_teacher_series
-- columns:
--   county_code varchar: 6 digits
--   series_on date: day of the series
--   n_teachers bigint: teachers of the denominator
--   n_learning bigint: of them with credit
--   n_complete bigint: of them complete
--   n_qualified bigint: of them complete and capable
--   progress_seconds bigint: seconds up to what is required
--   required_seconds bigint: what is required of all
-- rule: [二.1] Series of figures.md
WITH state AS (
  SELECT
    t.county_code,
    t.series_on,
    t.until_on,
    CASE WHEN t.online_seconds + t.practice_seconds > 0 THEN 1 ELSE 0 END AS n_learning,
    CASE
      WHEN t.online_seconds >= t.required_online_seconds
        AND t.practice_seconds >= t.required_practice_seconds THEN 1
      ELSE 0
    END AS n_complete,
    CASE
      WHEN t.is_capable AND t.online_seconds >= t.required_online_seconds
        AND t.practice_seconds >= t.required_practice_seconds THEN 1
      ELSE 0
    END AS n_qualified,
    CASE
      WHEN t.online_seconds < t.required_online_seconds THEN t.online_seconds
      ELSE t.required_online_seconds
    END
    + CASE
      WHEN t.practice_seconds < t.required_practice_seconds THEN t.practice_seconds
      ELSE t.required_practice_seconds
    END AS progress_seconds,
    t.required_online_seconds + t.required_practice_seconds AS required_seconds
  FROM int_teacher_series AS t
),
step AS (
  SELECT
    s.county_code, s.series_on, 1 AS n_teachers, s.n_learning, s.n_complete, s.n_qualified,
    s.progress_seconds, s.required_seconds
  FROM state AS s
  UNION ALL
  SELECT
    s.county_code, s.until_on AS series_on, -1 AS n_teachers, -s.n_learning AS n_learning,
    -s.n_complete AS n_complete, -s.n_qualified AS n_qualified,
    -s.progress_seconds AS progress_seconds,
    -s.required_seconds AS required_seconds
  FROM state AS s
  WHERE s.until_on IS NOT NULL
),
change AS (
  SELECT
    p.county_code,
    p.series_on,
    CAST(sum(p.n_teachers) AS bigint) AS n_teachers,
    CAST(sum(p.n_learning) AS bigint) AS n_learning,
    CAST(sum(p.n_complete) AS bigint) AS n_complete,
    CAST(sum(p.n_qualified) AS bigint) AS n_qualified,
    CAST(sum(p.progress_seconds) AS bigint) AS progress_seconds,
    CAST(sum(p.required_seconds) AS bigint) AS required_seconds
  FROM step AS p
  GROUP BY p.county_code, p.series_on
),
spine AS (
  SELECT DISTINCT k.county_code, d.series_on
  FROM int_area AS k
  CROSS JOIN int_series_day AS d
  WHERE k.area_level = 'county'
)
SELECT
  CAST(s.county_code AS varchar) AS county_code,
  s.series_on,
  CAST(sum(coalesce(c.n_teachers, 0)) OVER (
    PARTITION BY s.county_code ORDER BY s.series_on
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS bigint) AS n_teachers,
  CAST(sum(coalesce(c.n_learning, 0)) OVER (
    PARTITION BY s.county_code ORDER BY s.series_on
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS bigint) AS n_learning,
  CAST(sum(coalesce(c.n_complete, 0)) OVER (
    PARTITION BY s.county_code ORDER BY s.series_on
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS bigint) AS n_complete,
  CAST(sum(coalesce(c.n_qualified, 0)) OVER (
    PARTITION BY s.county_code ORDER BY s.series_on
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS bigint) AS n_qualified,
  CAST(sum(coalesce(c.progress_seconds, 0)) OVER (
    PARTITION BY s.county_code ORDER BY s.series_on
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS bigint) AS progress_seconds,
  CAST(sum(coalesce(c.required_seconds, 0)) OVER (
    PARTITION BY s.county_code ORDER BY s.series_on
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS bigint) AS required_seconds
FROM spine AS s
LEFT JOIN change AS c
  ON c.county_code = s.county_code
 AND c.series_on = s.series_on
