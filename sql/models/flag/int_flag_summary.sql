-- int_flag_summary: teachers whose summaries say more than the originals: I7 and I8.
-- grain: flag_code, teacher_no
-- reads: int_credit_row, int_system_rank, int_teacher_state
-- columns:
--   flag_code varchar: I7, I8
--   teacher_no varchar: teacher of the denominator
-- rule: [五.三] I7 the original is not passed; I8 fewer seconds counted than one losing system has
WITH unfinished AS (
  SELECT c.teacher_no, c.training, min(s.system_rank) AS system_rank
  FROM int_credit_row AS c
  JOIN int_system_rank AS s
    ON s.system = c.system
  WHERE c.outcome = 'not_passed'
    AND c.teacher_no IS NOT NULL
  GROUP BY c.teacher_no, c.training
),
by_system AS (
  SELECT
    c.teacher_no, c.training, c.category, c.system, c.outcome,
    CAST(sum(c.credit_seconds) AS bigint) AS credit_seconds
  FROM int_credit_row AS c
  WHERE c.outcome = 'credited'
    OR c.outcome = 'cross_system_duplicate'
  GROUP BY c.teacher_no, c.training, c.category, c.system, c.outcome
),
flagged AS (
  SELECT CAST('I7' AS varchar) AS flag_code, c.teacher_no
  FROM int_credit_row AS c
  JOIN int_system_rank AS s
    ON s.system = c.system
  JOIN unfinished AS u
    ON u.teacher_no = c.teacher_no
   AND u.training = c.training
  WHERE c.outcome = 'credited'
    AND (c.system = 'ntms' OR c.system = 'credit' OR c.system = 'registry')
    AND u.system_rank < s.system_rank
  UNION
  SELECT CAST('I8' AS varchar) AS flag_code, w.teacher_no
  FROM by_system AS w
  JOIN by_system AS l
    ON l.teacher_no = w.teacher_no
   AND l.training = w.training
   AND l.category = w.category
  WHERE w.outcome = 'credited'
    AND l.outcome = 'cross_system_duplicate'
    AND w.credit_seconds < l.credit_seconds
)
SELECT
  CAST(f.flag_code AS varchar) AS flag_code,
  CAST(f.teacher_no AS varchar) AS teacher_no
FROM flagged AS f
JOIN int_teacher_state AS t
  ON t.teacher_no = f.teacher_no
WHERE t.in_denominator
