-- int_spot_check: spot checks made by the day, as the newest list says.
-- grain: check_no
-- reads: run_context, src_spot_check
-- columns:
--   check_no varchar: number of the check
--   city_code varchar: 4 digits
--   checked_on date: day of the check
--   is_confirmed boolean: what was reported is true
-- rule: [三.二.1] Q_spot of figures.md: the newest list
WITH ranked AS (
  SELECT
    c.check_no,
    c.city_code,
    c.checked_on,
    c.is_confirmed,
    first_value(c.is_retraction) OVER (
      PARTITION BY c.record_id
      ORDER BY c.known_on DESC, c.is_retraction, c.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY c.record_id
      ORDER BY c.is_retraction, c.record_version DESC, c.known_on DESC, c.export_seq DESC
    ) AS version_rank
  FROM src_spot_check AS c
)
SELECT
  CAST(r.check_no AS varchar) AS check_no,
  CAST(r.city_code AS varchar) AS city_code,
  r.checked_on,
  r.is_confirmed
FROM ranked AS r
CROSS JOIN run_context AS rc
WHERE r.version_rank = 1
  AND NOT r.is_gone
  AND r.checked_on <= rc.as_of_date
