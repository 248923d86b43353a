-- int_classroom_session: passed sessions of the three classrooms, by listening school and day.
-- grain: school_code, session_code, event_on
-- reads: int_training_standing, src_training_record
-- columns:
--   school_code varchar: school that listened
--   session_code varchar: 课堂编号
--   event_on date: day of the session
-- rule: [二.1] E2 of figures.md: also where the teacher matches nobody
SELECT DISTINCT
  CAST(t.school_code AS varchar) AS school_code,
  CAST(t.source_training_id AS varchar) AS session_code,
  t.event_on
FROM src_training_record AS t
JOIN int_training_standing AS g
  ON g.system = t.system
 AND g.known_on = t.known_on
 AND g.export_seq = t.export_seq
WHERE t.system = 'yunjiao'
  AND g.relation = 'training_record'
  AND g.standing = 'newest'
  AND t.is_passed
  AND NOT t.is_retraction
  AND t.school_code IS NOT NULL
