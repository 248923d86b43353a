-- int_programme_graduate: persons who have finished a provincial programme.
-- grain: programme_code, teacher_no
-- reads: int_teacher_state, int_training_standing, run_context, seed_programmes,
--   src_programme_record
-- columns:
--   programme_code varchar: code of the programme; titles may share one
--   teacher_no varchar: number on the roll, of any status
--   city_code varchar: of the school in force on the day, NULL if no roll knows it
-- rule: [附件4] L4 of figures.md
SELECT DISTINCT
  CAST(s.programme_code AS varchar) AS programme_code,
  CAST(g.teacher_no AS varchar) AS teacher_no,
  CAST(t.city_code AS varchar) AS city_code
FROM src_programme_record AS p
CROSS JOIN run_context AS rc
JOIN seed_programmes AS s
  ON s.title = p.programme_title
JOIN int_training_standing AS g
  ON g.system = p.system
 AND g.known_on = p.known_on
 AND g.export_seq = p.export_seq
LEFT JOIN int_teacher_state AS t
  ON t.teacher_no = g.teacher_no
WHERE g.relation = 'programme_record'
  AND g.standing = 'newest'
  AND g.teacher_no IS NOT NULL
  AND NOT p.is_retraction
  AND p.is_passed
  AND coalesce(p.event_on <= rc.as_of_date, true)
