-- int_county_reported: counties from which some training of an own teacher was reported.
-- grain: county_code
-- reads: int_school, int_teacher_assignment, int_training_version
-- columns:
--   county_code varchar: 6 digits
-- rule: [五.三] Reported county of figures.md; programmes do not report a county
WITH seen AS (
  SELECT DISTINCT v.teacher_no, coalesce(v.event_on, v.known_on) AS seen_on
  FROM int_training_version AS v
  WHERE v.standing = 'newest'
    AND v.relation = 'training_record'
    AND v.teacher_no IS NOT NULL
)
SELECT DISTINCT CAST(s.county_code AS varchar) AS county_code
FROM seen AS n
JOIN int_teacher_assignment AS a
  ON a.teacher_no = n.teacher_no
JOIN int_school AS s
  ON s.school_code = a.school_code
WHERE a.valid_from <= n.seen_on
  AND a.valid_to > n.seen_on
