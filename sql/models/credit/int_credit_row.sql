-- int_credit_row: every sent version of a training, by category, with what became of it.
-- grain: relation, system, known_on, export_seq, category
-- reads: int_credit_part
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row; registry for programmes
--   teacher_no varchar: teacher to whom it belongs, NULL if nobody
--   training varchar: id of the crosswalk, else system:id
--   category varchar: online, practice
--   practice_kind varchar: evidence, research, recording
--   credit_seconds bigint: seconds
--   event_on date: day of the training
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
--   displaced_on date: first day on which a better system credits the same training, else NULL
--   outcome varchar: superseded to credited, as in figures.md
-- rule: [五.三] exactly once: the best system's rows of a training count, all of them (metrics.md)
WITH contradiction AS (
  SELECT p.teacher_no, p.training, p.category, min(p.system_rank) AS system_rank
  FROM int_credit_part AS p
  WHERE p.is_failed_original
    AND p.teacher_no IS NOT NULL
  GROUP BY p.teacher_no, p.training, p.category
),
judged AS (
  SELECT
    p.relation, p.system, p.system_rank, p.teacher_no, p.training, p.category,
    p.practice_kind, p.credit_seconds, p.event_on, p.known_on, p.export_seq,
    CASE
      WHEN p.own_outcome IS NOT NULL THEN p.own_outcome
      WHEN c.system_rank < p.system_rank THEN 'contradicted'
    END AS own_outcome
  FROM int_credit_part AS p
  LEFT JOIN contradiction AS c
    ON c.teacher_no = p.teacher_no
   AND c.training = p.training
   AND c.category = p.category
),
contested AS (
  SELECT j.teacher_no, j.training, j.category
  FROM judged AS j
  WHERE j.own_outcome IS NULL
  GROUP BY j.teacher_no, j.training, j.category
  HAVING min(j.system_rank) < max(j.system_rank)
),
by_system AS (
  SELECT j.teacher_no, j.training, j.category, j.system_rank, min(j.event_on) AS first_on
  FROM judged AS j
  JOIN contested AS o
    ON o.teacher_no = j.teacher_no
   AND o.training = j.training
   AND o.category = j.category
  WHERE j.own_outcome IS NULL
  GROUP BY j.teacher_no, j.training, j.category, j.system_rank
),
displaced AS (
  SELECT
    b.teacher_no, b.training, b.category, b.system_rank,
    min(b.first_on) OVER (
      PARTITION BY b.teacher_no, b.training, b.category ORDER BY b.system_rank
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS displaced_on
  FROM by_system AS b
)
SELECT
  CAST(j.relation AS varchar) AS relation,
  CAST(j.system AS varchar) AS system,
  CAST(j.teacher_no AS varchar) AS teacher_no,
  CAST(j.training AS varchar) AS training,
  CAST(j.category AS varchar) AS category,
  CAST(j.practice_kind AS varchar) AS practice_kind,
  j.credit_seconds,
  j.event_on,
  j.known_on,
  j.export_seq,
  CASE WHEN j.own_outcome IS NULL THEN d.displaced_on END AS displaced_on,
  CAST(CASE
    WHEN j.own_outcome IS NOT NULL THEN j.own_outcome
    WHEN d.displaced_on IS NOT NULL THEN 'cross_system_duplicate'
    ELSE 'credited'
  END AS varchar) AS outcome
FROM judged AS j
LEFT JOIN displaced AS d
  ON d.teacher_no = j.teacher_no
 AND d.training = j.training
 AND d.category = j.category
 AND d.system_rank = j.system_rank
 AND d.displaced_on IS NOT NULL
