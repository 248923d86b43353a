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
--   mix_evidence_seconds bigint: seconds of evidence that fill its share of the practice mix
--   mix_research_seconds bigint: seconds of school-based research that fill theirs
--   mix_recording_seconds bigint: seconds of classroom recording that fill theirs
--   classroom_window_days bigint: days in which a session reaches a village school
--   points_needed bigint: ability points each teacher must choose and pass
--   model_schools_low bigint: fewest model schools a city is to have
--   model_schools_high bigint: most model schools a city is to have
--   flag_day_seconds bigint: more on one day is flagged (I1)
--   flag_watch_seconds bigint: more watched on one day is flagged (I2)
--   flag_same_second_teachers bigint: teachers of a school with one second that are flagged (I3)
--   flag_same_total_teachers bigint: teachers of a school whose equal totals are flagged (I4)
--   flag_jump_teachers bigint: teachers of a school from which on a jump is flagged (I5)
--   flag_jump_percent bigint: percent of a school completing in three days beyond which (I5)
--   flag_declared_days bigint: days of a declaration without training beyond which (I6)
--   equity_group_teachers bigint: teachers from which on a helped group counts in the index
--   weight_rollout bigint: weight of the part in the index
--   weight_completion bigint: weight of the part in the index
--   weight_qualified bigint: weight of the part in the index
--   weight_equity bigint: weight of the part in the index
--   weight_leadership bigint: weight of the part in the index
--   weight_quality bigint: weight of the part in the index
--   weight_data bigint: weight of the part in the index
-- rule: [二.1] Parameters of figures.md
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
    AS projection_limit_days,
  max(p.value_number) FILTER (WHERE p.parameter = 'mix_evidence_seconds') AS mix_evidence_seconds,
  max(p.value_number) FILTER (WHERE p.parameter = 'mix_research_seconds') AS mix_research_seconds,
  max(p.value_number) FILTER (WHERE p.parameter = 'mix_recording_seconds')
    AS mix_recording_seconds,
  max(p.value_number) FILTER (WHERE p.parameter = 'classroom_window_days')
    AS classroom_window_days,
  max(p.value_number) FILTER (WHERE p.parameter = 'points_needed') AS points_needed,
  max(p.value_number) FILTER (WHERE p.parameter = 'model_schools_low') AS model_schools_low,
  max(p.value_number) FILTER (WHERE p.parameter = 'model_schools_high') AS model_schools_high,
  max(p.value_number) FILTER (WHERE p.parameter = 'flag_day_seconds') AS flag_day_seconds,
  max(p.value_number) FILTER (WHERE p.parameter = 'flag_watch_seconds') AS flag_watch_seconds,
  max(p.value_number) FILTER (WHERE p.parameter = 'flag_same_second_teachers')
    AS flag_same_second_teachers,
  max(p.value_number) FILTER (WHERE p.parameter = 'flag_same_total_teachers')
    AS flag_same_total_teachers,
  max(p.value_number) FILTER (WHERE p.parameter = 'flag_jump_teachers') AS flag_jump_teachers,
  max(p.value_number) FILTER (WHERE p.parameter = 'flag_jump_percent') AS flag_jump_percent,
  max(p.value_number) FILTER (WHERE p.parameter = 'flag_declared_days') AS flag_declared_days,
  max(p.value_number) FILTER (WHERE p.parameter = 'equity_group_teachers')
    AS equity_group_teachers,
  max(p.value_number) FILTER (WHERE p.parameter = 'weight_rollout') AS weight_rollout,
  max(p.value_number) FILTER (WHERE p.parameter = 'weight_completion') AS weight_completion,
  max(p.value_number) FILTER (WHERE p.parameter = 'weight_qualified') AS weight_qualified,
  max(p.value_number) FILTER (WHERE p.parameter = 'weight_equity') AS weight_equity,
  max(p.value_number) FILTER (WHERE p.parameter = 'weight_leadership') AS weight_leadership,
  max(p.value_number) FILTER (WHERE p.parameter = 'weight_quality') AS weight_quality,
  max(p.value_number) FILTER (WHERE p.parameter = 'weight_data') AS weight_data
FROM int_area AS a
JOIN int_parameter AS p
  ON p.area_code = a.area_code
CROSS JOIN run_context AS rc
WHERE p.valid_from <= rc.as_of_date
  AND p.valid_to > rc.as_of_date
GROUP BY a.area_code, a.area_level
