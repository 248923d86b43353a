-- int_gate: counties started against each gate of a province or city, and how fast they start.
-- grain: area_code, gate_pct
-- reads: int_area_county, int_county_launch, int_gate_pace, int_parameter, run_context
-- columns:
--   area_code varchar: 51 or 5101
--   area_level varchar: province, city
--   gate_pct bigint: 20, 60, 100
--   due_on date: day by which it is to be reached
--   n_counties bigint: counties of the area
--   n_started bigint: started by the day
--   n_needed bigint: counties that reach the gate
--   reached_on date: day on which the needed-th county started, NULL if not reached
--   n_days_left bigint: days to the due day, negative after it
--   pace_num bigint: numerator of counties a day
--   pace_den bigint: denominator of counties a day
-- rule: [四] 20 % of counties in 2020, 60 % in 2021, all in 2022
WITH gate AS (
  SELECT
    p.area_code,
    g.gate_pct,
    p.value_on AS due_on
  FROM int_parameter AS p
  JOIN (
    VALUES
      ('gate_20_due_on', CAST(20 AS bigint)),
      ('gate_60_due_on', CAST(60 AS bigint)),
      ('gate_100_due_on', CAST(100 AS bigint))
  ) AS g (parameter, gate_pct)
    ON g.parameter = p.parameter
  CROSS JOIN run_context AS rc
  WHERE p.valid_from <= rc.as_of_date
    AND p.valid_to > rc.as_of_date
),
started AS (
  SELECT
    a.area_code,
    a.area_level,
    l.started_on,
    count(*) OVER (PARTITION BY a.area_code) AS n_counties,
    count(l.started_on) OVER (PARTITION BY a.area_code) AS n_started,
    row_number() OVER (
      PARTITION BY a.area_code
      ORDER BY CASE WHEN l.started_on IS NULL THEN 1 ELSE 0 END, l.started_on, l.county_code
    ) AS nth
  FROM int_area_county AS a
  JOIN int_county_launch AS l
    ON l.county_code = a.county_code
  WHERE a.area_level <> 'county'
),
needed AS (
  -- The counties are repeated for each gate; only the needed-th of each is kept.
  SELECT
    s.area_code,
    s.area_level,
    g.gate_pct,
    g.due_on,
    s.n_counties,
    s.n_started,
    s.nth,
    s.started_on,
    CAST(ceil(
      CAST(g.gate_pct * s.n_counties AS double) / CAST(100 AS double)
    ) AS bigint) AS n_needed
  FROM started AS s
  JOIN gate AS g
    ON g.area_code = s.area_code
)
SELECT
  CAST(n.area_code AS varchar) AS area_code,
  CAST(n.area_level AS varchar) AS area_level,
  n.gate_pct,
  n.due_on,
  n.n_counties,
  n.n_started,
  n.n_needed,
  n.started_on AS reached_on,
  date_diff('day', rc.as_of_date, n.due_on) AS n_days_left,
  p.pace_num,
  p.pace_den
FROM needed AS n
CROSS JOIN run_context AS rc
JOIN int_gate_pace AS p
  ON p.area_code = n.area_code
WHERE n.nth = n.n_needed
