-- int_evaluation: evaluations made by the day, as their newest version says.
-- grain: evaluation_no
-- reads: run_context, src_evaluation
-- columns:
--   evaluation_no varchar: number of the evaluation
--   evaluation_kind varchar: expert, trainee, third
--   county_code varchar: 6 digits
--   evaluated_on date: day of the evaluation
--   score_hundredths bigint: score times 100
--   sample_size bigint: persons asked, lessons seen
-- rule: [五.三] Q of figures.md: evaluations up to the day; Newest version of rows.md
WITH ranked AS (
  SELECT
    e.evaluation_no,
    e.evaluation_kind,
    e.county_code,
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
  CAST(r.evaluation_no AS varchar) AS evaluation_no,
  CAST(r.evaluation_kind AS varchar) AS evaluation_kind,
  CAST(r.county_code AS varchar) AS county_code,
  r.evaluated_on,
  r.score_hundredths,
  r.sample_size
FROM ranked AS r
CROSS JOIN run_context AS rc
WHERE r.version_rank = 1
  AND NOT r.is_retraction
  AND r.evaluated_on <= rc.as_of_date
