-- int_figure_quality: scores of evaluations, weighted by sample: Q_expert, Q_trainee, Q_third.
-- grain: area_code, figure_code
-- reads: int_area_county, run_context, src_evaluation
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   figure_code varchar: Q_expert, Q_trainee, Q_third
--   n bigint: hundredths of a score times samples
--   d bigint: 10,000 times samples
--   target bigint: number of evaluations
-- rule: Q of figures.md: evaluations of counties, up to the day
WITH ranked AS (
  SELECT
    e.county_code,
    e.evaluation_kind,
    e.evaluated_on,
    e.score_hundredths,
    e.sample_size,
    e.is_retraction,
    row_number() OVER (
      PARTITION BY e.record_id
      ORDER BY e.record_version DESC, e.known_on DESC, e.is_retraction, e.export_seq DESC
    ) AS version_rank
  FROM src_evaluation AS e
)
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  CAST('Q_' || r.evaluation_kind AS varchar) AS figure_code,
  CAST(sum(r.score_hundredths * r.sample_size) AS bigint) AS n,
  CAST(sum(10000 * r.sample_size) AS bigint) AS d,
  count(*) AS target
FROM ranked AS r
CROSS JOIN run_context AS rc
JOIN int_area_county AS a
  ON a.county_code = r.county_code
WHERE r.version_rank = 1
  AND NOT r.is_retraction
  AND r.evaluated_on <= rc.as_of_date
GROUP BY a.area_code, a.area_level, r.evaluation_kind
