-- int_person: one row a teacher ever on a roll.
-- grain: teacher_no
-- reads: src_teacher
-- columns:
--   teacher_no varchar: number on the roll
--   person_token varchar: token of the newest roll version, NULL if it has none
--   post varchar: post of the newest roll version
--   is_only_bearer boolean: no other teacher's newest version has this token
--   is_on_roll boolean: on the newest teacher roll
-- rule: [五.三] Matched of figures.md: who was ever on a roll stays known
WITH ranked AS (
  SELECT
    t.teacher_no,
    t.person_token,
    t.post,
    first_value(t.is_retraction) OVER (
      PARTITION BY t.teacher_no
      ORDER BY t.known_on DESC, t.is_retraction, t.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    t.is_retraction,
    row_number() OVER (
      PARTITION BY t.teacher_no
      ORDER BY t.is_retraction, t.record_version DESC, t.known_on DESC, t.export_seq DESC
    ) AS version_rank
  FROM src_teacher AS t
  WHERE t.teacher_no IS NOT NULL
)
SELECT
  CAST(r.teacher_no AS varchar) AS teacher_no,
  CAST(r.person_token AS varchar) AS person_token,
  CAST(r.post AS varchar) AS post,
  r.person_token IS NOT NULL
    AND count(*) OVER (PARTITION BY r.person_token) = 1 AS is_only_bearer,
  NOT r.is_gone AS is_on_roll
FROM ranked AS r
WHERE r.version_rank = 1
  AND NOT r.is_retraction
