-- int_area_county: which counties are added up in which area.
-- grain: area_code, county_code
-- reads: int_area
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   county_code varchar: a county of the area
-- rule: [四] progress is counted in counties, of cities and of the province
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  CAST(c.county_code AS varchar) AS county_code
FROM int_area AS a
JOIN int_area AS c
  ON c.province_code = a.province_code
WHERE c.area_level = 'county'
  AND (a.area_level = 'province'
    OR (a.area_level = 'city' AND a.city_code = c.city_code)
    OR a.area_code = c.area_code)
