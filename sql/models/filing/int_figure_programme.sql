-- int_figure_programme: programmes finished (L4), model schools and counties (L5).
-- grain: area_code, figure_code
-- reads: int_area, int_model_county, int_model_school, int_programme_graduate, int_rule,
--   seed_programmes
-- columns:
--   area_code varchar: 51 or 5101
--   area_level varchar: province, city
--   figure_code varchar: L4_ and the programme, L5, L5_county
--   n bigint: persons, schools, counties
--   d bigint: seats of the programme, NULL where the plan names none
--   target bigint: model schools, model counties wanted
--   state_code varchar: L5: below, within, above
-- rule: [附件4] seats; [三.二.4] 5 to 7 model schools a city
WITH programme AS (
  SELECT
    p.programme_code,
    CASE
      WHEN count(p.seats_per_phase) > 0 THEN max(p.phases * p.seats_per_phase)
    END AS n_seats
  FROM seed_programmes AS p
  GROUP BY p.programme_code
),
finished AS (
  SELECT
    a.area_code,
    a.area_level,
    p.programme_code,
    p.n_seats,
    count(DISTINCT g.teacher_no) AS n
  FROM int_area AS a
  CROSS JOIN programme AS p
  LEFT JOIN int_programme_graduate AS g
    ON g.programme_code = p.programme_code
   AND (a.area_level = 'province' OR a.area_code = g.city_code)
  WHERE a.area_level <> 'county'
  GROUP BY a.area_code, a.area_level, p.programme_code, p.n_seats
),
model AS (
  SELECT
    a.area_code,
    r.model_schools_low,
    r.model_schools_high,
    count(m.school_code) AS n
  FROM int_area AS a
  JOIN int_rule AS r
    ON r.area_code = a.area_code
  LEFT JOIN int_model_school AS m
    ON m.city_code = a.area_code
  WHERE a.area_level = 'city'
  GROUP BY a.area_code, r.model_schools_low, r.model_schools_high
),
model_county AS (
  SELECT a.area_code, count(m.county_code) AS n
  FROM int_area AS a
  LEFT JOIN int_model_county AS m
    ON m.city_code = a.area_code
  WHERE a.area_level = 'city'
  GROUP BY a.area_code
)
SELECT
  CAST(f.area_code AS varchar) AS area_code,
  CAST(f.area_level AS varchar) AS area_level,
  CAST('L4_' || f.programme_code AS varchar) AS figure_code,
  f.n,
  CASE WHEN f.area_level = 'province' THEN f.n_seats END AS d,
  CAST(NULL AS bigint) AS target,
  CAST(NULL AS varchar) AS state_code
FROM finished AS f
UNION ALL
SELECT
  CAST(m.area_code AS varchar) AS area_code,
  CAST('city' AS varchar) AS area_level,
  CAST('L5' AS varchar) AS figure_code,
  m.n,
  CAST(NULL AS bigint) AS d,
  m.model_schools_low AS target,
  CAST(CASE
    WHEN m.n < m.model_schools_low THEN 'below'
    WHEN m.n > m.model_schools_high THEN 'above'
    ELSE 'within'
  END AS varchar) AS state_code
FROM model AS m
UNION ALL
SELECT
  CAST(c.area_code AS varchar) AS area_code,
  CAST('city' AS varchar) AS area_level,
  CAST('L5_county' AS varchar) AS figure_code,
  c.n,
  CAST(NULL AS bigint) AS d,
  CAST(1 AS bigint) AS target,
  CAST(NULL AS varchar) AS state_code
FROM model_county AS c
