-- int_figure_school: figures that count schools: A1, E2, L1, L2 and P3.
-- grain: area_code, figure_code
-- reads: int_area_county, int_school_count
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   figure_code varchar: A1, E2, E2_sessions, L1, L2, P3
--   n bigint: schools; sessions for E2_sessions
--   d bigint: schools in operation, of the kind that the figure looks at
-- rule: [二.2] L1, L2; [三.四.3] A1; [二.1] E2; [三.三.5] P3 of figures.md
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  CAST(s.figure_code AS varchar) AS figure_code,
  CAST(sum(s.n) AS bigint) AS n,
  count(*) AS d
FROM int_school_count AS s
JOIN int_area_county AS a
  ON a.county_code = s.county_code
GROUP BY a.area_code, a.area_level, s.figure_code
