-- int_credit_record: int_credit_row with the record as written, for questions about one teacher.
-- grain: relation, system, known_on, export_seq, category
-- reads: int_credit_row, int_sent_place
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row; registry for programmes
--   record_id varchar: record as written
--   teacher_no varchar: teacher to whom it belongs, NULL if nobody
--   training varchar: id of the crosswalk, else system:id
--   category varchar: online, practice
--   credit_seconds bigint: seconds
--   event_on date: day of the training
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
--   outcome varchar: superseded to credited, as in figures.md
-- rule: [五.三] Credit rows of figures.md; for questions about one teacher
SELECT
  CAST(c.relation AS varchar) AS relation,
  CAST(c.system AS varchar) AS system,
  CAST(w.record_id AS varchar) AS record_id,
  CAST(c.teacher_no AS varchar) AS teacher_no,
  CAST(c.training AS varchar) AS training,
  CAST(c.category AS varchar) AS category,
  c.credit_seconds,
  c.event_on,
  c.known_on,
  c.export_seq,
  CAST(c.outcome AS varchar) AS outcome
FROM int_credit_row AS c
JOIN int_sent_place AS w
  ON w.relation = c.relation
 AND w.system = c.system
 AND w.known_on = c.known_on
 AND w.export_seq = c.export_seq
