-- int_county_index: the supervision index of each reported county.
-- grain: county_code
-- reads: int_area_hours, int_index_part, seed_divisions
-- columns:
--   county_code varchar: 6 digits
--   city_code varchar: 4 digits
--   is_poverty boolean: poverty county
--   n_teachers bigint: teachers of the denominator
--   share double: the index, 0 to 1
-- rule: [五.三] S of figures.md: weighted mean of the known parts, added in one fixed order
WITH running AS (
  SELECT
    p.county_code,
    -- One sum of named parts: the order of a plain sum of doubles is the engine's.
    coalesce(min(CASE WHEN p.part_number = 1 THEN p.share * CAST(p.weight AS double) END), 0.0E0)
      + coalesce(min(CASE WHEN p.part_number = 2 THEN p.share * CAST(p.weight AS double) END),
        0.0E0)
      + coalesce(min(CASE WHEN p.part_number = 3 THEN p.share * CAST(p.weight AS double) END),
        0.0E0)
      + coalesce(min(CASE WHEN p.part_number = 4 THEN p.share * CAST(p.weight AS double) END),
        0.0E0)
      + coalesce(min(CASE WHEN p.part_number = 5 THEN p.share * CAST(p.weight AS double) END),
        0.0E0)
      + coalesce(min(CASE WHEN p.part_number = 6 THEN p.share * CAST(p.weight AS double) END),
        0.0E0)
      + coalesce(min(CASE WHEN p.part_number = 7 THEN p.share * CAST(p.weight AS double) END),
        0.0E0) AS weighted_sum,
    CAST(sum(p.weight) AS bigint) AS weight_sum
  FROM int_index_part AS p
  GROUP BY p.county_code
)
SELECT
  CAST(r.county_code AS varchar) AS county_code,
  CAST(d.city_code AS varchar) AS city_code,
  d.is_poverty,
  coalesce(h.n_teachers, 0) AS n_teachers,
  CAST(r.weighted_sum AS double) / CAST(nullif(r.weight_sum, 0) AS double) AS share
FROM running AS r
JOIN seed_divisions AS d
  ON d.county_code = r.county_code
LEFT JOIN int_area_hours AS h
  ON h.area_code = r.county_code
 AND h.segment_code = 'all'
WHERE r.weight_sum > 0
