-- check_figure_code: figures whose code, state, segment or level stands in no seed.
-- matters: a page, card or mail would show a code instead of a name, or nothing at all.
-- resolve: add the code to sql/seeds/figures.csv or states.csv, or mend the model that writes it.
-- grain: area_code, segment_code, figure_code
-- reads: mart_figure, seed_figures, seed_programmes, seed_states, seed_system_priority,
--   export_contract
-- columns:
--   area_code varchar: area of the figure
--   segment_code varchar: segment of the figure
--   figure_code varchar: figure
--   fault varchar: figure_code, state_code, segment_code, area_level
WITH known_figure AS (
  SELECT f.figure_code
  FROM seed_figures AS f
  UNION
  SELECT 'L4_' || p.programme_code AS figure_code
  FROM seed_programmes AS p
),
known_segment AS (
  SELECT v.segment_code
  FROM (VALUES
    ('all'), ('deep_poverty_rural'), ('ethnic'), ('village'), ('poverty'), ('three_prefectures')
  ) AS v (segment_code)
  UNION
  SELECT p.system AS segment_code
  FROM seed_system_priority AS p
  UNION
  SELECT e.system AS segment_code
  FROM export_contract AS e
),
judged AS (
  SELECT
    m.area_code,
    m.segment_code,
    m.figure_code,
    CAST(CASE
      WHEN f.figure_code IS NULL THEN 'figure_code'
      WHEN m.state_code IS NOT NULL AND s.state_code IS NULL THEN 'state_code'
      WHEN g.segment_code IS NULL THEN 'segment_code'
      WHEN m.area_level IS NULL
        OR m.area_level NOT IN ('province', 'city', 'county', 'school') THEN 'area_level'
    END AS varchar) AS fault
  FROM mart_figure AS m
  LEFT JOIN known_figure AS f
    ON f.figure_code = m.figure_code
  LEFT JOIN seed_states AS s
    ON s.state_code = m.state_code
  LEFT JOIN known_segment AS g
    ON g.segment_code = m.segment_code
)
SELECT
  j.area_code,
  j.segment_code,
  j.figure_code,
  j.fault
FROM judged AS j
WHERE j.fault IS NOT NULL
