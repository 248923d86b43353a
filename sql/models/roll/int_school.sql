-- int_school: one row a school ever on a school roll, as its newest version says.
-- grain: school_code
-- reads: seed_divisions, src_school
-- columns:
--   school_code varchar: 10 digits
--   school_name varchar: as exported
--   county_code varchar: 6 digits
--   city_code varchar: 4 digits
--   school_type varchar: school, village_school, teaching_point
--   place_type varchar: urban, town, rural
--   is_smart_education boolean: smart-education school
--   has_cio boolean: names a CIO
--   opened_on date: first day of operation, NULL if always
--   closed_on date: first day out of operation, NULL if open
--   is_on_roll boolean: on the newest school roll
--   is_deep_poverty boolean: the county is
--   is_poverty boolean: the county is
--   is_ethnic boolean: the county is
--   is_three_prefectures boolean: the county is
-- rule: [二.1] Denominator and Segments of figures.md; Newest version of rows.md
WITH ranked AS (
  SELECT
    s.school_code,
    s.school_name,
    s.county_code,
    s.school_type,
    s.place_type,
    s.is_smart_education,
    s.has_cio,
    s.school_status,
    s.opened_on,
    s.merged_on,
    first_value(s.is_retraction) OVER (
      PARTITION BY s.record_id
      ORDER BY s.known_on DESC, s.is_retraction, s.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY s.record_id
      ORDER BY s.is_retraction, s.record_version DESC, s.known_on DESC, s.export_seq DESC
    ) AS version_rank
  FROM src_school AS s
)
SELECT
  CAST(r.school_code AS varchar) AS school_code,
  CAST(r.school_name AS varchar) AS school_name,
  CAST(r.county_code AS varchar) AS county_code,
  CAST(d.city_code AS varchar) AS city_code,
  CAST(r.school_type AS varchar) AS school_type,
  CAST(r.place_type AS varchar) AS place_type,
  coalesce(r.is_smart_education, false) AS is_smart_education,
  coalesce(r.has_cio, false) AS has_cio,
  r.opened_on,
  -- A closed school without a day has been closed all along.
  CASE
    WHEN r.school_status = 'open' THEN NULL
    ELSE coalesce(r.merged_on, DATE '1900-01-01')
  END AS closed_on,
  NOT r.is_gone AS is_on_roll,
  coalesce(d.is_deep_poverty, false) AS is_deep_poverty,
  coalesce(d.is_poverty, false) AS is_poverty,
  coalesce(d.is_ethnic, false) AS is_ethnic,
  coalesce(d.is_three_prefectures, false) AS is_three_prefectures
FROM ranked AS r
LEFT JOIN seed_divisions AS d
  ON d.county_code = r.county_code
WHERE r.version_rank = 1
  AND r.school_code IS NOT NULL
