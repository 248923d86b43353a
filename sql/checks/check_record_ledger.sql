-- check_record_ledger: systems of which a sent version has no outcome, or more than one.
-- matters: a training is lost, or its hours count twice.
-- resolve: compare int_training_version with the lake; look for a join that drops or multiplies.
-- grain: system
-- reads: int_credit_row, src_programme_record, src_training_record
-- columns:
--   system varchar: system of the rows
--   n_sent bigint: versions in the lake, by category
--   n_judged bigint: rows with an outcome
-- rule: rows = superseded + retracted + ... + credited (metrics.md, record ledger)
WITH sent AS (
  SELECT
    t.system,
    CASE WHEN t.category = 'mixed' THEN 2 ELSE 1 END AS n_parts
  FROM src_training_record AS t
  WHERE NOT t.is_retraction
  UNION ALL
  SELECT
    p.system,
    2 AS n_parts
  FROM src_programme_record AS p
  WHERE NOT p.is_retraction
),
counted AS (
  SELECT s.system, CAST(sum(s.n_parts) AS bigint) AS n_sent
  FROM sent AS s
  GROUP BY s.system
),
judged AS (
  SELECT c.system, count(c.outcome) AS n_judged
  FROM int_credit_row AS c
  GROUP BY c.system
)
SELECT
  CAST(coalesce(s.system, j.system) AS varchar) AS system,
  coalesce(s.n_sent, 0) AS n_sent,
  coalesce(j.n_judged, 0) AS n_judged
FROM counted AS s
FULL OUTER JOIN judged AS j
  ON j.system = s.system
WHERE coalesce(s.n_sent, 0) <> coalesce(j.n_judged, 0)
