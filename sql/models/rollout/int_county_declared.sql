-- int_county_declared: the day each county's launch was declared, also if it is still to come.
-- grain: county_code
-- reads: int_registration
-- columns:
--   county_code varchar: 6 digits
--   declared_on date: earliest launch day of the approved registrations
-- rule: [四] Declared of figures.md
SELECT
  CAST(g.county_code AS varchar) AS county_code,
  min(g.launched_on) AS declared_on
FROM int_registration AS g
WHERE g.filing_state = 'approved'
  AND g.launched_on IS NOT NULL
GROUP BY g.county_code
