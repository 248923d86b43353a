-- int_plan_filing: plans filed by the day, as their newest version says.
-- grain: filing_no
-- reads: int_school, run_context, seed_divisions, src_plan_filing
-- columns:
--   filing_no varchar: number of the filing
--   filing_level varchar: city, county, school
--   unit_code varchar: 4-digit city, 6-digit county or 10-digit school code
--   city_code varchar: 4 digits, NULL where no roll knows the school
--   plan_type varchar: implementation_plan, school_plan and so on, as in the contract
--   filed_on date: day of the filing
--   review_state varchar: pending, approved, returned
--   reviewed_on date: day of the review, NULL if there was none
-- rule: [三.二.1] [三.三.5] plans are filed; P of figures.md, Newest version of rows.md
WITH ranked AS (
  SELECT
    f.filing_no,
    f.filing_level,
    f.unit_code,
    f.plan_type,
    f.filed_on,
    f.review_state,
    f.reviewed_on,
    first_value(f.is_retraction) OVER (
      PARTITION BY f.record_id
      ORDER BY f.known_on DESC, f.is_retraction, f.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY f.record_id
      ORDER BY f.is_retraction, f.record_version DESC, f.known_on DESC, f.export_seq DESC
    ) AS version_rank
  FROM src_plan_filing AS f
)
SELECT
  CAST(r.filing_no AS varchar) AS filing_no,
  CAST(r.filing_level AS varchar) AS filing_level,
  CAST(r.unit_code AS varchar) AS unit_code,
  CAST(CASE r.filing_level
    WHEN 'city' THEN r.unit_code
    WHEN 'county' THEN d.city_code
    ELSE s.city_code
  END AS varchar) AS city_code,
  CAST(r.plan_type AS varchar) AS plan_type,
  r.filed_on,
  CAST(r.review_state AS varchar) AS review_state,
  r.reviewed_on
FROM ranked AS r
CROSS JOIN run_context AS rc
LEFT JOIN seed_divisions AS d
  ON d.county_code = r.unit_code
LEFT JOIN int_school AS s
  ON s.school_code = r.unit_code
WHERE r.version_rank = 1
  AND NOT r.is_gone
  AND r.filed_on <= rc.as_of_date
