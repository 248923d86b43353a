-- int_figure_review: how long reviews take: P5 and P6.
-- grain: area_code, figure_code
-- reads: int_area, int_plan_filing, run_context
-- columns:
--   area_code varchar: 51 or 5101
--   area_level varchar: province, city
--   figure_code varchar: P5, P6
--   n bigint: days: lower median from filing to review; age of the oldest filing that waits
-- rule: [三.三.5] P5 looks at the reviews of the 365 days up to the day (figures.md)
WITH filing AS (
  SELECT
    a.area_code,
    a.area_level,
    f.filing_no,
    f.review_state,
    f.reviewed_on,
    date_diff('day', f.filed_on, f.reviewed_on) AS n_review_days,
    date_diff('day', f.filed_on, rc.as_of_date) AS n_days_old,
    date_diff('day', f.reviewed_on, rc.as_of_date) AS n_days_since_review
  FROM int_plan_filing AS f
  CROSS JOIN run_context AS rc
  JOIN int_area AS a
    ON a.area_level = 'province'
    OR (a.area_level = 'city' AND a.area_code = f.city_code)
),
reviewed AS (
  SELECT
    f.area_code,
    f.area_level,
    f.n_review_days,
    row_number() OVER (
      PARTITION BY f.area_code ORDER BY f.n_review_days, f.filing_no
    ) AS nth,
    count(*) OVER (PARTITION BY f.area_code) AS n_reviews
  FROM filing AS f
  WHERE (f.review_state = 'approved' OR f.review_state = 'returned')
    AND f.n_days_since_review >= 0
    AND f.n_days_since_review < 365
)
SELECT
  CAST(r.area_code AS varchar) AS area_code,
  CAST(r.area_level AS varchar) AS area_level,
  CAST('P5' AS varchar) AS figure_code,
  r.n_review_days AS n
FROM reviewed AS r
WHERE r.nth * 2 = r.n_reviews
  OR r.nth * 2 = r.n_reviews + 1
UNION ALL
SELECT
  CAST(f.area_code AS varchar) AS area_code,
  CAST(f.area_level AS varchar) AS area_level,
  CAST('P6' AS varchar) AS figure_code,
  max(f.n_days_old) AS n
FROM filing AS f
WHERE f.review_state = 'pending'
GROUP BY f.area_code, f.area_level
