-- int_gate_pace: counties started a day, least squares over the days of the window, in integers.
-- grain: area_code
-- reads: dim_date, int_area_county, int_county_launch, int_rule, run_context
-- columns:
--   area_code varchar: 51 or 5101
--   pace_num bigint: m * sum(x*y) - sum(x) * sum(y)
--   pace_den bigint: m * sum(x*x) - sum(x) * sum(x); 51156 for 28 days
-- rule: [四] Gates of figures.md; the last days are left out, for they still fill up
WITH spine AS (
  SELECT
    r.area_code,
    d.day_on,
    r.pace_lag_days + r.pace_window_days - 1 - date_diff('day', d.day_on, rc.as_of_date) AS x
  FROM int_rule AS r
  CROSS JOIN run_context AS rc
  CROSS JOIN dim_date AS d
  WHERE r.area_level <> 'county'
    AND d.day_on <= rc.as_of_date
    AND date_diff('day', d.day_on, rc.as_of_date) >= r.pace_lag_days
    AND date_diff('day', d.day_on, rc.as_of_date) < r.pace_lag_days + r.pace_window_days
),
counted AS (
  SELECT
    s.area_code,
    s.x,
    count(*) FILTER (WHERE l.started_on <= s.day_on) AS y
  FROM spine AS s
  JOIN int_area_county AS a
    ON a.area_code = s.area_code
  JOIN int_county_launch AS l
    ON l.county_code = a.county_code
  GROUP BY s.area_code, s.x
)
SELECT
  CAST(c.area_code AS varchar) AS area_code,
  count(*) * CAST(sum(c.x * c.y) AS bigint)
    - CAST(sum(c.x) AS bigint) * CAST(sum(c.y) AS bigint) AS pace_num,
  count(*) * CAST(sum(c.x * c.x) AS bigint)
    - CAST(sum(c.x) AS bigint) * CAST(sum(c.x) AS bigint) AS pace_den
FROM counted AS c
GROUP BY c.area_code
