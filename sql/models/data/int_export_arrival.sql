-- int_export_arrival: when each kind of export last arrived, and when the next is late.
-- grain: system, export
-- reads: export_contract, file_arrival, run_context
-- columns:
--   system varchar: training system
--   export varchar: kind of export
--   newest_arrival_on date: newest night that took a file of it, NULL if none
--   late_on date: first day on which it is late, NULL if it never arrived
--   n_days_allowed bigint: cadence and grace
--   n_days_silent bigint: days since the newest arrival, NULL if it never arrived
--   is_in_time boolean: not late on the day
-- rule: [五.三] D_systems of figures.md
WITH arrived AS (
  SELECT f.system, f.export, max(f.known_on) AS newest_arrival_on
  FROM file_arrival AS f
  CROSS JOIN run_context AS rc
  WHERE f.known_on <= rc.as_of_date
    AND (f.status = 'accepted' OR f.status = 'partly' OR f.status = 'repeated')
  GROUP BY f.system, f.export
)
SELECT
  CAST(c.system AS varchar) AS system,
  CAST(c.export AS varchar) AS export,
  a.newest_arrival_on,
  CAST(a.newest_arrival_on + (c.cadence_days + c.grace_days) * INTERVAL '1' DAY AS date)
    AS late_on,
  c.cadence_days + c.grace_days AS n_days_allowed,
  date_diff('day', a.newest_arrival_on, rc.as_of_date) AS n_days_silent,
  coalesce(
    date_diff('day', a.newest_arrival_on, rc.as_of_date) < c.cadence_days + c.grace_days, false
  ) AS is_in_time
FROM export_contract AS c
CROSS JOIN run_context AS rc
LEFT JOIN arrived AS a
  ON a.system = c.system
 AND a.export = c.export
