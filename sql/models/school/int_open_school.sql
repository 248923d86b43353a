-- int_open_school: schools in operation on the day.
-- grain: school_code
-- reads: int_school, run_context
-- columns:
--   school_code varchar: 10 digits
--   county_code varchar: 6 digits
--   city_code varchar: 4 digits
--   is_village boolean: village school or teaching point
--   is_smart_education boolean: smart-education school
--   has_cio boolean: names a CIO
-- rule: [二.1] Denominator of figures.md: on the newest roll, opened, not yet closed
SELECT
  CAST(s.school_code AS varchar) AS school_code,
  CAST(s.county_code AS varchar) AS county_code,
  CAST(s.city_code AS varchar) AS city_code,
  coalesce(s.school_type = 'village_school' OR s.school_type = 'teaching_point', false)
    AS is_village,
  s.is_smart_education,
  s.has_cio
FROM int_school AS s
CROSS JOIN run_context AS rc
WHERE s.is_on_roll
  AND s.city_code IS NOT NULL
  AND coalesce(s.closed_on > rc.as_of_date, true)
  AND coalesce(s.opened_on <= rc.as_of_date, true)
