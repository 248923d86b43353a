-- int_index_share: the shares that the supervision index of a county is made of.
-- grain: county_code, segment_code, figure_code
-- reads: int_figure_filing, int_figure_flag, int_figure_hours, int_figure_quality,
--   int_figure_school
-- columns:
--   county_code varchar: 6 digits
--   segment_code varchar: all or a helped group
--   figure_code varchar: H3, A4, L1, L2, P2, Q_expert, Q_trainee, Q_third, I_any
--   n bigint: numerator
--   d bigint: denominator
--   share double: n / d
-- rule: [五.三] S parts of figures.md
WITH part AS (
  SELECT h.area_code, h.area_level, h.segment_code, h.figure_code, h.n, h.d
  FROM int_figure_hours AS h
  WHERE h.figure_code = 'H3'
    OR h.figure_code = 'A4'
  UNION ALL
  SELECT
    s.area_code, s.area_level, CAST('all' AS varchar) AS segment_code, s.figure_code, s.n, s.d
  FROM int_figure_school AS s
  WHERE s.figure_code = 'L1'
    OR s.figure_code = 'L2'
  UNION ALL
  SELECT
    f.area_code, f.area_level, CAST('all' AS varchar) AS segment_code, f.figure_code, f.n, f.d
  FROM int_figure_filing AS f
  WHERE f.figure_code = 'P2'
  UNION ALL
  SELECT
    q.area_code, q.area_level, CAST('all' AS varchar) AS segment_code, q.figure_code, q.n, q.d
  FROM int_figure_quality AS q
  UNION ALL
  SELECT
    i.area_code, i.area_level, CAST('all' AS varchar) AS segment_code, i.figure_code, i.n, i.d
  FROM int_figure_flag AS i
  WHERE i.figure_code = 'I_any'
)
SELECT
  CAST(p.area_code AS varchar) AS county_code,
  CAST(p.segment_code AS varchar) AS segment_code,
  CAST(p.figure_code AS varchar) AS figure_code,
  p.n,
  p.d,
  CAST(p.n AS double) / CAST(nullif(p.d, 0) AS double) AS share
FROM part AS p
WHERE p.area_level = 'county'
  AND p.d > 0
