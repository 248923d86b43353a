-- mart_figure: the one table of figures.
-- grain: area_code, segment_code, figure_code
-- reads: int_figure_completion, int_figure_data, int_figure_declared_only, int_figure_filing,
--   int_figure_flag, int_figure_gap, int_figure_gate, int_figure_hours,
--   int_figure_hours_reported, int_figure_index, int_figure_practice, int_figure_programme,
--   int_figure_quality, int_figure_review, int_figure_rollout, int_figure_school,
--   int_figure_spot_check
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
-- rule: [五.三] the figures table of figures.md; no row where d would be 0
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
  UNION ALL
  SELECT
    h4.area_code, h4.area_level, CAST('all' AS varchar) AS segment_code, h4.figure_code, h4.n,
    h4.d, CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target, h4.state_code,
    CAST(NULL AS date) AS on_date
  FROM int_figure_practice AS h4
  UNION ALL
  SELECT
    s.area_code, s.area_level, CAST('all' AS varchar) AS segment_code, s.figure_code, s.n, s.d,
    CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target,
    CAST(NULL AS varchar) AS state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_school AS s
  UNION ALL
  SELECT
    f.area_code, f.area_level, CAST('all' AS varchar) AS segment_code, f.figure_code, f.n, f.d,
    CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target, f.state_code,
    CAST(NULL AS date) AS on_date
  FROM int_figure_filing AS f
  UNION ALL
  SELECT
    v.area_code, v.area_level, CAST('all' AS varchar) AS segment_code, v.figure_code, v.n,
    CAST(NULL AS bigint) AS d, CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target,
    CAST(NULL AS varchar) AS state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_review AS v
  UNION ALL
  SELECT
    l.area_code, l.area_level, CAST('all' AS varchar) AS segment_code, l.figure_code, l.n, l.d,
    CAST(NULL AS double) AS share, l.target, l.state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_programme AS l
  UNION ALL
  SELECT
    e.area_code, e.area_level, CAST('all' AS varchar) AS segment_code, e.figure_code, e.n, e.d,
    CAST(NULL AS double) AS share, e.target, CAST(NULL AS varchar) AS state_code,
    CAST(NULL AS date) AS on_date
  FROM int_figure_quality AS e
  UNION ALL
  SELECT
    k.area_code, k.area_level, CAST('all' AS varchar) AS segment_code, k.figure_code, k.n, k.d,
    k.share, CAST(NULL AS bigint) AS target, CAST(NULL AS varchar) AS state_code,
    CAST(NULL AS date) AS on_date
  FROM int_figure_spot_check AS k
  UNION ALL
  SELECT
    i.area_code, i.area_level, CAST('all' AS varchar) AS segment_code, i.figure_code, i.n, i.d,
    CAST(NULL AS double) AS share, CAST(NULL AS bigint) AS target,
    CAST(NULL AS varchar) AS state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_flag AS i
  UNION ALL
  SELECT
    x.area_code, x.area_level, CAST('all' AS varchar) AS segment_code,
    CAST('I6' AS varchar) AS figure_code, x.n, x.d, CAST(NULL AS double) AS share,
    CAST(NULL AS bigint) AS target, CAST(NULL AS varchar) AS state_code,
    CAST(NULL AS date) AS on_date
  FROM int_figure_declared_only AS x
  UNION ALL
  SELECT
    y.area_code, CAST('county' AS varchar) AS area_level,
    CAST('all' AS varchar) AS segment_code, y.figure_code, y.n, CAST(NULL AS bigint) AS d,
    y.share, y.target, CAST(NULL AS varchar) AS state_code, CAST(NULL AS date) AS on_date
  FROM int_figure_index AS y
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
