-- int_figure_completion: the completion gate of each county with teachers.
-- grain: area_code
-- reads: int_area_hours, int_county_launch, int_rule, run_context
-- columns:
--   area_code varchar: 510104
--   n bigint: as H3
--   d bigint: as H3
--   state_code varchar: not_reported, not_started, complete, missed, on_track, behind
-- rule: [四] gate_completion of figures.md: the first state that holds
SELECT
  CAST(h.area_code AS varchar) AS area_code,
  h.progress_seconds AS n,
  h.required_seconds AS d,
  CAST(CASE
    WHEN NOT h.is_reported THEN 'not_reported'
    WHEN l.started_on IS NULL THEN 'not_started'
    WHEN h.n_complete = h.n_teachers THEN 'complete'
    WHEN rc.as_of_date > k.last_on THEN 'missed'
    WHEN h.progress_seconds * date_diff('day', l.started_on, k.last_on)
      >= h.required_seconds * date_diff('day', l.started_on, rc.as_of_date) THEN 'on_track'
    ELSE 'behind'
  END AS varchar) AS state_code
FROM int_area_hours AS h
CROSS JOIN run_context AS rc
JOIN int_county_launch AS l
  ON l.county_code = h.area_code
JOIN int_rule AS k
  ON k.area_code = h.area_code
WHERE h.area_level = 'county'
  AND h.segment_code = 'all'
