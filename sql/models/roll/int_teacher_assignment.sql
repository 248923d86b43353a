-- int_teacher_assignment: where and how a teacher was employed, in intervals without gap.
-- grain: teacher_no, valid_from
-- reads: int_teacher_entry
-- columns:
--   teacher_no varchar: number on the roll
--   school_code varchar: 10 digits
--   employment_status varchar: in_post, retired, transferred_out, left
--   first_on date: first day of the entry
--   valid_from date: first day in force; the earliest entry serves all days before it
--   valid_to date: first day no longer in force
-- rule: [二.1] Assignment of figures.md
WITH followed AS (
  SELECT
    d.teacher_no,
    d.school_code,
    d.employment_status,
    d.first_on,
    min(d.first_on) OVER (
      PARTITION BY d.teacher_no ORDER BY d.entry_number
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS earliest_later_on
  FROM int_teacher_entry AS d
)
SELECT
  CAST(f.teacher_no AS varchar) AS teacher_no,
  CAST(f.school_code AS varchar) AS school_code,
  CAST(f.employment_status AS varchar) AS employment_status,
  f.first_on,
  CASE
    WHEN row_number() OVER (PARTITION BY f.teacher_no ORDER BY f.first_on) = 1
      THEN DATE '1900-01-01'
    ELSE f.first_on
  END AS valid_from,
  coalesce(
    lead(f.first_on) OVER (PARTITION BY f.teacher_no ORDER BY f.first_on),
    DATE '9999-12-31'
  ) AS valid_to
FROM followed AS f
WHERE f.earliest_later_on IS NULL
  OR f.first_on < f.earliest_later_on
