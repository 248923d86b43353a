-- mart_figure: the one table of figures.
-- grain: area_code, segment_code, figure_code
-- reads: int_figure_completion, int_figure_data, int_figure_gap, int_figure_gate,
--   int_figure_hours, int_figure_hours_reported, int_figure_rollout
-- columns:
--   area_code varchar: 51, 5101, 510104 or a school's 10 digits
--   area_level varchar: province, city, county, school
--   segment_code varchar: all, a helped group, or a system
--   figure_code varchar: code of seeds/figures.csv
--   n bigint: numerator
--   d bigint: denominator, never 0
--   share double: n / d, NULL where not reported
--   target bigint: what n is to reach
--   state_code varchar: code of seeds/states.csv
--   on_date date: day that belongs to the state
WITH part AS (
  SELECT
    r.area_code, r.area_level, CAST('all' AS varchar) AS segment_code, r.figure_code, r.n, r.d,
    CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target, r.state_code, r.on_date
  FROM int_figure_rollout AS r
  UNION ALL
  SELECT
    g.area_code, g.area_level, CAST('all' AS varchar) AS segment_code, g.figure_code, g.n, g.d,
    CAST(NULL AS double) AS share, g.target, g.state_code, g.on_date
  FROM int_figure_gate AS g
  UNION ALL
  SELECT
    c.area_code, CAST('county' AS varchar) AS area_level, CAST('all' AS varchar) AS segment_code,
    CAST('gate_completion' AS varchar) AS figure_code, c.n, c.d, CAST(NULL AS double) AS share,
    CAST(NULL AS bigint) AS target, c.state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_completion AS c
  UNION ALL
  SELECT
    h.area_code, h.area_level, h.segment_code, h.figure_code, h.n, h.d,
    CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target, h.state_code,
    CAST(NULL AS date) AS on_date
  FROM int_figure_hours AS h
  UNION ALL
  SELECT
    o.area_code, o.area_level, CAST('all' AS varchar) AS segment_code, o.figure_code, o.n, o.d,
    CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target,
    CAST(NULL AS varchar) AS state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_hours_reported AS o
  UNION ALL
  SELECT
    p.area_code, p.area_level, p.segment_code, p.figure_code, CAST(NULL AS bigint) AS n,
    CAST(NULL AS bigint) AS d, p.share, CAST(NULL AS bigint) AS target, p.state_code,
    CAST(NULL AS date) AS on_date
  FROM int_figure_gap AS p
  UNION ALL
  SELECT
    q.area_code, CAST('province' AS varchar) AS area_level, q.segment_code, q.figure_code, q.n, q.d,
    CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target,
    CAST(NULL AS varchar) AS state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_data AS q
)
SELECT
  CAST(p.area_code AS varchar) AS area_code,
  CAST(p.area_level AS varchar) AS area_level,
  CAST(p.segment_code AS varchar) AS segment_code,
  CAST(p.figure_code AS varchar) AS figure_code,
  p.n,
  p.d,
  CASE
    WHEN p.state_code = 'not_reported' THEN NULL
    WHEN p.share IS NOT NULL THEN p.share
    ELSE CAST(p.n AS double) / CAST(nullif(p.d, 0) AS double)
  END AS share,
  p.target,
  CAST(p.state_code AS varchar) AS state_code,
  p.on_date
FROM part AS p
WHERE p.d IS NULL
  OR p.d > 0
