-- int_teacher_completion: credited seconds of each teacher, and the day on which they sufficed.
-- grain: teacher_no
-- reads: int_credit_row, int_rule, int_school, int_teacher_assignment, run_context
-- columns:
--   teacher_no varchar: number on the roll
--   school_code varchar: school in force on the day
--   employment_status varchar: status in force on the day
--   online_seconds bigint: credited
--   practice_seconds bigint: credited
--   required_online_seconds bigint: by the rule of the own county
--   required_practice_seconds bigint: by the rule of the own county
--   completed_on date: first day on which both were reached, NULL if not
-- rule: [二.1] 50 hours, of which online 20 and practice 30
WITH placed AS (
  SELECT
    a.teacher_no,
    a.school_code,
    a.employment_status,
    coalesce(k.required_online_seconds, p.required_online_seconds) AS required_online_seconds,
    coalesce(k.required_practice_seconds, p.required_practice_seconds)
      AS required_practice_seconds
  FROM int_teacher_assignment AS a
  CROSS JOIN run_context AS rc
  CROSS JOIN int_rule AS p
  LEFT JOIN int_school AS s
    ON s.school_code = a.school_code
  LEFT JOIN int_rule AS k
    ON k.area_code = s.county_code
  WHERE p.area_level = 'province'
    AND a.valid_from <= rc.as_of_date
    AND a.valid_to > rc.as_of_date
),
daily AS (
  SELECT
    c.teacher_no,
    c.event_on,
    coalesce(CAST(sum(c.credit_seconds) FILTER (WHERE c.category = 'online') AS bigint), 0)
      AS online_seconds,
    coalesce(CAST(sum(c.credit_seconds) FILTER (WHERE c.category = 'practice') AS bigint), 0)
      AS practice_seconds
  FROM int_credit_row AS c
  WHERE c.outcome = 'credited'
  GROUP BY c.teacher_no, c.event_on
),
running AS (
  SELECT
    d.teacher_no,
    d.event_on,
    CAST(sum(d.online_seconds) OVER (
      PARTITION BY d.teacher_no ORDER BY d.event_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS online_seconds,
    CAST(sum(d.practice_seconds) OVER (
      PARTITION BY d.teacher_no ORDER BY d.event_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS practice_seconds
  FROM daily AS d
)
SELECT
  CAST(p.teacher_no AS varchar) AS teacher_no,
  CAST(p.school_code AS varchar) AS school_code,
  CAST(p.employment_status AS varchar) AS employment_status,
  coalesce(max(r.online_seconds), 0) AS online_seconds,
  coalesce(max(r.practice_seconds), 0) AS practice_seconds,
  p.required_online_seconds,
  p.required_practice_seconds,
  min(r.event_on) FILTER (
    WHERE r.online_seconds >= p.required_online_seconds
      AND r.practice_seconds >= p.required_practice_seconds
  ) AS completed_on
FROM placed AS p
LEFT JOIN running AS r
  ON r.teacher_no = p.teacher_no
GROUP BY p.teacher_no, p.school_code, p.employment_status, p.required_online_seconds,
  p.required_practice_seconds
