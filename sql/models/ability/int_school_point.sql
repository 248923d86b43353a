-- int_school_point: ability points that schools have chosen, year by year.
-- grain: school_code, school_year, ability_code
-- reads: int_local_point, int_school, seed_ability_points, src_school_point
-- columns:
--   school_code varchar: 10 digits
--   school_year bigint: year of the choice
--   ability_code varchar: A1 to C7, or a local point
--   dimension_code varchar: NULL: neither one of the 30 nor a local point of the school's city
-- rule: [三.四.3] Choice of a school of figures.md
WITH ranked AS (
  SELECT
    p.school_code,
    p.school_year,
    p.ability_code,
    first_value(p.is_retraction) OVER (
      PARTITION BY p.record_id
      ORDER BY p.known_on DESC, p.is_retraction, p.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY p.record_id
      ORDER BY p.is_retraction, p.record_version DESC, p.known_on DESC, p.export_seq DESC
    ) AS version_rank
  FROM src_school_point AS p
)
SELECT
  CAST(r.school_code AS varchar) AS school_code,
  CAST(r.school_year AS bigint) AS school_year,
  CAST(r.ability_code AS varchar) AS ability_code,
  CAST(coalesce(a.dimension_code, l.dimension_code) AS varchar) AS dimension_code
FROM ranked AS r
LEFT JOIN seed_ability_points AS a
  ON a.ability_code = r.ability_code
LEFT JOIN int_school AS s
  ON s.school_code = r.school_code
LEFT JOIN int_local_point AS l
  ON l.ability_code = r.ability_code
 AND l.city_code = s.city_code
WHERE r.version_rank = 1
  AND NOT r.is_gone
