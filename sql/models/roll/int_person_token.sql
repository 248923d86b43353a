-- int_person_token: tokens that point to one person.
-- grain: person_token
-- reads: int_person
-- columns:
--   person_token varchar: token of an identity number
--   teacher_no varchar: the one teacher whose newest roll version has it
-- rule: [五.三] Matched of figures.md
SELECT
  CAST(p.person_token AS varchar) AS person_token,
  CAST(p.teacher_no AS varchar) AS teacher_no
FROM int_person AS p
WHERE p.is_only_bearer
