-- int_county_start_series: which counties had started on each day of the series.
-- grain: county_code, series_on
-- reads: int_county_declared, int_county_evidence, int_county_series, int_parameter
-- columns:
--   county_code varchar: 6 digits
--   series_on date: day of the series
--   n_started bigint: 1 if it had started, else 0
-- rule: [四] Declared and Evidenced of figures.md, as of that day
WITH persons AS (
  SELECT
    c.county_code,
    c.series_on,
    c.n_teachers,
    CAST(sum(coalesce(e.n_persons, 0)) OVER (
      PARTITION BY c.county_code ORDER BY c.series_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS n_persons
  FROM int_county_series AS c
  LEFT JOIN int_county_evidence AS e
    ON e.county_code = c.county_code
   AND e.series_on = c.series_on
)
SELECT
  CAST(p.county_code AS varchar) AS county_code,
  p.series_on,
  CASE
    WHEN d.declared_on IS NULL OR d.declared_on > p.series_on THEN CAST(0 AS bigint)
    WHEN p.n_teachers >= s.value_number AND p.n_persons >= e.value_number THEN 1
    WHEN p.n_teachers >= s.value_number THEN 0
    -- Half of the teachers rounded up, at least one.
    WHEN p.n_persons >= 1 AND p.n_persons * 2 >= p.n_teachers THEN 1
    ELSE 0
  END AS n_started
FROM persons AS p
JOIN int_parameter AS e
  ON e.area_code = p.county_code
JOIN int_parameter AS s
  ON s.area_code = p.county_code
LEFT JOIN int_county_declared AS d
  ON d.county_code = p.county_code
WHERE e.parameter = 'evidence_teachers'
  AND e.valid_from <= p.series_on
  AND e.valid_to > p.series_on
  AND s.parameter = 'evidence_small_county'
  AND s.valid_from <= p.series_on
  AND s.valid_to > p.series_on
