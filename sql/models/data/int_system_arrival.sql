-- int_system_arrival: each system by the export that is late first, or has been late longest.
-- grain: system
-- reads: file_arrival, int_export_arrival
-- columns:
--   system varchar: training system
--   worst_export varchar: its export that decides
--   newest_arrival_on date: newest arrival of that export, NULL if it never arrived
--   due_on date: first day on which it is late; never arrived: day of the home's first file
--   n_days_allowed bigint: cadence and grace of that export
--   n_days_silent bigint: days since that arrival, NULL if it never arrived
--   is_in_time boolean: every export is in time
-- rule: [五.三] D_systems of figures.md
WITH ranked AS (
  SELECT
    e.system,
    e.export,
    e.newest_arrival_on,
    e.late_on,
    e.n_days_allowed,
    e.n_days_silent,
    e.is_in_time,
    row_number() OVER (
      PARTITION BY e.system
      ORDER BY CASE WHEN e.late_on IS NULL THEN 0 ELSE 1 END, e.late_on, e.export
    ) AS urgency
  FROM int_export_arrival AS e
),
first_file AS (
  SELECT min(f.known_on) AS first_on
  FROM file_arrival AS f
)
SELECT
  CAST(r.system AS varchar) AS system,
  CAST(r.export AS varchar) AS worst_export,
  r.newest_arrival_on,
  coalesce(r.late_on, f.first_on) AS due_on,
  r.n_days_allowed,
  r.n_days_silent,
  r.is_in_time
FROM ranked AS r
CROSS JOIN first_file AS f
WHERE r.urgency = 1
