-- int_figure_index: the supervision index, its parts and ranks: S, S_*.
-- grain: area_code, figure_code
-- reads: int_county_index, int_index_part
-- columns:
--   area_code varchar: 510104
--   figure_code varchar: S, S_rollout to S_data, S_rank_city, S_rank_peers
--   n bigint: rank
--   share double: index or part, 0 to 1
--   target bigint: counties that are ranked together
-- rule: [五.三] Ranks of figures.md: 1, 1, 3, by S at 12 decimals, the highest first
WITH quartile AS (
  SELECT
    c.county_code,
    c.city_code,
    c.is_poverty,
    ntile(4) OVER (ORDER BY c.n_teachers, c.county_code) AS size_quartile,
    CAST(floor(c.share * 1.0E12 + 0.5E0) AS bigint) AS rounded
  FROM int_county_index AS c
),
ranked AS (
  SELECT
    q.county_code,
    rank() OVER (PARTITION BY q.city_code ORDER BY q.rounded DESC) AS city_rank,
    count(*) OVER (PARTITION BY q.city_code) AS n_in_city,
    rank() OVER (
      PARTITION BY q.size_quartile, q.is_poverty ORDER BY q.rounded DESC
    ) AS peer_rank,
    count(*) OVER (PARTITION BY q.size_quartile, q.is_poverty) AS n_peers
  FROM quartile AS q
)
SELECT
  CAST(c.county_code AS varchar) AS area_code,
  CAST('S' AS varchar) AS figure_code,
  CAST(NULL AS bigint) AS n,
  c.share,
  CAST(NULL AS bigint) AS target
FROM int_county_index AS c
UNION ALL
SELECT
  CAST(p.county_code AS varchar) AS area_code,
  CAST(p.figure_code AS varchar) AS figure_code,
  CAST(NULL AS bigint) AS n,
  p.share,
  CAST(NULL AS bigint) AS target
FROM int_index_part AS p
UNION ALL
SELECT
  CAST(r.county_code AS varchar) AS area_code,
  CAST(k.figure_code AS varchar) AS figure_code,
  CASE k.figure_code WHEN 'S_rank_city' THEN r.city_rank ELSE r.peer_rank END AS n,
  CAST(NULL AS double) AS share,
  CASE k.figure_code WHEN 'S_rank_city' THEN r.n_in_city ELSE r.n_peers END AS target
FROM ranked AS r
CROSS JOIN (
  VALUES ('S_rank_city'), ('S_rank_peers')
) AS k (figure_code)
