-- int_member_record: filings, evaluations, checks, graduates and schools behind figures.
-- grain: figure_code, member, city_code, county_code
-- reads: int_evaluation, int_model_school, int_plan_filing, int_programme_graduate, int_spot_check,
--   int_teacher_state, run_context, seed_divisions
-- columns:
--   figure_code varchar: P4 to P6, Q_expert, Q_trainee, Q_third, Q_spot, L4_ and more, L5, H2_ever
--   member varchar: number of the filing, evaluation or check; teacher; school
--   city_code varchar: 4 digits, NULL where nobody knows it
--   county_code varchar: 6 digits, NULL where the figure has no counties
--   n bigint: 1 or 0; days for P5, P6; score times sample for Q
--   d bigint: 1; 10,000 times the sample for Q; NULL where the figure has none
--   state_code varchar: state of a filing
--   on_date date: day of the filing, review, evaluation or check
-- rule: [五.三] for questions about a figure
SELECT
  CAST('P4' AS varchar) AS figure_code,
  CAST(f.filing_no AS varchar) AS member,
  CAST(f.city_code AS varchar) AS city_code,
  CAST(NULL AS varchar) AS county_code,
  CAST(CASE WHEN f.review_state = 'approved' THEN 1 ELSE 0 END AS bigint) AS n,
  CAST(NULL AS bigint) AS d,
  CAST(f.review_state AS varchar) AS state_code,
  f.filed_on AS on_date
FROM int_plan_filing AS f
WHERE f.filing_level = 'city'
  AND f.plan_type <> 'school_plan'
  AND f.plan_type <> 'school_research_plan'
UNION ALL
SELECT
  CAST('P5' AS varchar) AS figure_code,
  CAST(f.filing_no AS varchar) AS member,
  CAST(f.city_code AS varchar) AS city_code,
  CAST(NULL AS varchar) AS county_code,
  date_diff('day', f.filed_on, f.reviewed_on) AS n,
  CAST(NULL AS bigint) AS d,
  CAST(f.review_state AS varchar) AS state_code,
  f.reviewed_on AS on_date
FROM int_plan_filing AS f
CROSS JOIN run_context AS rc
WHERE (f.review_state = 'approved' OR f.review_state = 'returned')
  AND date_diff('day', f.reviewed_on, rc.as_of_date) >= 0
  AND date_diff('day', f.reviewed_on, rc.as_of_date) < 365
UNION ALL
SELECT
  CAST('P6' AS varchar) AS figure_code,
  CAST(f.filing_no AS varchar) AS member,
  CAST(f.city_code AS varchar) AS city_code,
  CAST(NULL AS varchar) AS county_code,
  date_diff('day', f.filed_on, rc.as_of_date) AS n,
  CAST(NULL AS bigint) AS d,
  CAST(f.review_state AS varchar) AS state_code,
  f.filed_on AS on_date
FROM int_plan_filing AS f
CROSS JOIN run_context AS rc
WHERE f.review_state = 'pending'
UNION ALL
SELECT
  CAST('Q_' || e.evaluation_kind AS varchar) AS figure_code,
  CAST(e.evaluation_no AS varchar) AS member,
  CAST(v.city_code AS varchar) AS city_code,
  CAST(e.county_code AS varchar) AS county_code,
  e.score_hundredths * e.sample_size AS n,
  10000 * e.sample_size AS d,
  CAST(NULL AS varchar) AS state_code,
  e.evaluated_on AS on_date
FROM int_evaluation AS e
JOIN seed_divisions AS v
  ON v.county_code = e.county_code
UNION ALL
SELECT
  CAST('Q_spot' AS varchar) AS figure_code,
  CAST(c.check_no AS varchar) AS member,
  CAST(c.city_code AS varchar) AS city_code,
  CAST(NULL AS varchar) AS county_code,
  CAST(CASE WHEN c.is_confirmed THEN 0 ELSE 1 END AS bigint) AS n,
  CAST(1 AS bigint) AS d,
  CAST(NULL AS varchar) AS state_code,
  c.checked_on AS on_date
FROM int_spot_check AS c
UNION ALL
SELECT
  CAST('L4_' || g.programme_code AS varchar) AS figure_code,
  CAST(g.teacher_no AS varchar) AS member,
  CAST(g.city_code AS varchar) AS city_code,
  CAST(NULL AS varchar) AS county_code,
  CAST(1 AS bigint) AS n,
  CAST(NULL AS bigint) AS d,
  CAST(NULL AS varchar) AS state_code,
  CAST(NULL AS date) AS on_date
FROM int_programme_graduate AS g
UNION ALL
SELECT
  CAST('L5' AS varchar) AS figure_code,
  CAST(m.school_code AS varchar) AS member,
  CAST(m.city_code AS varchar) AS city_code,
  CAST(NULL AS varchar) AS county_code,
  CAST(1 AS bigint) AS n,
  CAST(NULL AS bigint) AS d,
  CAST(NULL AS varchar) AS state_code,
  CAST(NULL AS date) AS on_date
FROM int_model_school AS m
UNION ALL
SELECT
  CAST('H2_ever' AS varchar) AS figure_code,
  CAST(t.teacher_no AS varchar) AS member,
  CAST(t.city_code AS varchar) AS city_code,
  CAST(t.county_code AS varchar) AS county_code,
  CAST(1 AS bigint) AS n,
  CAST(NULL AS bigint) AS d,
  CAST(NULL AS varchar) AS state_code,
  t.completed_on AS on_date
FROM int_teacher_state AS t
WHERE t.is_complete
  AND t.county_code IS NOT NULL
