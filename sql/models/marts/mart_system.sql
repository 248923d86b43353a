-- mart_system: is each training system in time.
-- grain: system
-- reads: int_system_arrival
-- columns:
--   system varchar: training system
--   newest_arrival_on date: newest arrival of the export that decides, NULL if it never arrived
--   due_on date: first day on which that export is late
--   is_in_time boolean: every export of the system is in time
--   silent_days bigint: days since that arrival, NULL if it never arrived
-- rule: [五.三] D_systems of figures.md
SELECT
  CAST(s.system AS varchar) AS system,
  s.newest_arrival_on,
  s.due_on,
  s.is_in_time,
  s.n_days_silent AS silent_days
FROM int_system_arrival AS s
