-- int_figure_gate: gate, pace and need of a province or city.
-- grain: area_code, figure_code
-- reads: int_gate, int_rule, run_context
-- columns:
--   area_code varchar: 51 or 5101
--   area_level varchar: province, city
--   figure_code varchar: gate_20 to need_100
--   n bigint: counties started; numerator of the pace; counties short
--   d bigint: counties; denominator of the pace; days left
--   target bigint: of a gate: counties needed
--   state_code varchar: of a gate
--   on_date date: of a gate: day reached, or projected
-- rule: [四] Gates of figures.md
WITH stated AS (
  SELECT
    g.area_code,
    g.area_level,
    CAST(g.gate_pct AS varchar) AS gate,
    g.due_on,
    g.n_counties,
    g.n_started,
    g.n_needed,
    g.reached_on,
    g.n_days_left,
    g.pace_num,
    g.pace_den,
    r.projection_limit_days,
    g.n_needed - g.n_started AS n_short,
    CAST(CASE
      WHEN g.reached_on IS NOT NULL AND g.reached_on <= g.due_on THEN 'reached'
      WHEN g.reached_on IS NOT NULL THEN 'reached_late'
      WHEN g.n_started = 0 THEN 'not_begun'
      WHEN g.n_days_left < 0 THEN 'missed'
      WHEN g.pace_num = 0 THEN 'stalled'
      WHEN g.pace_num * g.n_days_left >= (g.n_needed - g.n_started) * g.pace_den THEN 'on_track'
      ELSE 'behind'
    END AS varchar) AS state_code
  FROM int_gate AS g
  JOIN int_rule AS r
    ON r.area_code = g.area_code
),
projected AS (
  SELECT
    s.area_code, s.area_level, s.gate, s.n_counties, s.n_started, s.n_needed, s.reached_on,
    s.n_days_left, s.pace_num, s.pace_den, s.n_short, s.state_code, s.projection_limit_days,
    CASE
      WHEN s.state_code = 'on_track' OR s.state_code = 'behind' THEN CAST(ceil(
        CAST(s.n_short * s.pace_den AS double) / CAST(nullif(s.pace_num, 0) AS double)
      ) AS bigint)
    END AS n_days_ahead
  FROM stated AS s
)
SELECT
  CAST(p.area_code AS varchar) AS area_code,
  CAST(p.area_level AS varchar) AS area_level,
  CAST('gate_' || p.gate AS varchar) AS figure_code,
  p.n_started AS n,
  p.n_counties AS d,
  p.n_needed AS target,
  CAST(p.state_code AS varchar) AS state_code,
  CASE
    WHEN p.reached_on IS NOT NULL THEN p.reached_on
    WHEN p.n_days_ahead - p.n_days_left <= p.projection_limit_days
      THEN CAST(rc.as_of_date + p.n_days_ahead * INTERVAL '1' DAY AS date)
  END AS on_date
FROM projected AS p
CROSS JOIN run_context AS rc
UNION ALL
SELECT
  CAST(p.area_code AS varchar) AS area_code,
  CAST(p.area_level AS varchar) AS area_level,
  CAST('pace_' || p.gate AS varchar) AS figure_code,
  p.pace_num AS n,
  p.pace_den AS d,
  CAST(NULL AS bigint) AS target,
  CAST(NULL AS varchar) AS state_code,
  CAST(NULL AS date) AS on_date
FROM projected AS p
WHERE p.n_days_left >= 0
  AND p.n_started > 0
UNION ALL
SELECT
  CAST(p.area_code AS varchar) AS area_code,
  CAST(p.area_level AS varchar) AS area_level,
  CAST('need_' || p.gate AS varchar) AS figure_code,
  p.n_short AS n,
  p.n_days_left AS d,
  CAST(NULL AS bigint) AS target,
  CAST(NULL AS varchar) AS state_code,
  CAST(NULL AS date) AS on_date
FROM projected AS p
WHERE p.n_days_left > 0
  AND p.reached_on IS NULL
