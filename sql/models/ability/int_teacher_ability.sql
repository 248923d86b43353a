-- int_teacher_ability: from which day on a teacher's points were enough for the school's choice.
-- grain: teacher_no, school_code, from_on
-- reads: int_school_choice, int_school_point, int_teacher_assignment, int_teacher_point
-- columns:
--   teacher_no varchar: number on the roll
--   school_code varchar: a school of the teacher, today or before, with a valid choice
--   from_on date: first day of the school's choice
--   until_on date: first day on which it is no longer in force
--   chosen_on date: day from which on the points chosen were enough, NULL if never
--   capable_on date: day from which on the points passed were enough, NULL if never
-- rule: [三.四.3] A2, A3 of figures.md: enough points, every dimension of the newest choice
WITH placement AS (
  SELECT DISTINCT a.teacher_no, a.school_code
  FROM int_teacher_assignment AS a
),
offered AS (
  SELECT o.school_code, o.ability_code, max(o.dimension_code) AS dimension_code
  FROM int_school_point AS o
  GROUP BY o.school_code, o.ability_code
),
point AS (
  SELECT
    t.teacher_no,
    p.school_code,
    o.dimension_code,
    k.point_state,
    CASE k.point_state WHEN 'chosen' THEN t.chosen_on ELSE t.passed_on END AS day_on,
    row_number() OVER (
      PARTITION BY t.teacher_no, p.school_code, k.point_state
      ORDER BY
        CASE k.point_state WHEN 'chosen' THEN t.chosen_on ELSE t.passed_on END, t.ability_code
    ) AS nth
  FROM int_teacher_point AS t
  JOIN placement AS p
    ON p.teacher_no = t.teacher_no
  JOIN offered AS o
    ON o.school_code = p.school_code
   AND o.ability_code = t.ability_code
  CROSS JOIN (
    VALUES ('chosen'), ('passed')
  ) AS k (point_state)
  WHERE k.point_state = 'chosen'
    OR t.passed_on IS NOT NULL
),
dimension AS (
  SELECT p.teacher_no, p.school_code, p.point_state, p.dimension_code, min(p.day_on) AS day_on
  FROM point AS p
  GROUP BY p.teacher_no, p.school_code, p.point_state, p.dimension_code
),
wanted AS (
  SELECT DISTINCT
    c.school_code, c.from_on, c.until_on, c.points_needed, c.n_dimensions, o.dimension_code
  FROM int_school_choice AS c
  JOIN int_school_point AS o
    ON o.school_code = c.school_code
   AND o.school_year = c.school_year
  WHERE c.is_valid
),
covered AS (
  SELECT
    d.teacher_no, w.school_code, w.from_on, w.until_on, w.points_needed, d.point_state,
    max(d.day_on) AS day_on
  FROM wanted AS w
  JOIN dimension AS d
    ON d.school_code = w.school_code
   AND d.dimension_code = w.dimension_code
  GROUP BY d.teacher_no, w.school_code, w.from_on, w.until_on, w.points_needed, d.point_state,
    w.n_dimensions
  HAVING count(*) = w.n_dimensions
),
enough AS (
  SELECT
    c.teacher_no, c.school_code, c.from_on, c.until_on, c.point_state,
    CASE WHEN p.day_on > c.day_on THEN p.day_on ELSE c.day_on END AS day_on
  FROM covered AS c
  JOIN point AS p
    ON p.teacher_no = c.teacher_no
   AND p.school_code = c.school_code
   AND p.point_state = c.point_state
   AND p.nth = c.points_needed
)
SELECT
  CAST(e.teacher_no AS varchar) AS teacher_no,
  CAST(e.school_code AS varchar) AS school_code,
  e.from_on,
  e.until_on,
  min(e.day_on) FILTER (WHERE e.point_state = 'chosen') AS chosen_on,
  min(e.day_on) FILTER (WHERE e.point_state = 'passed') AS capable_on
FROM enough AS e
GROUP BY e.teacher_no, e.school_code, e.from_on, e.until_on
