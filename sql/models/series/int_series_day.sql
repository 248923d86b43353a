-- int_series_day: days up to the as-of day, each with the first day of the series on or after it.
-- grain: day_on
-- reads: dim_date, int_rule, run_context
-- columns:
--   day_on date: calendar day
--   series_on date: first Sunday of the programme, or the as-of day, on or after it
-- rule: [四] Series of figures.md: Sundays and the day
WITH marked AS (
  SELECT
    d.day_on,
    CASE
      WHEN d.day_on = rc.as_of_date OR (d.is_sunday AND d.day_on >= r.first_on) THEN d.day_on
    END AS series_on
  FROM dim_date AS d
  CROSS JOIN run_context AS rc
  CROSS JOIN int_rule AS r
  WHERE r.area_level = 'province'
    AND d.day_on <= rc.as_of_date
)
SELECT
  m.day_on,
  min(m.series_on) OVER (
    ORDER BY m.day_on ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
  ) AS series_on
FROM marked AS m
