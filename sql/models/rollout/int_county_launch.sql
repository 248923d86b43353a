-- int_county_launch: declared against evidenced: a county has started when it is both.
-- grain: county_code
-- reads: int_area, int_county_declared, int_credit_row, int_rule, int_school,
--   int_teacher_assignment, int_teacher_state, run_context
-- columns:
--   county_code varchar: 6 digits
--   city_code varchar: 4 digits
--   province_code varchar: 2 digits
--   declared_on date: NULL if not by the day
--   evidenced_on date: day on which enough teachers had credit, NULL if not
--   started_on date: the later of the two, NULL if one is missing
--   state varchar: started, declared_only, activity_only, none
-- rule: [四] Evidenced of figures.md; persons of any status, in the county of the event day
WITH needed AS (
  SELECT
    k.area_code AS county_code,
    CASE
      WHEN count(t.teacher_no) >= k.small_county_teachers THEN k.evidence_teachers
      WHEN count(t.teacher_no) < 2 THEN 1
      ELSE CAST(ceil(CAST(count(t.teacher_no) AS double) / CAST(2 AS double)) AS bigint)
    END AS n_teachers
  FROM int_rule AS k
  LEFT JOIN int_teacher_state AS t
    ON t.county_code = k.area_code
   AND t.in_denominator
  WHERE k.area_level = 'county'
  GROUP BY k.area_code, k.small_county_teachers, k.evidence_teachers
),
first_credit AS (
  SELECT s.county_code, c.teacher_no, min(c.event_on) AS first_on
  FROM int_credit_row AS c
  JOIN int_teacher_assignment AS a
    ON a.teacher_no = c.teacher_no
  JOIN int_school AS s
    ON s.school_code = a.school_code
  WHERE c.outcome = 'credited'
    AND a.valid_from <= c.event_on
    AND a.valid_to > c.event_on
  GROUP BY s.county_code, c.teacher_no
),
numbered AS (
  SELECT
    f.county_code,
    f.first_on,
    row_number() OVER (PARTITION BY f.county_code ORDER BY f.first_on, f.teacher_no) AS nth
  FROM first_credit AS f
),
both_days AS (
  SELECT
    k.county_code,
    k.city_code,
    k.province_code,
    d.declared_on,
    e.first_on AS evidenced_on
  FROM int_area AS k
  CROSS JOIN run_context AS rc
  JOIN needed AS n
    ON n.county_code = k.county_code
  LEFT JOIN int_county_declared AS d
    ON d.county_code = k.county_code
   AND d.declared_on <= rc.as_of_date
  LEFT JOIN numbered AS e
    ON e.county_code = k.county_code
   AND e.nth = n.n_teachers
  WHERE k.area_level = 'county'
)
SELECT
  CAST(b.county_code AS varchar) AS county_code,
  CAST(b.city_code AS varchar) AS city_code,
  CAST(b.province_code AS varchar) AS province_code,
  b.declared_on,
  b.evidenced_on,
  CASE
    WHEN b.declared_on IS NULL OR b.evidenced_on IS NULL THEN NULL
    WHEN b.declared_on >= b.evidenced_on THEN b.declared_on
    ELSE b.evidenced_on
  END AS started_on,
  CAST(CASE
    WHEN b.declared_on IS NOT NULL AND b.evidenced_on IS NOT NULL THEN 'started'
    WHEN b.declared_on IS NOT NULL THEN 'declared_only'
    WHEN b.evidenced_on IS NOT NULL THEN 'activity_only'
    ELSE 'none'
  END AS varchar) AS state
FROM both_days AS b
