-- int_flag_day: teachers with too much on one day: I1 and I2.
-- grain: flag_code, teacher_no
-- reads: int_flag_row, int_rule
-- columns:
--   flag_code varchar: I1, I2
--   teacher_no varchar: teacher of the denominator
-- rule: [五.三] I1 credited sessions and courses; I2 watched, also what another system credits
WITH daily AS (
  SELECT
    f.teacher_no,
    f.county_code,
    f.event_on,
    coalesce(CAST(sum(f.credit_seconds) FILTER (
      WHERE f.outcome = 'credited'
        AND (f.system = 'yunjiao' OR f.system = 'lrs' OR f.system = 'vendor-a'
          OR f.system = 'vendor-b')
    ) AS bigint), 0) AS learned_seconds,
    coalesce(CAST(sum(f.credit_seconds) FILTER (WHERE f.system = 'lrs') AS bigint), 0)
      AS watched_seconds
  FROM int_flag_row AS f
  GROUP BY f.teacher_no, f.county_code, f.event_on
)
SELECT DISTINCT
  CAST(k.flag_code AS varchar) AS flag_code,
  CAST(d.teacher_no AS varchar) AS teacher_no
FROM daily AS d
JOIN int_rule AS r
  ON r.area_code = d.county_code
CROSS JOIN (
  VALUES ('I1'), ('I2')
) AS k (flag_code)
WHERE (k.flag_code = 'I1' AND d.learned_seconds > r.flag_day_seconds)
  OR (k.flag_code = 'I2' AND d.watched_seconds > r.flag_watch_seconds)
