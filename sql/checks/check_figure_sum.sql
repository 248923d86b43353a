-- check_figure_sum: figures of a province or city that are not the sum of its counties.
-- matters: leaders of two levels see figures that contradict each other.
-- resolve: look for teachers or counties that one level leaves out or counts twice.
-- grain: area_code, segment_code, figure_code
-- reads: int_area_county, mart_figure
-- columns:
--   area_code varchar: province or city
--   segment_code varchar: all or a helped group
--   figure_code varchar: R1, R2, H1, H2, H3, H5_online, H5_practice, H2_ever
--   n bigint: of the area
--   n_counties bigint: sum of its counties
--   d bigint: of the area, NULL where the figure has none
--   d_counties bigint: sum of its counties
WITH added AS (
  SELECT
    a.area_code,
    m.segment_code,
    m.figure_code,
    CAST(sum(m.n) AS bigint) AS n,
    CAST(sum(m.d) AS bigint) AS d
  FROM int_area_county AS a
  JOIN mart_figure AS m
    ON m.area_code = a.county_code
  WHERE a.area_level <> 'county'
    AND m.figure_code IN
      ('R1', 'R2', 'H1', 'H2', 'H3', 'H5_online', 'H5_practice', 'H2_ever')
  GROUP BY a.area_code, m.segment_code, m.figure_code
)
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.segment_code AS varchar) AS segment_code,
  CAST(a.figure_code AS varchar) AS figure_code,
  m.n,
  a.n AS n_counties,
  m.d,
  a.d AS d_counties
FROM added AS a
LEFT JOIN mart_figure AS m
  ON m.area_code = a.area_code
 AND m.segment_code = a.segment_code
 AND m.figure_code = a.figure_code
WHERE m.n IS DISTINCT FROM a.n
  OR m.d IS DISTINCT FROM a.d
