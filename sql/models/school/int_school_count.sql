-- int_school_count: what each school adds to the figures that count schools.
-- grain: figure_code, school_code
-- reads: int_classroom_session, int_open_school, int_plan_filing, int_rule, int_school_choice,
--   int_school_team, run_context
-- columns:
--   figure_code varchar: A1, E2, E2_sessions, L1, L2, P3
--   school_code varchar: a school that the figure looks at
--   county_code varchar: 6 digits
--   n bigint: 1 or 0; sessions for E2_sessions
-- rule: [三.一.4] the month of E2_sessions is the 30 days up to the day (figures.md)
WITH session AS (
  SELECT
    s.school_code,
    max(
      CASE
        WHEN date_diff('day', c.event_on, rc.as_of_date) < r.classroom_window_days THEN 1
        ELSE 0
      END
    ) AS is_reached,
    count(DISTINCT CASE
      WHEN date_diff('day', c.event_on, rc.as_of_date) < 30 THEN c.session_code
    END) AS n_sessions
  FROM int_classroom_session AS c
  CROSS JOIN run_context AS rc
  JOIN int_open_school AS s
    ON s.school_code = c.school_code
  JOIN int_rule AS r
    ON r.area_code = s.county_code
  WHERE c.event_on <= rc.as_of_date
  GROUP BY s.school_code
),
filed AS (
  SELECT f.unit_code AS school_code, count(DISTINCT f.plan_type) AS n_types
  FROM int_plan_filing AS f
  WHERE f.filing_level = 'school'
    AND f.review_state = 'approved'
    AND (f.plan_type = 'school_plan' OR f.plan_type = 'school_research_plan')
  GROUP BY f.unit_code
),
school AS (
  SELECT
    s.school_code,
    s.county_code,
    k.figure_code,
    CASE k.figure_code
      WHEN 'A1' THEN CASE WHEN coalesce(c.is_valid, false) THEN 1 ELSE 0 END
      WHEN 'E2' THEN coalesce(e.is_reached, 0)
      WHEN 'E2_sessions' THEN coalesce(e.n_sessions, 0)
      WHEN 'L1' THEN CASE WHEN s.has_cio THEN 1 ELSE 0 END
      ELSE CASE WHEN f.n_types = 2 THEN 1 ELSE 0 END
    END AS n
  FROM int_open_school AS s
  CROSS JOIN run_context AS rc
  CROSS JOIN (
    VALUES ('A1'), ('E2'), ('E2_sessions'), ('L1'), ('P3')
  ) AS k (figure_code)
  LEFT JOIN int_school_choice AS c
    ON c.school_code = s.school_code
   AND c.from_on <= rc.as_of_date
   AND c.until_on > rc.as_of_date
  LEFT JOIN session AS e
    ON e.school_code = s.school_code
  LEFT JOIN filed AS f
    ON f.school_code = s.school_code
  WHERE s.is_village
    OR k.figure_code = 'A1'
    OR k.figure_code = 'L1'
    OR k.figure_code = 'P3'
  UNION ALL
  SELECT
    t.school_code,
    t.county_code,
    CAST('L2' AS varchar) AS figure_code,
    CASE WHEN t.is_complete THEN 1 ELSE 0 END AS n
  FROM int_school_team AS t
)
SELECT
  CAST(s.figure_code AS varchar) AS figure_code,
  CAST(s.school_code AS varchar) AS school_code,
  CAST(s.county_code AS varchar) AS county_code,
  CAST(s.n AS bigint) AS n
FROM school AS s
