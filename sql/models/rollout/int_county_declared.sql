-- int_county_declared: the day each county's launch was declared, also if it is still to come.
-- grain: county_code
-- reads: src_county_registration
-- columns:
--   county_code varchar: 6 digits
--   declared_on date: earliest launch day of the approved registrations
-- rule: Declared of figures.md
WITH ranked AS (
  SELECT
    g.county_code,
    g.launched_on,
    g.filing_state,
    first_value(g.is_retraction) OVER (
      PARTITION BY g.record_id
      ORDER BY g.known_on DESC, g.is_retraction, g.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY g.record_id
      ORDER BY g.is_retraction, g.record_version DESC, g.known_on DESC, g.export_seq DESC
    ) AS version_rank
  FROM src_county_registration AS g
)
SELECT
  CAST(r.county_code AS varchar) AS county_code,
  min(r.launched_on) AS declared_on
FROM ranked AS r
WHERE r.version_rank = 1
  AND NOT r.is_gone
  AND r.filing_state = 'approved'
  AND r.launched_on IS NOT NULL
GROUP BY r.county_code
