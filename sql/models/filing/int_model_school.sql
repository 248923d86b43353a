-- int_model_school: model schools on the newest list.
-- grain: school_code
-- reads: int_school, src_model_school
-- columns:
--   school_code varchar: 10 digits
--   city_code varchar: 4 digits, NULL where no roll knows the school
-- rule: [三.二.4] L5 of figures.md: the newest list
WITH ranked AS (
  SELECT
    m.school_code,
    first_value(m.is_retraction) OVER (
      PARTITION BY m.record_id
      ORDER BY m.known_on DESC, m.is_retraction, m.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY m.record_id
      ORDER BY m.is_retraction, m.record_version DESC, m.known_on DESC, m.export_seq DESC
    ) AS version_rank
  FROM src_model_school AS m
)
SELECT
  CAST(r.school_code AS varchar) AS school_code,
  CAST(s.city_code AS varchar) AS city_code
FROM ranked AS r
LEFT JOIN int_school AS s
  ON s.school_code = r.school_code
WHERE r.version_rank = 1
  AND NOT r.is_gone
