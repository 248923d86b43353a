-- int_live_credit: credit as it looked day by day: from its event until a better system has it.
-- grain: relation, system, known_on, export_seq, category
-- reads: int_credit_row
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
--   teacher_no varchar: number on the roll
--   category varchar: online, practice
--   credit_seconds bigint: seconds
--   event_on date: first day on which it counts
--   displaced_on date: first day on which it no longer does, NULL if it counts on the day
-- rule: [二.1] outcome not_due of figures.md: on day X only rows of trainings up to X compete
SELECT
  CAST(c.relation AS varchar) AS relation,
  CAST(c.system AS varchar) AS system,
  c.known_on,
  c.export_seq,
  CAST(c.teacher_no AS varchar) AS teacher_no,
  CAST(c.category AS varchar) AS category,
  c.credit_seconds,
  c.event_on,
  c.displaced_on
FROM int_credit_row AS c
WHERE c.outcome = 'credited'
  OR (c.outcome = 'cross_system_duplicate' AND c.displaced_on > c.event_on)
