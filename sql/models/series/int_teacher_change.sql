-- int_teacher_change: series days on which something of a teacher may differ from the one before.
-- grain: teacher_no, series_on
-- reads: int_live_credit, int_parameter, int_school, int_series_day, int_teacher_ability,
--   int_teacher_assignment
-- columns:
--   teacher_no varchar: number on the roll
--   series_on date: day of the series
--   online_seconds bigint: change of the credit
--   practice_seconds bigint: change of the credit
-- rule: [二.1] Series of figures.md
WITH credit_day AS (
  SELECT l.teacher_no, l.category, l.credit_seconds, l.event_on AS day_on
  FROM int_live_credit AS l
  UNION ALL
  SELECT l.teacher_no, l.category, -l.credit_seconds AS credit_seconds, l.displaced_on AS day_on
  FROM int_live_credit AS l
  WHERE l.displaced_on IS NOT NULL
),
rule_day AS (
  SELECT DISTINCT p.area_code, p.valid_from AS day_on
  FROM int_parameter AS p
  WHERE p.parameter = 'required_online_seconds'
    OR p.parameter = 'required_practice_seconds'
),
placement_day AS (
  SELECT a.teacher_no, a.valid_from AS day_on
  FROM int_teacher_assignment AS a
  UNION ALL
  SELECT a.teacher_no, s.opened_on AS day_on
  FROM int_teacher_assignment AS a
  JOIN int_school AS s
    ON s.school_code = a.school_code
  WHERE s.opened_on > a.valid_from
    AND s.opened_on < a.valid_to
  UNION ALL
  SELECT a.teacher_no, s.closed_on AS day_on
  FROM int_teacher_assignment AS a
  JOIN int_school AS s
    ON s.school_code = a.school_code
  WHERE s.closed_on > a.valid_from
    AND s.closed_on < a.valid_to
  UNION ALL
  SELECT a.teacher_no, r.day_on
  FROM int_teacher_assignment AS a
  JOIN int_school AS s
    ON s.school_code = a.school_code
  JOIN rule_day AS r
    ON r.area_code = s.county_code
  WHERE r.day_on > a.valid_from
    AND r.day_on < a.valid_to
  UNION ALL
  SELECT
    b.teacher_no,
    CASE WHEN b.capable_on > b.from_on THEN b.capable_on ELSE b.from_on END AS day_on
  FROM int_teacher_ability AS b
  WHERE b.capable_on < b.until_on
  UNION ALL
  SELECT b.teacher_no, b.until_on AS day_on
  FROM int_teacher_ability AS b
  WHERE b.capable_on < b.until_on
),
first_day AS (
  SELECT min(d.day_on) AS day_on, min(d.series_on) AS series_on
  FROM int_series_day AS d
),
change AS (
  SELECT
    c.teacher_no,
    d.series_on,
    CASE WHEN c.category = 'online' THEN c.credit_seconds ELSE 0 END AS online_seconds,
    CASE WHEN c.category = 'practice' THEN c.credit_seconds ELSE 0 END AS practice_seconds
  FROM credit_day AS c
  JOIN int_series_day AS d
    ON d.day_on = c.day_on
  UNION ALL
  SELECT
    p.teacher_no,
    d.series_on,
    0 AS online_seconds,
    0 AS practice_seconds
  FROM placement_day AS p
  JOIN int_series_day AS d
    ON d.day_on = p.day_on
  UNION ALL
  -- What began before the calendar does is there on the first day of the series.
  SELECT
    p.teacher_no,
    f.series_on,
    0 AS online_seconds,
    0 AS practice_seconds
  FROM placement_day AS p
  CROSS JOIN first_day AS f
  WHERE p.day_on < f.day_on
)
SELECT
  CAST(c.teacher_no AS varchar) AS teacher_no,
  c.series_on,
  CAST(sum(c.online_seconds) AS bigint) AS online_seconds,
  CAST(sum(c.practice_seconds) AS bigint) AS practice_seconds
FROM change AS c
GROUP BY c.teacher_no, c.series_on
