-- int_flag_school: teachers who did the same as their school: I3 and I4.
-- grain: flag_code, teacher_no
-- reads: int_flag_row, int_rule, int_teacher_state
-- columns:
--   flag_code varchar: I3, I4
--   teacher_no varchar: teacher of the denominator
-- rule: [五.三] I3 one event second; I4 equal totals and an equal newest second of all (figures.md)
WITH moment AS (
  SELECT DISTINCT f.school_code, f.county_code, f.teacher_no, f.event_at
  FROM int_flag_row AS f
  WHERE f.outcome = 'credited'
    AND f.event_at IS NOT NULL
),
crowded AS (
  SELECT m.school_code, m.event_at
  FROM moment AS m
  JOIN int_rule AS r
    ON r.area_code = m.county_code
  GROUP BY m.school_code, m.event_at, r.flag_same_second_teachers
  HAVING count(*) >= r.flag_same_second_teachers
),
newest AS (
  SELECT f.teacher_no, max(f.event_on) AS newest_on, max(f.event_at) AS newest_at
  FROM int_flag_row AS f
  WHERE f.outcome = 'credited'
  GROUP BY f.teacher_no
),
total AS (
  SELECT
    t.school_code,
    t.county_code,
    t.online_seconds,
    t.practice_seconds,
    CASE WHEN CAST(n.newest_at AS date) = n.newest_on THEN n.newest_at END AS newest_at
  FROM int_teacher_state AS t
  LEFT JOIN newest AS n
    ON n.teacher_no = t.teacher_no
  WHERE t.in_denominator
),
uniform AS (
  SELECT t.school_code
  FROM total AS t
  JOIN int_rule AS r
    ON r.area_code = t.county_code
  GROUP BY t.school_code, r.flag_same_total_teachers
  HAVING count(*) >= r.flag_same_total_teachers
    AND count(t.newest_at) = count(*)
    AND min(t.newest_at) = max(t.newest_at)
    AND min(t.online_seconds) = max(t.online_seconds)
    AND min(t.practice_seconds) = max(t.practice_seconds)
    AND max(t.online_seconds) + max(t.practice_seconds) > 0
)
SELECT DISTINCT
  CAST('I3' AS varchar) AS flag_code,
  CAST(m.teacher_no AS varchar) AS teacher_no
FROM moment AS m
JOIN crowded AS c
  ON c.school_code = m.school_code
 AND c.event_at = m.event_at
UNION ALL
SELECT
  CAST('I4' AS varchar) AS flag_code,
  CAST(t.teacher_no AS varchar) AS teacher_no
FROM int_teacher_state AS t
JOIN uniform AS u
  ON u.school_code = t.school_code
WHERE t.in_denominator
