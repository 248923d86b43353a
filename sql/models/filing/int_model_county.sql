-- int_model_county: counties marked as model county in their newest approved registration.
-- grain: county_code
-- reads: int_registration, seed_divisions
-- columns:
--   county_code varchar: 6 digits
--   city_code varchar: 4 digits
-- rule: [三.二.4] L5_county of figures.md
WITH newest AS (
  SELECT
    g.county_code,
    g.is_model_county,
    row_number() OVER (
      PARTITION BY g.county_code
      ORDER BY g.record_version DESC, g.known_on DESC, g.export_seq DESC
    ) AS registration_rank
  FROM int_registration AS g
  WHERE g.filing_state = 'approved'
)
SELECT
  CAST(n.county_code AS varchar) AS county_code,
  CAST(d.city_code AS varchar) AS city_code
FROM newest AS n
JOIN seed_divisions AS d
  ON d.county_code = n.county_code
WHERE n.registration_rank = 1
  AND n.is_model_county
