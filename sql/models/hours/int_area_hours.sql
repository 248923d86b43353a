-- int_area_hours: what the teachers of each area and group have learned and can do, added up.
-- grain: area_code, segment_code
-- reads: int_county_reported, int_teacher_state
-- columns:
--   area_code varchar: 51, 5101, 510104 or a school's 10 digits
--   area_level varchar: province, city, county, school
--   segment_code varchar: all or a helped group; schools have all only
--   is_reported boolean: the county, or the school's county, is reported; NULL above
--   n_teachers bigint: teachers of the denominator
--   n_learning bigint: of them with credit
--   n_complete bigint: of them complete
--   n_chosen bigint: of them with a valid choice of points (A2)
--   n_capable bigint: of them capable (A3)
--   n_qualified bigint: of them complete and capable (A4)
--   progress_seconds bigint: seconds up to what is required
--   required_seconds bigint: what is required of all
--   missing_online_seconds bigint: still missing online
--   missing_practice_seconds bigint: still missing in practice
-- rule: [二.1] H1, H2, H3, H5 and A2 to A4 of figures.md
WITH teacher AS (
  SELECT
    substr(t.county_code, 1, 2) AS province_code,
    t.city_code,
    t.county_code,
    t.school_code,
    t.is_deep_poverty_rural,
    t.is_ethnic,
    t.is_village,
    t.is_poverty,
    t.is_three_prefectures,
    CASE WHEN t.online_seconds + t.practice_seconds > 0 THEN 1 ELSE 0 END AS n_learning,
    CASE WHEN t.is_complete THEN 1 ELSE 0 END AS n_complete,
    CASE WHEN t.has_chosen THEN 1 ELSE 0 END AS n_chosen,
    CASE WHEN t.is_capable THEN 1 ELSE 0 END AS n_capable,
    CASE WHEN t.is_complete AND t.is_capable THEN 1 ELSE 0 END AS n_qualified,
    t.required_online_seconds + t.required_practice_seconds AS required_seconds,
    CASE
      WHEN t.online_seconds < t.required_online_seconds
        THEN t.required_online_seconds - t.online_seconds
      ELSE 0
    END AS missing_online_seconds,
    CASE
      WHEN t.practice_seconds < t.required_practice_seconds
        THEN t.required_practice_seconds - t.practice_seconds
      ELSE 0
    END AS missing_practice_seconds
  FROM int_teacher_state AS t
  WHERE t.in_denominator
),
added AS (
  SELECT
    CAST(CASE grouping(t.city_code, t.county_code, t.school_code)
      WHEN 0 THEN t.school_code
      WHEN 1 THEN t.county_code
      WHEN 3 THEN t.city_code
      ELSE t.province_code
    END AS varchar) AS area_code,
    CAST(CASE grouping(t.city_code, t.county_code, t.school_code)
      WHEN 0 THEN 'school'
      WHEN 1 THEN 'county'
      WHEN 3 THEN 'city'
      ELSE 'province'
    END AS varchar) AS area_level,
    t.county_code,
    CAST(g.segment_code AS varchar) AS segment_code,
    count(*) AS n_teachers,
    CAST(sum(t.n_learning) AS bigint) AS n_learning,
    CAST(sum(t.n_complete) AS bigint) AS n_complete,
    CAST(sum(t.n_chosen) AS bigint) AS n_chosen,
    CAST(sum(t.n_capable) AS bigint) AS n_capable,
    CAST(sum(t.n_qualified) AS bigint) AS n_qualified,
    CAST(sum(t.required_seconds - t.missing_online_seconds - t.missing_practice_seconds)
      AS bigint) AS progress_seconds,
    CAST(sum(t.required_seconds) AS bigint) AS required_seconds,
    CAST(sum(t.missing_online_seconds) AS bigint) AS missing_online_seconds,
    CAST(sum(t.missing_practice_seconds) AS bigint) AS missing_practice_seconds
  FROM teacher AS t
  CROSS JOIN (
    VALUES
      ('all'), ('deep_poverty_rural'), ('ethnic'), ('village'), ('poverty'),
      ('three_prefectures')
  ) AS g (segment_code)
  WHERE g.segment_code = 'all'
    OR (g.segment_code = 'deep_poverty_rural' AND t.is_deep_poverty_rural)
    OR (g.segment_code = 'ethnic' AND t.is_ethnic)
    OR (g.segment_code = 'village' AND t.is_village)
    OR (g.segment_code = 'poverty' AND t.is_poverty)
    OR (g.segment_code = 'three_prefectures' AND t.is_three_prefectures)
  GROUP BY GROUPING SETS (
    (g.segment_code, t.province_code, t.city_code, t.county_code, t.school_code),
    (g.segment_code, t.province_code, t.city_code, t.county_code),
    (g.segment_code, t.province_code, t.city_code),
    (g.segment_code, t.province_code)
  )
)
SELECT
  a.area_code,
  a.area_level,
  a.segment_code,
  CASE
    WHEN a.county_code IS NULL THEN NULL
    ELSE r.county_code IS NOT NULL
  END AS is_reported,
  a.n_teachers,
  a.n_learning,
  a.n_complete,
  a.n_chosen,
  a.n_capable,
  a.n_qualified,
  a.progress_seconds,
  a.required_seconds,
  a.missing_online_seconds,
  a.missing_practice_seconds
FROM added AS a
LEFT JOIN int_county_reported AS r
  ON r.county_code = a.county_code
WHERE a.area_level <> 'school'
  OR a.segment_code = 'all'
