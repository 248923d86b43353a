-- int_member_county: what each county adds to the figures that count counties.
-- grain: figure_code, member
-- reads: int_area, int_county_launch, int_county_reported, int_figure_filing, int_model_county,
--   int_rule, run_context
-- columns:
--   figure_code varchar: R1, R2, gate_20, gate_60, gate_100, D_reported, P1, P2, I6, L5_county
--   member varchar: county
--   county_code varchar: the same
--   n bigint: 1 or 0
--   state_code varchar: R1, gates: state of the launch; P2: state of the plan
--   on_date date: R1, gates: day started; R2: day declared
-- rule: [五.三] for questions about a figure; it must add up to the figure itself
WITH plan AS (
  SELECT f.area_code AS county_code, f.state_code
  FROM int_figure_filing AS f
  WHERE f.figure_code = 'P2'
    AND f.area_level = 'county'
)
SELECT
  CAST(k.figure_code AS varchar) AS figure_code,
  CAST(a.area_code AS varchar) AS member,
  CAST(a.area_code AS varchar) AS county_code,
  CAST(CASE
    WHEN k.figure_code = 'R2' AND l.declared_on IS NOT NULL THEN 1
    WHEN k.figure_code = 'D_reported' AND r.county_code IS NOT NULL THEN 1
    WHEN k.figure_code = 'P1' AND p.state_code <> 'none' THEN 1
    WHEN k.figure_code = 'P2' AND p.state_code = 'approved' THEN 1
    WHEN k.figure_code = 'L5_county' AND m.county_code IS NOT NULL THEN 1
    WHEN k.figure_code = 'I6' AND l.state = 'declared_only'
      AND date_diff('day', l.declared_on, rc.as_of_date) > u.flag_declared_days THEN 1
    WHEN (k.figure_code = 'R1' OR k.figure_code LIKE 'gate%') AND l.started_on IS NOT NULL
      THEN 1
    ELSE 0
  END AS bigint) AS n,
  CAST(CASE
    WHEN k.figure_code = 'P2' THEN p.state_code
    WHEN k.figure_code = 'R1' OR k.figure_code LIKE 'gate%' THEN l.state
  END AS varchar) AS state_code,
  CASE
    WHEN k.figure_code = 'R2' THEN l.declared_on
    WHEN k.figure_code = 'R1' OR k.figure_code LIKE 'gate%' THEN l.started_on
  END AS on_date
FROM int_area AS a
CROSS JOIN run_context AS rc
CROSS JOIN (
  VALUES
    ('R1'), ('R2'), ('gate_20'), ('gate_60'), ('gate_100'), ('D_reported'), ('P1'), ('P2'),
    ('I6'), ('L5_county')
) AS k (figure_code)
JOIN int_county_launch AS l
  ON l.county_code = a.area_code
JOIN int_rule AS u
  ON u.area_code = a.area_code
LEFT JOIN int_county_reported AS r
  ON r.county_code = a.area_code
LEFT JOIN plan AS p
  ON p.county_code = a.area_code
LEFT JOIN int_model_county AS m
  ON m.county_code = a.area_code
WHERE a.area_level = 'county'
