-- int_figure_rollout: R1, R2, D_reported of areas; expected_H3 of counties.
-- grain: area_code, figure_code
-- reads: int_area_county, int_county_launch, int_county_reported, int_rule, run_context
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   figure_code varchar: R1, R2, D_reported, expected_H3
--   n bigint: counties; days for expected_H3
--   d bigint: counties; days for expected_H3
--   state_code varchar: R1 of a county: started, declared_only, activity_only, none
--   on_date date: of a county: day started (R1), declared (R2)
-- rule: [四] R1, R2, D_reported and expected_H3 of figures.md
WITH counted AS (
  SELECT
    a.area_code,
    a.area_level,
    count(*) AS n_counties,
    count(l.started_on) AS n_started,
    count(l.declared_on) AS n_declared,
    count(r.county_code) AS n_reported,
    max(CASE WHEN a.area_level = 'county' THEN l.state END) AS state,
    max(CASE WHEN a.area_level = 'county' THEN l.started_on END) AS started_on,
    max(CASE WHEN a.area_level = 'county' THEN l.declared_on END) AS declared_on
  FROM int_area_county AS a
  JOIN int_county_launch AS l
    ON l.county_code = a.county_code
  LEFT JOIN int_county_reported AS r
    ON r.county_code = a.county_code
  GROUP BY a.area_code, a.area_level
),
expected AS (
  SELECT
    l.county_code,
    date_diff('day', l.started_on, rc.as_of_date) AS n_days,
    date_diff('day', l.started_on, k.last_on) AS n_all_days
  FROM int_county_launch AS l
  JOIN int_rule AS k
    ON k.area_code = l.county_code
  CROSS JOIN run_context AS rc
  WHERE l.started_on < k.last_on
)
SELECT
  CAST(c.area_code AS varchar) AS area_code,
  CAST(c.area_level AS varchar) AS area_level,
  CAST(f.figure_code AS varchar) AS figure_code,
  CASE f.figure_code
    WHEN 'R1' THEN c.n_started
    WHEN 'R2' THEN c.n_declared
    ELSE c.n_reported
  END AS n,
  c.n_counties AS d,
  CAST(CASE WHEN f.figure_code = 'R1' THEN c.state END AS varchar) AS state_code,
  CASE f.figure_code
    WHEN 'R1' THEN c.started_on
    WHEN 'R2' THEN c.declared_on
  END AS on_date
FROM counted AS c
CROSS JOIN (
  VALUES ('R1'), ('R2'), ('D_reported')
) AS f (figure_code)
WHERE f.figure_code <> 'D_reported'
  OR c.area_level <> 'county'
UNION ALL
SELECT
  CAST(e.county_code AS varchar) AS area_code,
  CAST('county' AS varchar) AS area_level,
  CAST('expected_H3' AS varchar) AS figure_code,
  CASE WHEN e.n_days > e.n_all_days THEN e.n_all_days ELSE e.n_days END AS n,
  e.n_all_days AS d,
  CAST(NULL AS varchar) AS state_code,
  CAST(NULL AS date) AS on_date
FROM expected AS e
