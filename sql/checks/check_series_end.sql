-- check_series_end: series whose last point is not the figure of the day.
-- matters: a curve ends beside the number that stands next to it.
-- resolve: the series and the figure are worked out apart; find the rule that only one follows.
-- grain: area_code, figure_code
-- reads: mart_figure, mart_series, run_context
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   figure_code varchar: R1, H1, H2, H3
--   n bigint: of the figure
--   n_series bigint: of the last point
--   d bigint: of the figure
--   d_series bigint: of the last point
WITH figure AS (
  SELECT m.area_code, m.figure_code, m.n, m.d
  FROM mart_figure AS m
  WHERE m.segment_code = 'all'
    AND m.area_level <> 'school'
    AND m.figure_code IN ('R1', 'H1', 'H2', 'H3')
),
last_point AS (
  SELECT s.area_code, s.figure_code, s.n, s.d
  FROM mart_series AS s
  CROSS JOIN run_context AS rc
  WHERE s.reading = 'known_today'
    AND s.on_date = rc.as_of_date
    AND s.figure_code IN ('R1', 'H1', 'H2', 'H3')
)
SELECT
  CAST(coalesce(f.area_code, p.area_code) AS varchar) AS area_code,
  CAST(coalesce(f.figure_code, p.figure_code) AS varchar) AS figure_code,
  f.n,
  p.n AS n_series,
  f.d,
  p.d AS d_series
FROM figure AS f
FULL OUTER JOIN last_point AS p
  ON p.area_code = f.area_code
 AND p.figure_code = f.figure_code
WHERE f.n IS DISTINCT FROM p.n
  OR f.d IS DISTINCT FROM p.d
