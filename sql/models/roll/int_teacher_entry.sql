-- int_teacher_entry: entries of a teacher's roll: versions in a row with one school and status.
-- grain: teacher_no, entry_number
-- reads: int_rule, src_teacher
-- columns:
--   teacher_no varchar: number on the roll
--   entry_number bigint: 1 is the first entry
--   school_code varchar: 10 digits
--   employment_status varchar: in_post, retired, transferred_out, left
--   first_on date: first day of the entry, before later entries annul it
-- rule: [二.1] Assignment of figures.md
WITH version AS (
  SELECT
    t.teacher_no,
    t.school_code,
    t.employment_status,
    t.changed_on,
    t.known_on,
    t.export_seq,
    lag(t.school_code) OVER (
      PARTITION BY t.teacher_no ORDER BY t.known_on, t.export_seq
    ) AS school_before,
    lag(t.employment_status) OVER (
      PARTITION BY t.teacher_no ORDER BY t.known_on, t.export_seq
    ) AS status_before
  FROM src_teacher AS t
  WHERE NOT t.is_retraction
    AND t.teacher_no IS NOT NULL
),
numbered AS (
  SELECT
    v.teacher_no,
    v.school_code,
    v.employment_status,
    v.changed_on,
    v.known_on,
    v.export_seq,
    CAST(sum(
      CASE
        WHEN v.school_code IS DISTINCT FROM v.school_before
          OR v.employment_status IS DISTINCT FROM v.status_before THEN 1
        ELSE 0
      END
    ) OVER (
      PARTITION BY v.teacher_no ORDER BY v.known_on, v.export_seq
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS bigint) AS entry_number
  FROM version AS v
),
stated AS (
  SELECT
    n.teacher_no,
    n.school_code,
    n.employment_status,
    n.entry_number,
    n.known_on,
    -- Of the newest version that states a day; NULL if none does.
    first_value(n.changed_on) OVER (
      PARTITION BY n.teacher_no, n.entry_number
      ORDER BY CASE WHEN n.changed_on IS NULL THEN 1 ELSE 0 END, n.known_on DESC,
        n.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS stated_on,
    row_number() OVER (
      PARTITION BY n.teacher_no, n.entry_number ORDER BY n.known_on, n.export_seq
    ) AS version_number
  FROM numbered AS n
),
entry AS (
  SELECT
    s.teacher_no,
    s.school_code,
    s.employment_status,
    s.entry_number,
    s.known_on,
    s.stated_on,
    lag(s.stated_on) OVER (
      PARTITION BY s.teacher_no ORDER BY s.entry_number
    ) AS stated_before
  FROM stated AS s
  WHERE s.version_number = 1
)
SELECT
  CAST(e.teacher_no AS varchar) AS teacher_no,
  e.entry_number,
  CAST(e.school_code AS varchar) AS school_code,
  CAST(e.employment_status AS varchar) AS employment_status,
  CASE
    WHEN e.stated_on IS NOT NULL AND e.stated_on IS DISTINCT FROM e.stated_before
      THEN e.stated_on
    WHEN e.entry_number = 1 THEN r.first_on
    ELSE e.known_on
  END AS first_on
FROM entry AS e
CROSS JOIN int_rule AS r
WHERE r.area_level = 'province'
