-- int_figure_hours_reported: H1, H2, H3, A4 over reported counties only, and H2_ever.
-- grain: area_code, figure_code
-- reads: int_area_county, int_area_hours, int_teacher_state
-- columns:
--   area_code varchar: 51, 5101; H2_ever also 510104
--   area_level varchar: province, city; H2_ever also county
--   figure_code varchar: H1_reported, H2_reported, H3_reported, A4_reported, H2_ever
--   n bigint: as the figure itself; H2_ever: persons of any status
--   d bigint: as the figure itself; NULL for H2_ever
-- rule: [二.1] H1_reported to A4_reported and H2_ever of figures.md
WITH reported AS (
  SELECT
    a.area_code,
    a.area_level,
    CAST(sum(h.n_teachers) AS bigint) AS n_teachers,
    CAST(sum(h.n_learning) AS bigint) AS n_learning,
    CAST(sum(h.n_complete) AS bigint) AS n_complete,
    CAST(sum(h.n_qualified) AS bigint) AS n_qualified,
    CAST(sum(h.progress_seconds) AS bigint) AS progress_seconds,
    CAST(sum(h.required_seconds) AS bigint) AS required_seconds
  FROM int_area_county AS a
  JOIN int_area_hours AS h
    ON h.area_code = a.county_code
  WHERE a.area_level <> 'county'
    AND h.segment_code = 'all'
    AND h.is_reported
  GROUP BY a.area_code, a.area_level
),
ever AS (
  SELECT
    a.area_code,
    a.area_level,
    count(t.teacher_no) AS n
  FROM int_area_county AS a
  LEFT JOIN int_teacher_state AS t
    ON t.county_code = a.county_code
   AND t.is_complete
  GROUP BY a.area_code, a.area_level
)
SELECT
  CAST(r.area_code AS varchar) AS area_code,
  CAST(r.area_level AS varchar) AS area_level,
  CAST(f.figure_code AS varchar) AS figure_code,
  CASE f.figure_code
    WHEN 'H1_reported' THEN r.n_learning
    WHEN 'H2_reported' THEN r.n_complete
    WHEN 'A4_reported' THEN r.n_qualified
    ELSE r.progress_seconds
  END AS n,
  CASE f.figure_code
    WHEN 'H3_reported' THEN r.required_seconds
    ELSE r.n_teachers
  END AS d
FROM reported AS r
CROSS JOIN (
  VALUES ('H1_reported'), ('H2_reported'), ('H3_reported'), ('A4_reported')
) AS f (figure_code)
UNION ALL
SELECT
  CAST(e.area_code AS varchar) AS area_code,
  CAST(e.area_level AS varchar) AS area_level,
  CAST('H2_ever' AS varchar) AS figure_code,
  e.n,
  CAST(NULL AS bigint) AS d
FROM ever AS e
