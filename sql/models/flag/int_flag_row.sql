-- int_flag_row: rows of teachers of the denominator that flags look at, with the moment.
-- grain: relation, system, known_on, export_seq, category
-- reads: int_credit_row, int_teacher_state, src_programme_record, src_training_record
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
--   category varchar: online, practice
--   teacher_no varchar: teacher of the denominator
--   school_code varchar: school in force on the day
--   county_code varchar: of that school
--   credit_seconds bigint: seconds
--   event_on date: day of the training
--   event_at timestamp(3): moment, NULL where the cell had no time
--   outcome varchar: credited, or cross_system_duplicate
-- rule: [五.三] Flags of figures.md
WITH moment AS (
  SELECT
    CAST('training_record' AS varchar) AS relation, r.system, r.known_on, r.export_seq, r.event_at
  FROM src_training_record AS r
  WHERE r.event_at IS NOT NULL
    AND NOT r.is_retraction
  UNION ALL
  SELECT
    CAST('programme_record' AS varchar) AS relation, p.system, p.known_on, p.export_seq,
    p.event_at
  FROM src_programme_record AS p
  WHERE p.event_at IS NOT NULL
    AND NOT p.is_retraction
)
SELECT
  CAST(c.relation AS varchar) AS relation,
  CAST(c.system AS varchar) AS system,
  c.known_on,
  c.export_seq,
  CAST(c.category AS varchar) AS category,
  CAST(c.teacher_no AS varchar) AS teacher_no,
  CAST(t.school_code AS varchar) AS school_code,
  CAST(t.county_code AS varchar) AS county_code,
  c.credit_seconds,
  c.event_on,
  CAST(m.event_at AS timestamp(3)) AS event_at,
  CAST(c.outcome AS varchar) AS outcome
FROM int_credit_row AS c
JOIN int_teacher_state AS t
  ON t.teacher_no = c.teacher_no
LEFT JOIN moment AS m
  ON m.relation = c.relation
 AND m.system = c.system
 AND m.known_on = c.known_on
 AND m.export_seq = c.export_seq
WHERE t.in_denominator
  AND (c.outcome = 'credited' OR c.outcome = 'cross_system_duplicate')
