-- check_figure_share: figures whose d is 0 or below, or whose share is not n / d.
-- matters: a share is one division of its published n and d; a row without a divisor has no place.
-- resolve: the model of the figure must leave out areas with nothing to divide by.
-- grain: area_code, segment_code, figure_code
-- reads: mart_figure
-- columns:
--   area_code varchar: area of the figure
--   segment_code varchar: segment of the figure
--   figure_code varchar: figure
--   n bigint: numerator
--   d bigint: denominator
--   share double: as written
-- rule: gap_* and a few others have a share without n and d (figures.md); S ranks no share
SELECT
  m.area_code,
  m.segment_code,
  m.figure_code,
  m.n,
  m.d,
  m.share
FROM mart_figure AS m
WHERE m.d <= 0
  OR (
    m.n IS NOT NULL
    AND m.d IS NOT NULL
    AND m.share IS NOT NULL
    AND m.share <> CAST(m.n AS double) / CAST(nullif(m.d, 0) AS double)
  )
  OR (
    m.n IS NOT NULL
    AND m.d IS NOT NULL
    AND m.share IS NULL
    AND (m.state_code IS NULL OR m.state_code NOT IN ('not_reported', 'small'))
  )
