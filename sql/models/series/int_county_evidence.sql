-- int_county_evidence: series days on which the number of persons with credit in a county changes.
-- grain: county_code, series_on
-- reads: int_live_credit, int_school, int_series_day, int_teacher_assignment
-- columns:
--   county_code varchar: county of the school in force on the event day
--   series_on date: day of the series
--   n_persons bigint: persons more (or fewer) with credit in the county
-- rule: [四] Evidenced and Series of figures.md
WITH placed AS (
  SELECT s.county_code, l.teacher_no, l.event_on, l.displaced_on
  FROM int_live_credit AS l
  JOIN int_teacher_assignment AS a
    ON a.teacher_no = l.teacher_no
  JOIN int_school AS s
    ON s.school_code = a.school_code
  WHERE a.valid_from <= l.event_on
    AND a.valid_to > l.event_on
),
lasting AS (
  SELECT p.county_code, p.teacher_no, min(p.event_on) AS event_on
  FROM placed AS p
  WHERE p.displaced_on IS NULL
  GROUP BY p.county_code, p.teacher_no
),
step AS (
  SELECT l.county_code, l.teacher_no, l.event_on AS day_on, 1 AS n_rows
  FROM lasting AS l
  UNION ALL
  SELECT p.county_code, p.teacher_no, p.event_on AS day_on, 1 AS n_rows
  FROM placed AS p
  WHERE p.displaced_on IS NOT NULL
  UNION ALL
  SELECT p.county_code, p.teacher_no, p.displaced_on AS day_on, -1 AS n_rows
  FROM placed AS p
  WHERE p.displaced_on IS NOT NULL
),
by_day AS (
  SELECT t.county_code, t.teacher_no, d.series_on, CAST(sum(t.n_rows) AS bigint) AS n_rows
  FROM step AS t
  JOIN int_series_day AS d
    ON d.day_on = t.day_on
  GROUP BY t.county_code, t.teacher_no, d.series_on
),
running AS (
  SELECT
    b.county_code,
    b.series_on,
    b.n_rows,
    CAST(sum(b.n_rows) OVER (
      PARTITION BY b.county_code, b.teacher_no ORDER BY b.series_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS n_live
  FROM by_day AS b
)
SELECT
  CAST(r.county_code AS varchar) AS county_code,
  r.series_on,
  CAST(sum(
    CASE WHEN r.n_live > 0 THEN 1 ELSE 0 END
    - CASE WHEN r.n_live - r.n_rows > 0 THEN 1 ELSE 0 END
  ) AS bigint) AS n_persons
FROM running AS r
GROUP BY r.county_code, r.series_on
