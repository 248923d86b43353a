-- int_teacher_state: one row a teacher ever on a roll, as of the day.
-- grain: teacher_no
-- reads: int_person, int_school, int_teacher_ability, int_teacher_completion, run_context
-- columns:
--   teacher_no varchar: number on the roll
--   school_code varchar: school in force on the day
--   county_code varchar: of that school, NULL if no roll ever knew it
--   city_code varchar: of that school
--   is_on_roll boolean: on the newest teacher roll
--   is_in_post boolean: the entry in force says so
--   in_denominator boolean: on the roll, in post, at a school in operation
--   is_deep_poverty_rural boolean: town or rural school of a deep-poverty county
--   is_ethnic boolean: county of an ethnic area
--   is_village boolean: village school or teaching point
--   is_poverty boolean: poverty county
--   is_three_prefectures boolean: county of the three prefectures
--   online_seconds bigint: credited
--   practice_seconds bigint: credited
--   required_online_seconds bigint: by the rule of the own county
--   required_practice_seconds bigint: by the rule of the own county
--   is_complete boolean: both are reached
--   completed_on date: first day on which both were reached, NULL if not
--   has_chosen boolean: chose points enough for the school's valid choice (A2)
--   is_capable boolean: passed points enough for it (A3)
-- rule: [二.1] Denominator and Segments of figures.md
SELECT
  CAST(t.teacher_no AS varchar) AS teacher_no,
  CAST(t.school_code AS varchar) AS school_code,
  CAST(s.county_code AS varchar) AS county_code,
  CAST(s.city_code AS varchar) AS city_code,
  p.is_on_roll,
  coalesce(t.employment_status = 'in_post', false) AS is_in_post,
  p.is_on_roll
    AND coalesce(t.employment_status = 'in_post', false)
    AND coalesce(s.is_on_roll, false)
    AND coalesce(s.closed_on > rc.as_of_date, true)
    AND coalesce(s.opened_on <= rc.as_of_date, true) AS in_denominator,
  coalesce(s.is_deep_poverty AND (s.place_type = 'town' OR s.place_type = 'rural'), false)
    AS is_deep_poverty_rural,
  coalesce(s.is_ethnic, false) AS is_ethnic,
  coalesce(s.school_type = 'village_school' OR s.school_type = 'teaching_point', false)
    AS is_village,
  coalesce(s.is_poverty, false) AS is_poverty,
  coalesce(s.is_three_prefectures, false) AS is_three_prefectures,
  t.online_seconds,
  t.practice_seconds,
  t.required_online_seconds,
  t.required_practice_seconds,
  t.online_seconds >= t.required_online_seconds
    AND t.practice_seconds >= t.required_practice_seconds AS is_complete,
  t.completed_on,
  coalesce(a.chosen_on <= rc.as_of_date, false) AS has_chosen,
  coalesce(a.capable_on <= rc.as_of_date, false) AS is_capable
FROM int_teacher_completion AS t
CROSS JOIN run_context AS rc
JOIN int_person AS p
  ON p.teacher_no = t.teacher_no
LEFT JOIN int_school AS s
  ON s.school_code = t.school_code
LEFT JOIN int_teacher_ability AS a
  ON a.teacher_no = t.teacher_no
 AND a.school_code = t.school_code
 AND a.from_on <= rc.as_of_date
 AND a.until_on > rc.as_of_date
