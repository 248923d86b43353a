-- check_figure_grain: figures that stand more than once for one area and segment.
-- matters: two numbers for one figure; which of them a page shows is chance.
-- resolve: look for a join that multiplies rows in the model of the figure.
-- grain: area_code, segment_code, figure_code
-- reads: mart_figure
-- columns:
--   area_code varchar: area of the figure
--   segment_code varchar: segment of the figure
--   figure_code varchar: figure
--   n_rows bigint: rows of the same grain
SELECT
  m.area_code,
  m.segment_code,
  m.figure_code,
  count(*) AS n_rows
FROM mart_figure AS m
GROUP BY m.area_code, m.segment_code, m.figure_code
HAVING count(*) > 1
