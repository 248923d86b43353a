-- int_figure_declared_only: counties that declared a launch long ago, without training: I6.
-- grain: area_code
-- reads: int_area_county, int_county_launch, int_rule, run_context
-- columns:
--   area_code varchar: 51 or 5101
--   area_level varchar: province, city
--   n bigint: such counties
--   d bigint: counties
-- rule: [五.三] I6 of figures.md
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  count(*) FILTER (
    WHERE l.state = 'declared_only'
      AND date_diff('day', l.declared_on, rc.as_of_date) > r.flag_declared_days
  ) AS n,
  count(*) AS d
FROM int_area_county AS a
CROSS JOIN run_context AS rc
JOIN int_county_launch AS l
  ON l.county_code = a.county_code
JOIN int_rule AS r
  ON r.area_code = a.county_code
WHERE a.area_level <> 'county'
GROUP BY a.area_code, a.area_level
