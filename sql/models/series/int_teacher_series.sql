-- int_teacher_series: state of each teacher of the denominator, from one change to the next.
-- grain: teacher_no, series_on
-- reads: int_parameter, int_person, int_school, int_teacher_ability, int_teacher_assignment,
--   int_teacher_change
-- columns:
--   teacher_no varchar: number on the roll
--   series_on date: first series day of the state
--   until_on date: first series day on which it is no longer so, NULL if it still is
--   county_code varchar: county in force
--   online_seconds bigint: credited by then
--   practice_seconds bigint: credited by then
--   required_online_seconds bigint: by the county's rule of that day
--   required_practice_seconds bigint: by the county's rule of that day
--   is_capable boolean: passed points enough for the school's choice of that day
-- rule: [二.1] as known today: every day by today's knowledge
WITH running AS (
  SELECT
    c.teacher_no,
    c.series_on,
    lead(c.series_on) OVER (PARTITION BY c.teacher_no ORDER BY c.series_on) AS until_on,
    CAST(sum(c.online_seconds) OVER (
      PARTITION BY c.teacher_no ORDER BY c.series_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS online_seconds,
    CAST(sum(c.practice_seconds) OVER (
      PARTITION BY c.teacher_no ORDER BY c.series_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS practice_seconds
  FROM int_teacher_change AS c
),
required AS (
  SELECT p.area_code, p.parameter, p.valid_from, p.valid_to, p.value_number
  FROM int_parameter AS p
  WHERE p.parameter = 'required_online_seconds'
    OR p.parameter = 'required_practice_seconds'
)
SELECT
  CAST(r.teacher_no AS varchar) AS teacher_no,
  r.series_on,
  r.until_on,
  CAST(s.county_code AS varchar) AS county_code,
  r.online_seconds,
  r.practice_seconds,
  o.value_number AS required_online_seconds,
  q.value_number AS required_practice_seconds,
  coalesce(b.capable_on <= r.series_on, false) AS is_capable
FROM running AS r
JOIN int_person AS i
  ON i.teacher_no = r.teacher_no
JOIN int_teacher_assignment AS a
  ON a.teacher_no = r.teacher_no
JOIN int_school AS s
  ON s.school_code = a.school_code
JOIN required AS o
  ON o.area_code = s.county_code
 AND o.parameter = 'required_online_seconds'
JOIN required AS q
  ON q.area_code = s.county_code
 AND q.parameter = 'required_practice_seconds'
LEFT JOIN int_teacher_ability AS b
  ON b.teacher_no = r.teacher_no
 AND b.school_code = a.school_code
 AND b.from_on <= r.series_on
 AND b.until_on > r.series_on
WHERE i.is_on_roll
  AND a.valid_from <= r.series_on
  AND a.valid_to > r.series_on
  AND a.employment_status = 'in_post'
  AND s.is_on_roll
  AND coalesce(s.closed_on > r.series_on, true)
  AND coalesce(s.opened_on <= r.series_on, true)
  AND o.valid_from <= r.series_on
  AND o.valid_to > r.series_on
  AND q.valid_from <= r.series_on
  AND q.valid_to > r.series_on
