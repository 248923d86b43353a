-- int_figure_gap: how far each helped group is from the other teachers of its area.
-- grain: area_code, segment_code, figure_code
-- reads: int_figure_hours
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   segment_code varchar: helped group
--   figure_code varchar: gap_H1, gap_H2, gap_H3, gap_A4
--   share double: share of the group less share of the others, -1 to 1
--   state_code varchar: not_reported (share NULL) or NULL
-- rule: [二.1] no row where the group or the others are empty (figures.md)
SELECT
  CAST(g.area_code AS varchar) AS area_code,
  CAST(g.area_level AS varchar) AS area_level,
  CAST(g.segment_code AS varchar) AS segment_code,
  CAST('gap_' || g.figure_code AS varchar) AS figure_code,
  CASE
    WHEN g.state_code IS NULL
      THEN CAST(g.n AS double) / CAST(nullif(g.d, 0) AS double)
        - CAST(a.n - g.n AS double) / CAST(nullif(a.d - g.d, 0) AS double)
  END AS share,
  CAST(g.state_code AS varchar) AS state_code
FROM int_figure_hours AS g
JOIN int_figure_hours AS a
  ON a.area_code = g.area_code
 AND a.figure_code = g.figure_code
WHERE a.segment_code = 'all'
  AND g.segment_code <> 'all'
  AND a.d > g.d
