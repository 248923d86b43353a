-- int_figure_data: health of the data: systems in time, rejected, unmatched, without school.
-- grain: area_code, segment_code, figure_code
-- reads: file_arrival, int_area, int_system_arrival, int_teacher_state, int_training_version,
--   run_context
-- columns:
--   area_code varchar: the province
--   segment_code varchar: all, or the system
--   figure_code varchar: D_systems, D_rejected, D_unmatched, D_no_school
--   n bigint: systems, rows, persons as written, teachers
--   d bigint: the same
-- rule: [五.三] D rows of figures.md
WITH accepted AS (
  SELECT
    f.system,
    f.rows_read,
    f.rows_rejected,
    f.known_on,
    max(f.known_on) OVER (PARTITION BY f.system, f.export) AS newest_on
  FROM file_arrival AS f
  CROSS JOIN run_context AS rc
  WHERE f.known_on <= rc.as_of_date
    AND (f.status = 'accepted' OR f.status = 'partly')
),
person AS (
  SELECT
    v.system,
    v.written_person,
    max(CASE WHEN v.match_reason IS NULL THEN 0 ELSE 1 END) AS is_unmatched
  FROM int_training_version AS v
  WHERE v.standing = 'newest'
    AND v.written_person IS NOT NULL
  GROUP BY v.system, v.written_person
),
person_anywhere AS (
  SELECT p.written_person, max(p.is_unmatched) AS is_unmatched
  FROM person AS p
  GROUP BY p.written_person
),
counted AS (
  SELECT
    CAST('all' AS varchar) AS segment_code,
    CAST('D_systems' AS varchar) AS figure_code,
    count(*) FILTER (WHERE s.is_in_time) AS n,
    count(*) AS d
  FROM int_system_arrival AS s
  UNION ALL
  SELECT
    CAST(CASE grouping(a.system) WHEN 0 THEN a.system ELSE 'all' END AS varchar)
      AS segment_code,
    CAST('D_rejected' AS varchar) AS figure_code,
    CAST(sum(a.rows_rejected) AS bigint) AS n,
    CAST(sum(a.rows_read) AS bigint) AS d
  FROM accepted AS a
  WHERE a.known_on = a.newest_on
  GROUP BY GROUPING SETS ((a.system), ())
  UNION ALL
  SELECT
    p.system AS segment_code,
    CAST('D_unmatched' AS varchar) AS figure_code,
    CAST(sum(p.is_unmatched) AS bigint) AS n,
    count(*) AS d
  FROM person AS p
  GROUP BY p.system
  UNION ALL
  SELECT
    CAST('all' AS varchar) AS segment_code,
    CAST('D_unmatched' AS varchar) AS figure_code,
    CAST(sum(w.is_unmatched) AS bigint) AS n,
    count(*) AS d
  FROM person_anywhere AS w
  UNION ALL
  SELECT
    CAST('all' AS varchar) AS segment_code,
    CAST('D_no_school' AS varchar) AS figure_code,
    count(*) FILTER (WHERE NOT t.in_denominator) AS n,
    count(*) AS d
  FROM int_teacher_state AS t
  WHERE t.is_on_roll
    AND t.is_in_post
)
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(c.segment_code AS varchar) AS segment_code,
  CAST(c.figure_code AS varchar) AS figure_code,
  c.n,
  c.d
FROM counted AS c
CROSS JOIN int_area AS a
WHERE a.area_level = 'province'
  AND c.d > 0
