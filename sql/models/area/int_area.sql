-- int_area: one row an area that figures are made for, schools left out.
-- grain: area_code
-- reads: seed_divisions
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   province_code varchar: area that the area is part of, or itself
--   city_code varchar: the same; NULL for a province
--   county_code varchar: the same; NULL for a province or city
--   n_counties bigint: counties of the area
-- rule: [四] progress is counted in counties, of cities and of the province
SELECT
  CAST(CASE grouping(d.city_code, d.county_code)
    WHEN 0 THEN d.county_code
    WHEN 1 THEN d.city_code
    ELSE d.province_code
  END AS varchar) AS area_code,
  CAST(CASE grouping(d.city_code, d.county_code)
    WHEN 0 THEN 'county'
    WHEN 1 THEN 'city'
    ELSE 'province'
  END AS varchar) AS area_level,
  CAST(d.province_code AS varchar) AS province_code,
  CAST(d.city_code AS varchar) AS city_code,
  CAST(d.county_code AS varchar) AS county_code,
  count(*) AS n_counties
FROM (
  SELECT
    s.county_code,
    s.city_code,
    substr(s.county_code, 1, 2) AS province_code
  FROM seed_divisions AS s
) AS d
GROUP BY GROUPING SETS (
  (d.province_code, d.city_code, d.county_code),
  (d.province_code, d.city_code),
  (d.province_code)
)
