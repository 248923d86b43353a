-- int_figure_spot_check: spot checks not confirmed, with their 95 % Wilson interval.
-- grain: area_code, figure_code
-- reads: int_area, int_spot_check
-- columns:
--   area_code varchar: 51 or 5101
--   area_level varchar: province, city
--   figure_code varchar: Q_spot, Q_spot_low, Q_spot_high
--   n bigint: checks not confirmed; NULL for the bounds
--   d bigint: checks; NULL for the bounds
--   share double: bounds of the share, 0 to 1; NULL for Q_spot
-- rule: [三.二.1] Q of figures.md, z = 1.96
WITH counted AS (
  SELECT
    a.area_code,
    a.area_level,
    count(*) FILTER (WHERE NOT c.is_confirmed) AS n,
    count(*) AS d
  FROM int_spot_check AS c
  JOIN int_area AS a
    ON a.area_level = 'province'
    OR (a.area_level = 'city' AND a.area_code = c.city_code)
  GROUP BY a.area_code, a.area_level
),
term AS (
  SELECT
    c.area_code,
    c.area_level,
    c.n,
    c.d,
    CAST(c.n AS double) / CAST(nullif(c.d, 0) AS double) AS share,
    1.96E0 * 1.96E0 AS z_squared
  FROM counted AS c
),
middle AS (
  SELECT
    t.area_code,
    t.area_level,
    t.n,
    t.d,
    t.share + CAST(t.z_squared AS double) / CAST(nullif(2 * t.d, 0) AS double) AS centre,
    1.96E0 * sqrt(
      CAST(
        t.share * (1.0E0 - t.share)
        + CAST(t.z_squared AS double) / CAST(nullif(4 * t.d, 0) AS double)
      AS double) / CAST(nullif(t.d, 0) AS double)
    ) AS half_width,
    1.0E0 + CAST(t.z_squared AS double) / CAST(nullif(t.d, 0) AS double) AS scale
  FROM term AS t
),
bound AS (
  SELECT
    m.area_code,
    m.area_level,
    m.n,
    m.d,
    CAST(m.centre - m.half_width AS double) / CAST(nullif(m.scale, 0.0E0) AS double) AS low,
    CAST(m.centre + m.half_width AS double) / CAST(nullif(m.scale, 0.0E0) AS double) AS high
  FROM middle AS m
)
SELECT
  CAST(b.area_code AS varchar) AS area_code,
  CAST(b.area_level AS varchar) AS area_level,
  CAST(f.figure_code AS varchar) AS figure_code,
  CASE WHEN f.figure_code = 'Q_spot' THEN b.n END AS n,
  CASE WHEN f.figure_code = 'Q_spot' THEN b.d END AS d,
  CASE
    -- At the ends the bound is exact; the arithmetic of doubles is not.
    WHEN f.figure_code = 'Q_spot_low' AND b.n = 0 THEN 0.0E0
    WHEN f.figure_code = 'Q_spot_high' AND b.n = b.d THEN 1.0E0
    WHEN f.figure_code = 'Q_spot_low' THEN b.low
    WHEN f.figure_code = 'Q_spot_high' THEN b.high
  END AS share
FROM bound AS b
CROSS JOIN (
  VALUES ('Q_spot'), ('Q_spot_low'), ('Q_spot_high')
) AS f (figure_code)
