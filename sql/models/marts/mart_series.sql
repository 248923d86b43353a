-- mart_series: figures by day: Sundays and the day as known today, run days as known then.
-- grain: area_code, figure_code, on_date, reading
-- reads: int_area_county, int_county_series, int_county_start_series, mart_point, run_context,
--   src_run_point
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   figure_code varchar: R1, H1, H2, H3, A4
--   on_date date: day of the series
--   n bigint: numerator
--   d bigint: denominator, never 0
--   reading varchar: known_today; known_then: as the stored run of that day said
-- rule: [二.1] Series of figures.md
WITH added AS (
  SELECT
    a.area_code,
    c.series_on,
    count(*) AS n_counties,
    CAST(sum(s.n_started) AS bigint) AS n_started,
    CAST(sum(c.n_teachers) AS bigint) AS n_teachers,
    CAST(sum(c.n_learning) AS bigint) AS n_learning,
    CAST(sum(c.n_complete) AS bigint) AS n_complete,
    CAST(sum(c.n_qualified) AS bigint) AS n_qualified,
    CAST(sum(c.progress_seconds) AS bigint) AS progress_seconds,
    CAST(sum(c.required_seconds) AS bigint) AS required_seconds
  FROM int_area_county AS a
  JOIN int_county_series AS c
    ON c.county_code = a.county_code
  JOIN int_county_start_series AS s
    ON s.county_code = c.county_code
   AND s.series_on = c.series_on
  GROUP BY a.area_code, c.series_on
)
SELECT
  CAST(t.area_code AS varchar) AS area_code,
  CAST(f.figure_code AS varchar) AS figure_code,
  t.series_on AS on_date,
  CASE f.figure_code
    WHEN 'R1' THEN t.n_started
    WHEN 'H1' THEN t.n_learning
    WHEN 'H2' THEN t.n_complete
    WHEN 'A4' THEN t.n_qualified
    ELSE t.progress_seconds
  END AS n,
  CASE f.figure_code
    WHEN 'R1' THEN t.n_counties
    WHEN 'H3' THEN t.required_seconds
    ELSE t.n_teachers
  END AS d,
  CAST('known_today' AS varchar) AS reading
FROM added AS t
CROSS JOIN (
  VALUES ('R1'), ('H1'), ('H2'), ('H3'), ('A4')
) AS f (figure_code)
WHERE f.figure_code = 'R1'
  OR t.n_teachers > 0
UNION ALL
SELECT
  CAST(p.area_code AS varchar) AS area_code,
  CAST(p.figure_code AS varchar) AS figure_code,
  p.known_on AS on_date,
  p.n,
  p.d,
  CAST('known_then' AS varchar) AS reading
FROM src_run_point AS p
CROSS JOIN run_context AS rc
WHERE p.known_on < rc.as_of_date
UNION ALL
SELECT
  CAST(w.area_code AS varchar) AS area_code,
  CAST(w.figure_code AS varchar) AS figure_code,
  w.known_on AS on_date,
  w.n,
  w.d,
  CAST('known_then' AS varchar) AS reading
FROM mart_point AS w
