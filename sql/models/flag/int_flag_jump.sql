-- int_flag_jump: teachers of schools where too many completed within three days: I5.
-- grain: flag_code, teacher_no
-- reads: int_flag_row, int_rule, int_teacher_state
-- columns:
--   flag_code varchar: I5
--   teacher_no varchar: teacher of the denominator
-- rule: [五.三] I5 of figures.md: only those with a row of an original system on their completing day
WITH jumper AS (
  SELECT DISTINCT t.school_code, t.teacher_no, t.completed_on
  FROM int_teacher_state AS t
  JOIN int_flag_row AS f
    ON f.teacher_no = t.teacher_no
   AND f.event_on = t.completed_on
  WHERE t.in_denominator
    AND t.is_complete
    AND f.outcome = 'credited'
    AND f.system <> 'ntms'
    AND f.system <> 'credit'
    AND f.system <> 'registry'
),
by_day AS (
  SELECT j.school_code, j.completed_on, count(*) AS n_jumpers
  FROM jumper AS j
  GROUP BY j.school_code, j.completed_on
),
large AS (
  SELECT t.school_code, r.flag_jump_percent, count(*) AS n_teachers
  FROM int_teacher_state AS t
  JOIN int_rule AS r
    ON r.area_code = t.county_code
  WHERE t.in_denominator
  GROUP BY t.school_code, r.flag_jump_percent, r.flag_jump_teachers
  HAVING count(*) >= r.flag_jump_teachers
),
span AS (
  -- Every span of three days begins on a day on which someone completed.
  SELECT b.school_code, b.completed_on AS first_on
  FROM by_day AS b
  JOIN by_day AS n
    ON n.school_code = b.school_code
  JOIN large AS l
    ON l.school_code = b.school_code
  WHERE n.completed_on >= b.completed_on
    AND date_diff('day', b.completed_on, n.completed_on) < 3
  GROUP BY b.school_code, b.completed_on, l.n_teachers, l.flag_jump_percent
  HAVING CAST(sum(n.n_jumpers) AS bigint) * 100 > l.flag_jump_percent * l.n_teachers
)
SELECT DISTINCT
  CAST('I5' AS varchar) AS flag_code,
  CAST(j.teacher_no AS varchar) AS teacher_no
FROM jumper AS j
JOIN span AS s
  ON s.school_code = j.school_code
WHERE j.completed_on >= s.first_on
  AND date_diff('day', s.first_on, j.completed_on) < 3
