-- int_rule: the rules in force on the day, one row an area.
-- grain: area_code
-- reads: int_area, int_parameter, run_context
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   required_online_seconds bigint: seconds each teacher must learn online
--   required_practice_seconds bigint: seconds each teacher must practise
--   first_on date: first day on which training counts
--   last_on date: last day on which training counts
--   evidence_teachers bigint: teachers with credit that make a county evidenced
--   small_county_teachers bigint: below so many teachers half of them are enough
--   mixed_online_parts bigint: parts of a mixed training that are online
--   mixed_total_parts bigint: all parts of a mixed training
--   pace_window_days bigint: days that the pace looks at
--   pace_lag_days bigint: last days that it leaves out, for they still fill up
--   projection_limit_days bigint: days after the due day beyond which nothing is projected
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  max(p.value_number) FILTER (WHERE p.parameter = 'required_online_seconds')
    AS required_online_seconds,
  max(p.value_number) FILTER (WHERE p.parameter = 'required_practice_seconds')
    AS required_practice_seconds,
  max(p.value_on) FILTER (WHERE p.parameter = 'programme_first_day') AS first_on,
  max(p.value_on) FILTER (WHERE p.parameter = 'programme_last_day') AS last_on,
  max(p.value_number) FILTER (WHERE p.parameter = 'evidence_teachers') AS evidence_teachers,
  max(p.value_number) FILTER (WHERE p.parameter = 'evidence_small_county')
    AS small_county_teachers,
  max(p.value_number) FILTER (WHERE p.parameter = 'ntms_mixed_online_parts')
    AS mixed_online_parts,
  max(p.value_number) FILTER (WHERE p.parameter = 'ntms_mixed_total_parts')
    AS mixed_total_parts,
  max(p.value_number) FILTER (WHERE p.parameter = 'pace_window_days') AS pace_window_days,
  max(p.value_number) FILTER (WHERE p.parameter = 'pace_lag_days') AS pace_lag_days,
  max(p.value_number) FILTER (WHERE p.parameter = 'projection_limit_days')
    AS projection_limit_days
FROM int_area AS a
JOIN int_parameter AS p
  ON p.area_code = a.area_code
CROSS JOIN run_context AS rc
WHERE p.valid_from <= rc.as_of_date
  AND p.valid_to > rc.as_of_date
GROUP BY a.area_code, a.area_level
