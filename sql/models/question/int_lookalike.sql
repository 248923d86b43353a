-- int_lookalike: trainings of two systems that look like one and count twice.
-- grain: system, source_training_id, other_system, other_training_id, category
-- reads: int_credit_row, src_programme_record, src_training_record
-- columns:
--   system varchar: training system, the earlier of the two by name
--   source_training_id varchar: the source's own id, as the crosswalk wants it
--   other_system varchar: the other system
--   other_training_id varchar: its own id
--   category varchar: online, practice
--   n_teachers bigint: teachers with the same credit on the same day in both
--   n_pairs bigint: pairs of rows
--   credit_seconds bigint: seconds that count in the first of each pair, added up
--   first_on date: earliest such day
--   last_on date: latest such day
-- rule: [五.三] Credit of metrics.md: unmapped look-alikes, listed for the crosswalk
WITH source AS (
  SELECT
    CAST('training_record' AS varchar) AS relation, r.system, r.known_on, r.export_seq,
    r.source_training_id
  FROM src_training_record AS r
  WHERE NOT r.is_retraction
  UNION ALL
  SELECT
    CAST('programme_record' AS varchar) AS relation, p.system, p.known_on, p.export_seq,
    p.programme_title AS source_training_id
  FROM src_programme_record AS p
  WHERE NOT p.is_retraction
),
credited AS (
  SELECT
    c.system, s.source_training_id, c.teacher_no, c.category, c.credit_seconds, c.event_on
  FROM int_credit_row AS c
  JOIN source AS s
    ON s.relation = c.relation
   AND s.system = c.system
   AND s.known_on = c.known_on
   AND s.export_seq = c.export_seq
  WHERE c.outcome = 'credited'
)
SELECT
  CAST(a.system AS varchar) AS system,
  CAST(a.source_training_id AS varchar) AS source_training_id,
  CAST(b.system AS varchar) AS other_system,
  CAST(b.source_training_id AS varchar) AS other_training_id,
  CAST(a.category AS varchar) AS category,
  count(DISTINCT a.teacher_no) AS n_teachers,
  count(*) AS n_pairs,
  CAST(sum(a.credit_seconds) AS bigint) AS credit_seconds,
  min(a.event_on) AS first_on,
  max(a.event_on) AS last_on
FROM credited AS a
JOIN credited AS b
  ON b.teacher_no = a.teacher_no
 AND b.event_on = a.event_on
 AND b.category = a.category
 AND b.credit_seconds = a.credit_seconds
WHERE a.system < b.system
GROUP BY a.system, a.source_training_id, b.system, b.source_training_id, a.category
