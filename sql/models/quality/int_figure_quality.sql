-- int_figure_quality: scores of evaluations, weighted by sample: Q_expert, Q_trainee, Q_third.
-- grain: area_code, figure_code
-- reads: int_area_county, int_evaluation
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   figure_code varchar: Q_expert, Q_trainee, Q_third
--   n bigint: hundredths of a score times samples
--   d bigint: 10,000 times samples
--   target bigint: number of evaluations
-- rule: [五.三] Q of figures.md: evaluations of counties, up to the day
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  CAST('Q_' || e.evaluation_kind AS varchar) AS figure_code,
  CAST(sum(e.score_hundredths * e.sample_size) AS bigint) AS n,
  CAST(sum(10000 * e.sample_size) AS bigint) AS d,
  count(*) AS target
FROM int_evaluation AS e
JOIN int_area_county AS a
  ON a.county_code = e.county_code
GROUP BY a.area_code, a.area_level, e.evaluation_kind
