-- int_sent_place: where each sent version of a training or programme was written.
-- grain: relation, system, known_on, export_seq
-- reads: src_programme_record, src_training_record
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
--   record_id varchar: record as written
--   landing_day date: day folder of the file
--   file_id varchar: file
--   sheet varchar: sheet
--   row_number bigint: row of the sheet
-- rule: [五.三] apart from int_training_version, for only questions about single rows read it
SELECT
  CAST('training_record' AS varchar) AS relation,
  CAST(t.system AS varchar) AS system,
  t.known_on,
  t.export_seq,
  CAST(t.record_id AS varchar) AS record_id,
  t.landing_day,
  CAST(t.file_id AS varchar) AS file_id,
  CAST(t.sheet AS varchar) AS sheet,
  t.row_number
FROM src_training_record AS t
WHERE NOT t.is_retraction
UNION ALL
SELECT
  CAST('programme_record' AS varchar) AS relation,
  CAST(p.system AS varchar) AS system,
  p.known_on,
  p.export_seq,
  CAST(p.record_id AS varchar) AS record_id,
  p.landing_day,
  CAST(p.file_id AS varchar) AS file_id,
  CAST(p.sheet AS varchar) AS sheet,
  p.row_number
FROM src_programme_record AS p
WHERE NOT p.is_retraction
