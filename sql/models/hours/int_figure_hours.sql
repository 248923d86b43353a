-- int_figure_hours: H1, H2, H3, H5, A2, A3 and A4 of areas, schools and helped groups.
-- grain: area_code, segment_code, figure_code
-- reads: int_area_hours
-- columns:
--   area_code varchar: 51, 5101, 510104 or a school's 10 digits
--   area_level varchar: province, city, county, school
--   segment_code varchar: all or a helped group
--   figure_code varchar: H1, H2, H3, H5_online, H5_practice, A2, A3, A4
--   n bigint: teachers, or seconds
--   d bigint: teachers, or seconds; NULL for H5
--   state_code varchar: not_reported or NULL
-- rule: [二.1] hours; [三.四.3] points; codes of figures.md
WITH long AS (
  SELECT
    h.area_code,
    h.area_level,
    h.segment_code,
    h.is_reported,
    f.figure_code,
    CASE f.figure_code
      WHEN 'H1' THEN h.n_learning
      WHEN 'H2' THEN h.n_complete
      WHEN 'H3' THEN h.progress_seconds
      WHEN 'H5_online' THEN h.missing_online_seconds
      WHEN 'H5_practice' THEN h.missing_practice_seconds
      WHEN 'A2' THEN h.n_chosen
      WHEN 'A3' THEN h.n_capable
      WHEN 'A4' THEN h.n_qualified
    END AS n,
    CASE f.figure_code
      WHEN 'H3' THEN h.required_seconds
      WHEN 'H5_online' THEN NULL
      WHEN 'H5_practice' THEN NULL
      ELSE h.n_teachers
    END AS d
  FROM int_area_hours AS h
  CROSS JOIN (
    VALUES
      ('H1'), ('H2'), ('H3'), ('H5_online'), ('H5_practice'), ('A2'), ('A3'), ('A4')
  ) AS f (figure_code)
  WHERE h.segment_code = 'all'
    OR f.figure_code = 'H1'
    OR f.figure_code = 'H2'
    OR f.figure_code = 'H3'
    OR f.figure_code = 'A4'
)
SELECT
  CAST(l.area_code AS varchar) AS area_code,
  CAST(l.area_level AS varchar) AS area_level,
  CAST(l.segment_code AS varchar) AS segment_code,
  CAST(l.figure_code AS varchar) AS figure_code,
  l.n,
  l.d,
  CAST(CASE WHEN NOT l.is_reported THEN 'not_reported' END AS varchar) AS state_code
FROM long AS l
