-- int_registration: county registrations, as their newest version says.
-- grain: registration_no
-- reads: src_county_registration
-- columns:
--   registration_no varchar: number of the registration
--   county_code varchar: 6 digits
--   launched_on date: day of the launch, also if it is still to come
--   is_model_county boolean: marked as model county
--   filing_state varchar: pending, approved, returned
--   record_version bigint: the source's own version
--   known_on date: knowledge day of the newest version
--   export_seq bigint: its order inside the night
-- rule: [四] Declared of figures.md; Newest version of rows.md
WITH ranked AS (
  SELECT
    g.registration_no,
    g.county_code,
    g.launched_on,
    g.is_model_county,
    g.filing_state,
    g.record_version,
    g.known_on,
    g.export_seq,
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
  CAST(r.registration_no AS varchar) AS registration_no,
  CAST(r.county_code AS varchar) AS county_code,
  r.launched_on,
  coalesce(r.is_model_county, false) AS is_model_county,
  CAST(r.filing_state AS varchar) AS filing_state,
  r.record_version,
  r.known_on,
  r.export_seq
FROM ranked AS r
WHERE r.version_rank = 1
  AND NOT r.is_gone
