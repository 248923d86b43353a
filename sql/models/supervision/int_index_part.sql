-- int_index_part: the known parts of each reported county's supervision index.
-- grain: county_code, figure_code
-- reads: int_area_hours, int_county_launch, int_county_reported, int_index_share, int_rule
-- columns:
--   county_code varchar: 6 digits
--   figure_code varchar: S_rollout to S_data
--   part_number bigint: order in which parts are added
--   share double: 0 to 1
--   weight bigint: weight of the part
-- rule: [五.三] S parts of figures.md
WITH helped AS (
  SELECT
    g.county_code,
    -- min of quotients over one county's H3: the smallest group share decides.
    min(CASE
      WHEN a.n = 0 THEN 0.0E0
      ELSE CAST(g.share AS double) / CAST(nullif(a.share, 0.0E0) AS double)
    END) AS share
  FROM int_index_share AS g
  JOIN int_index_share AS a
    ON a.county_code = g.county_code
   AND a.figure_code = g.figure_code
  JOIN int_area_hours AS h
    ON h.area_code = g.county_code
   AND h.segment_code = g.segment_code
  JOIN int_rule AS r
    ON r.area_code = g.county_code
  WHERE g.figure_code = 'H3'
    AND a.segment_code = 'all'
    AND (g.segment_code = 'deep_poverty_rural' OR g.segment_code = 'village')
    AND h.n_teachers >= r.equity_group_teachers
  GROUP BY g.county_code
),
quality AS (
  SELECT
    q.county_code,
    CAST(
      coalesce(min(CASE WHEN q.figure_code = 'Q_expert' THEN q.share END), 0.0E0)
      + coalesce(min(CASE WHEN q.figure_code = 'Q_trainee' THEN q.share END), 0.0E0)
      + coalesce(min(CASE WHEN q.figure_code = 'Q_third' THEN q.share END), 0.0E0)
    AS double) / CAST(nullif(count(*), 0) AS double) AS share
  FROM int_index_share AS q
  WHERE q.figure_code = 'Q_expert'
    OR q.figure_code = 'Q_trainee'
    OR q.figure_code = 'Q_third'
  GROUP BY q.county_code
),
county AS (
  SELECT
    c.county_code,
    l.state,
    h.share AS hours_share,
    a.share AS qualified_share,
    CASE
      WHEN h.share IS NULL OR g.share IS NULL THEN 1.0E0
      WHEN g.share > 1.0E0 THEN 1.0E0
      ELSE g.share
    END AS equity_share,
    CAST(l1.share + l2.share + p2.share AS double) / CAST(3 AS double) AS leadership_share,
    q.share AS quality_share,
    1.0E0 - i.share AS data_share
  FROM int_county_reported AS c
  JOIN int_county_launch AS l
    ON l.county_code = c.county_code
  LEFT JOIN int_index_share AS h
    ON h.county_code = c.county_code
   AND h.figure_code = 'H3'
   AND h.segment_code = 'all'
  LEFT JOIN int_index_share AS a
    ON a.county_code = c.county_code
   AND a.figure_code = 'A4'
   AND a.segment_code = 'all'
  LEFT JOIN int_index_share AS l1
    ON l1.county_code = c.county_code
   AND l1.figure_code = 'L1'
  LEFT JOIN int_index_share AS l2
    ON l2.county_code = c.county_code
   AND l2.figure_code = 'L2'
  LEFT JOIN int_index_share AS p2
    ON p2.county_code = c.county_code
   AND p2.figure_code = 'P2'
  LEFT JOIN int_index_share AS i
    ON i.county_code = c.county_code
   AND i.figure_code = 'I_any'
  LEFT JOIN helped AS g
    ON g.county_code = c.county_code
  LEFT JOIN quality AS q
    ON q.county_code = c.county_code
),
part AS (
  SELECT
    c.county_code,
    k.figure_code,
    k.part_number,
    CASE k.figure_code
      WHEN 'S_rollout' THEN CASE c.state
        WHEN 'started' THEN 1.0E0
        WHEN 'none' THEN 0.0E0
        ELSE 0.5E0
      END
      WHEN 'S_completion' THEN c.hours_share
      WHEN 'S_qualified' THEN c.qualified_share
      WHEN 'S_equity' THEN c.equity_share
      WHEN 'S_leadership' THEN c.leadership_share
      WHEN 'S_quality' THEN c.quality_share
      ELSE c.data_share
    END AS share,
    CASE k.figure_code
      WHEN 'S_rollout' THEN r.weight_rollout
      WHEN 'S_completion' THEN r.weight_completion
      WHEN 'S_qualified' THEN r.weight_qualified
      WHEN 'S_equity' THEN r.weight_equity
      WHEN 'S_leadership' THEN r.weight_leadership
      WHEN 'S_quality' THEN r.weight_quality
      ELSE r.weight_data
    END AS weight
  FROM county AS c
  JOIN int_rule AS r
    ON r.area_code = c.county_code
  CROSS JOIN (
    VALUES
      ('S_rollout', CAST(1 AS bigint)), ('S_completion', CAST(2 AS bigint)),
      ('S_qualified', CAST(3 AS bigint)), ('S_equity', CAST(4 AS bigint)),
      ('S_leadership', CAST(5 AS bigint)), ('S_quality', CAST(6 AS bigint)),
      ('S_data', CAST(7 AS bigint))
  ) AS k (figure_code, part_number)
)
SELECT
  CAST(p.county_code AS varchar) AS county_code,
  CAST(p.figure_code AS varchar) AS figure_code,
  p.part_number,
  p.share,
  p.weight
FROM part AS p
WHERE p.share IS NOT NULL
