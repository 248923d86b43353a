-- int_school_choice: the choice of points in force at each school, in intervals without gap.
-- grain: school_code, from_on
-- reads: int_parameter, int_school, int_school_point
-- columns:
--   school_code varchar: 10 digits
--   from_on date: first day in force
--   until_on date: first day no longer in force
--   school_year bigint: year of the newest choice
--   n_dimensions bigint: dimensions that its points cover
--   points_needed bigint: points each teacher needs
--   is_valid boolean: no foreign point, and dimensions enough
-- rule: [三.四.3] Choice of a school of figures.md: the newest year up to the day's
WITH choice AS (
  SELECT
    p.school_code,
    p.school_year,
    CAST(CAST(p.school_year AS varchar) || '-01-01' AS date) AS first_on,
    count(DISTINCT p.dimension_code) AS n_dimensions,
    count(*) - count(p.dimension_code) AS n_foreign
  FROM int_school_point AS p
  GROUP BY p.school_code, p.school_year
),
rule_day AS (
  SELECT DISTINCT p.area_code, p.valid_from AS day_on
  FROM int_parameter AS p
  WHERE p.parameter = 'points_needed'
    OR p.parameter = 'dimensions_needed'
    OR p.parameter = 'dimensions_needed_smart'
),
boundary AS (
  SELECT c.school_code, c.first_on AS from_on FROM choice AS c
  UNION
  SELECT c.school_code, r.day_on AS from_on
  FROM choice AS c
  JOIN int_school AS s
    ON s.school_code = c.school_code
  JOIN rule_day AS r
    ON r.area_code = s.county_code
  WHERE r.day_on > c.first_on
),
span AS (
  SELECT
    b.school_code,
    b.from_on,
    coalesce(
      lead(b.from_on) OVER (PARTITION BY b.school_code ORDER BY b.from_on), DATE '9999-12-31'
    ) AS until_on
  FROM boundary AS b
),
ranked AS (
  SELECT
    b.school_code,
    b.from_on,
    b.until_on,
    c.school_year,
    c.n_dimensions,
    c.n_foreign,
    row_number() OVER (
      PARTITION BY b.school_code, b.from_on ORDER BY c.school_year DESC
    ) AS year_rank
  FROM span AS b
  JOIN choice AS c
    ON c.school_code = b.school_code
  WHERE c.first_on <= b.from_on
)
SELECT
  CAST(r.school_code AS varchar) AS school_code,
  r.from_on,
  r.until_on,
  r.school_year,
  r.n_dimensions,
  p.value_number AS points_needed,
  r.n_foreign = 0 AND r.n_dimensions >= d.value_number AS is_valid
FROM ranked AS r
JOIN int_school AS s
  ON s.school_code = r.school_code
JOIN int_parameter AS p
  ON p.area_code = s.county_code
 AND p.parameter = 'points_needed'
JOIN int_parameter AS d
  ON d.area_code = s.county_code
 AND d.parameter =
   CASE WHEN s.is_smart_education THEN 'dimensions_needed_smart' ELSE 'dimensions_needed' END
WHERE r.year_rank = 1
  AND p.valid_from <= r.from_on
  AND p.valid_to > r.from_on
  AND d.valid_from <= r.from_on
  AND d.valid_to > r.from_on
