-- int_school_team: schools with a management team in the denominator, and whether all completed.
-- grain: school_code
-- reads: int_person, int_teacher_state
-- columns:
--   school_code varchar: 10 digits
--   county_code varchar: 6 digits
--   is_complete boolean: every one of the team is complete
-- rule: [二.2] L2 of figures.md: posts 管理团队 and 校长 of the newest roll version
SELECT
  CAST(t.school_code AS varchar) AS school_code,
  CAST(t.county_code AS varchar) AS county_code,
  bool_and(t.is_complete) AS is_complete
FROM int_teacher_state AS t
JOIN int_person AS p
  ON p.teacher_no = t.teacher_no
WHERE t.in_denominator
  AND (p.post = 'management_team' OR p.post = 'principal')
GROUP BY t.school_code, t.county_code
