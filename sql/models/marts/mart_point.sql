-- mart_point: figures of the day that the series of later runs take up as known then.
-- grain: area_code, figure_code
-- reads: mart_figure, run_context
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   figure_code varchar: R1, H1, H2, H3, A4
--   known_on date: the as-of day
--   n bigint: numerator
--   d bigint: denominator, never 0
-- rule: [五.三] Series of figures.md
SELECT
  CAST(f.area_code AS varchar) AS area_code,
  CAST(f.figure_code AS varchar) AS figure_code,
  rc.as_of_date AS known_on,
  f.n,
  f.d
FROM mart_figure AS f
CROSS JOIN run_context AS rc
WHERE f.segment_code = 'all'
  AND f.area_level <> 'school'
  AND f.figure_code IN ('R1', 'H1', 'H2', 'H3', 'A4')
