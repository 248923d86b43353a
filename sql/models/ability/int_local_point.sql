-- int_local_point: ability points that cities have added, as the newest list has them.
-- grain: ability_code
-- reads: src_local_point
-- columns:
--   ability_code varchar: L5107-01
--   city_code varchar: 4 digits
--   dimension_code varchar: learner_analysis, teaching_design, learning_guidance, assessment
-- rule: [三.二.3] cities may add local points; Newest version of rows.md
WITH ranked AS (
  SELECT
    l.ability_code,
    l.city_code,
    l.dimension,
    first_value(l.is_retraction) OVER (
      PARTITION BY l.record_id
      ORDER BY l.known_on DESC, l.is_retraction, l.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY l.record_id
      ORDER BY l.is_retraction, l.record_version DESC, l.known_on DESC, l.export_seq DESC
    ) AS version_rank
  FROM src_local_point AS l
)
SELECT
  CAST(r.ability_code AS varchar) AS ability_code,
  CAST(r.city_code AS varchar) AS city_code,
  CAST(r.dimension AS varchar) AS dimension_code
FROM ranked AS r
WHERE r.version_rank = 1
  AND NOT r.is_gone
