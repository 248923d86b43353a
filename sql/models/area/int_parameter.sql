-- int_parameter: the value of each parameter in each area, day by day.
-- grain: area_code, parameter, valid_from
-- reads: int_area, seed_parameters
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   parameter varchar: name of the parameter
--   valid_from date: first day on which the value is in force
--   valid_to date: first day on which it is no longer
--   value_number bigint: value where it is a whole number
--   value_on date: value where it is a day
-- rule: [二.1] the nearest area that has set the parameter, of its rows the latest (figures.md)
WITH candidate AS (
  SELECT
    a.area_code,
    p.parameter,
    p.valid_from,
    p.value_number,
    p.value_on,
    length(p.area_code) AS nearness
  FROM int_area AS a
  CROSS JOIN seed_parameters AS p
  WHERE p.area_code = a.province_code
    OR p.area_code = a.city_code
    OR p.area_code = a.county_code
),
overruled AS (
  SELECT
    c.area_code,
    c.parameter,
    c.valid_from,
    c.value_number,
    c.value_on,
    c.nearness,
    max(c.nearness) OVER (
      PARTITION BY c.area_code, c.parameter ORDER BY c.valid_from, c.nearness
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS nearest
  FROM candidate AS c
),
in_turn AS (
  SELECT
    o.area_code,
    o.parameter,
    o.valid_from,
    o.value_number,
    o.value_on,
    coalesce(
      lead(o.valid_from) OVER (
        PARTITION BY o.area_code, o.parameter ORDER BY o.valid_from, o.nearness
      ),
      DATE '9999-12-31'
    ) AS valid_to
  FROM overruled AS o
  WHERE o.nearness = o.nearest
)
SELECT
  CAST(t.area_code AS varchar) AS area_code,
  CAST(t.parameter AS varchar) AS parameter,
  t.valid_from,
  t.valid_to,
  t.value_number,
  t.value_on
FROM in_turn AS t
WHERE t.valid_from < t.valid_to
