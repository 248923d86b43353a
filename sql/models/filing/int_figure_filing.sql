-- int_figure_filing: plans of counties and cities: P1, P2 and P4.
-- grain: area_code, figure_code
-- reads: int_area, int_area_county, int_plan_filing
-- columns:
--   area_code varchar: 51, 5101; P2 also 510104
--   area_level varchar: province, city; P2 also county
--   figure_code varchar: P1, P2, P4
--   n bigint: counties; kinds of rules for P4
--   d bigint: the same
--   state_code varchar: P2 of a county: approved, pending, returned, none
-- rule: [二] plans are filed and reviewed; of several filings the best state (figures.md)
WITH plan AS (
  SELECT
    f.unit_code AS county_code,
    max(CASE WHEN f.review_state = 'approved' THEN 1 ELSE 0 END) AS is_approved,
    max(CASE WHEN f.review_state = 'pending' THEN 1 ELSE 0 END) AS is_pending
  FROM int_plan_filing AS f
  WHERE f.filing_level = 'county'
    AND f.plan_type = 'implementation_plan'
  GROUP BY f.unit_code
),
counted AS (
  SELECT
    a.area_code,
    a.area_level,
    count(*) AS n_counties,
    count(p.county_code) AS n_filed,
    CAST(sum(coalesce(p.is_approved, 0)) AS bigint) AS n_approved,
    CAST(sum(coalesce(p.is_pending, 0)) AS bigint) AS n_pending
  FROM int_area_county AS a
  LEFT JOIN plan AS p
    ON p.county_code = a.county_code
  GROUP BY a.area_code, a.area_level
),
city_rule AS (
  SELECT a.area_code, count(DISTINCT f.plan_type) AS n_approved
  FROM int_area AS a
  LEFT JOIN int_plan_filing AS f
    ON f.unit_code = a.area_code
   AND f.filing_level = 'city'
   AND f.review_state = 'approved'
   AND (f.plan_type = 'implementation_plan' OR f.plan_type = 'assessment_rules'
     OR f.plan_type = 'spot_check_rules')
  WHERE a.area_level = 'city'
  GROUP BY a.area_code
)
SELECT
  CAST(c.area_code AS varchar) AS area_code,
  CAST(c.area_level AS varchar) AS area_level,
  CAST(f.figure_code AS varchar) AS figure_code,
  CASE f.figure_code WHEN 'P1' THEN c.n_filed ELSE c.n_approved END AS n,
  c.n_counties AS d,
  CAST(CASE
    WHEN f.figure_code = 'P1' OR c.area_level <> 'county' THEN NULL
    WHEN c.n_approved > 0 THEN 'approved'
    WHEN c.n_pending > 0 THEN 'pending'
    WHEN c.n_filed > 0 THEN 'returned'
    ELSE 'none'
  END AS varchar) AS state_code
FROM counted AS c
CROSS JOIN (
  VALUES ('P1'), ('P2')
) AS f (figure_code)
WHERE f.figure_code = 'P2'
  OR c.area_level <> 'county'
UNION ALL
SELECT
  CAST(r.area_code AS varchar) AS area_code,
  CAST('city' AS varchar) AS area_level,
  CAST('P4' AS varchar) AS figure_code,
  r.n_approved AS n,
  CAST(3 AS bigint) AS d,
  CAST(NULL AS varchar) AS state_code
FROM city_rule AS r
