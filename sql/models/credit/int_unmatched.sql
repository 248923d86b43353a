-- int_unmatched: rows that count but for their person, who is nobody on a roll.
-- grain: system, file_id, sheet, row_number
-- reads: int_sent_place, int_training_version
-- columns:
--   system varchar: system of the row
--   known_on date: knowledge day
--   landing_day date: day folder of the file
--   file_id varchar: file
--   sheet varchar: sheet
--   row_number bigint: row of the sheet
--   reason varchar: unknown.person, contradictory.person
-- rule: [五.三] persons that match nobody are listed (metrics.md)
SELECT
  CAST(v.system AS varchar) AS system,
  v.known_on,
  w.landing_day,
  CAST(w.file_id AS varchar) AS file_id,
  CAST(w.sheet AS varchar) AS sheet,
  w.row_number,
  CAST(v.match_reason AS varchar) AS reason
FROM int_training_version AS v
JOIN int_sent_place AS w
  ON w.relation = v.relation
 AND w.system = v.system
 AND w.known_on = v.known_on
 AND w.export_seq = v.export_seq
WHERE v.standing = 'newest'
  AND v.match_reason IS NOT NULL
