-- mart_finding: what the alert rules find tonight.
-- grain: rule_code, area_code, subject
-- reads: int_area, int_system_arrival, run_context
-- columns:
--   rule_code varchar: source_silent
--   area_code varchar: area of the finding
--   subject varchar: the system
--   severity varchar: warning
--   since_on date: first day on which the system was late
--   n bigint: days silent, NULL if an export never arrived
--   d bigint: days allowed between two arrivals
-- rule: [五.三] source_silent of alerts.md
SELECT
  CAST('source_silent' AS varchar) AS rule_code,
  CAST(a.area_code AS varchar) AS area_code,
  CAST(s.system AS varchar) AS subject,
  CAST('warning' AS varchar) AS severity,
  coalesce(s.due_on, rc.as_of_date) AS since_on,
  s.n_days_silent AS n,
  s.n_days_allowed AS d
FROM int_system_arrival AS s
CROSS JOIN run_context AS rc
CROSS JOIN int_area AS a
WHERE a.area_level = 'province'
  AND NOT s.is_in_time
