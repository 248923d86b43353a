-- mart_school: schools of the newest school roll, for lists and pages.
-- grain: school_code
-- reads: int_school, int_teacher_state
-- columns:
--   school_code varchar: 10 digits
--   school_name varchar: as exported
--   county_code varchar: 6 digits
--   city_code varchar: 4 digits
--   school_type varchar: school, village_school, teaching_point
--   place_type varchar: urban, town, rural
--   n_teachers bigint: teachers of the denominator
-- rule: [三.四] schools advance as a whole; names and sizes for lists
SELECT
  CAST(s.school_code AS varchar) AS school_code,
  CAST(s.school_name AS varchar) AS school_name,
  CAST(s.county_code AS varchar) AS county_code,
  CAST(s.city_code AS varchar) AS city_code,
  CAST(s.school_type AS varchar) AS school_type,
  CAST(s.place_type AS varchar) AS place_type,
  count(t.teacher_no) AS n_teachers
FROM int_school AS s
LEFT JOIN int_teacher_state AS t
  ON t.school_code = s.school_code
 AND t.in_denominator
WHERE s.is_on_roll
GROUP BY s.school_code, s.school_name, s.county_code, s.city_code, s.school_type, s.place_type
