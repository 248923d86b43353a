-- int_teacher_point: ability points that teachers have chosen, as their newest version says.
-- grain: teacher_no, ability_code
-- reads: src_teacher_point
-- columns:
--   teacher_no varchar: as written
--   ability_code varchar: A1 to C7, or a local point
--   chosen_on date: day of the choice, long ago where none is stated
--   passed_on date: day from which on it is chosen and assessed as passed, NULL if it is not
-- rule: [三.四.4] A2, A3 of figures.md: 合格 by the school and not 不通过 on county review
WITH ranked AS (
  SELECT
    p.teacher_no,
    p.ability_code,
    p.chosen_on,
    p.assessed_on,
    p.school_result = 'passed' AND coalesce(p.county_review <> 'failed', true) AS is_passed,
    first_value(p.is_retraction) OVER (
      PARTITION BY p.record_id
      ORDER BY p.known_on DESC, p.is_retraction, p.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY p.record_id
      ORDER BY p.is_retraction, p.record_version DESC, p.known_on DESC, p.export_seq DESC
    ) AS version_rank
  FROM src_teacher_point AS p
)
SELECT
  CAST(r.teacher_no AS varchar) AS teacher_no,
  CAST(r.ability_code AS varchar) AS ability_code,
  coalesce(r.chosen_on, DATE '1900-01-01') AS chosen_on,
  -- What is passed is one of the points chosen: none before it is.
  CASE
    WHEN r.is_passed AND r.assessed_on < r.chosen_on THEN r.chosen_on
    WHEN r.is_passed THEN coalesce(r.assessed_on, r.chosen_on, DATE '1900-01-01')
  END AS passed_on
FROM ranked AS r
WHERE r.version_rank = 1
  AND NOT r.is_gone
