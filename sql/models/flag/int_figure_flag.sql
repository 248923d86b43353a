-- int_figure_flag: teachers flagged, by area and school: I1 to I5, I7, I8 and I_any.
-- grain: area_code, figure_code
-- reads: int_teacher_flag, int_teacher_state
-- columns:
--   area_code varchar: 51, 5101, 510104 or a school's 10 digits
--   area_level varchar: province, city, county, school
--   figure_code varchar: I1 to I5, I7, I8, I_any
--   n bigint: teachers of the denominator flagged
--   d bigint: teachers of the denominator
-- rule: [五.三] Flags of figures.md: they mark, they never subtract
WITH marked AS (
  SELECT
    f.teacher_no,
    max(CASE WHEN f.flag_code = 'I1' THEN 1 ELSE 0 END) AS is_i1,
    max(CASE WHEN f.flag_code = 'I2' THEN 1 ELSE 0 END) AS is_i2,
    max(CASE WHEN f.flag_code = 'I3' THEN 1 ELSE 0 END) AS is_i3,
    max(CASE WHEN f.flag_code = 'I4' THEN 1 ELSE 0 END) AS is_i4,
    max(CASE WHEN f.flag_code = 'I5' THEN 1 ELSE 0 END) AS is_i5,
    max(CASE WHEN f.flag_code = 'I7' THEN 1 ELSE 0 END) AS is_i7,
    max(CASE WHEN f.flag_code = 'I8' THEN 1 ELSE 0 END) AS is_i8,
    max(CASE WHEN f.flag_code <> 'I7' AND f.flag_code <> 'I8' THEN 1 ELSE 0 END) AS is_any
  FROM int_teacher_flag AS f
  GROUP BY f.teacher_no
),
teacher AS (
  SELECT
    substr(t.county_code, 1, 2) AS province_code,
    t.city_code,
    t.county_code,
    t.school_code,
    m.is_i1, m.is_i2, m.is_i3, m.is_i4, m.is_i5, m.is_i7, m.is_i8, m.is_any
  FROM int_teacher_state AS t
  LEFT JOIN marked AS m
    ON m.teacher_no = t.teacher_no
  WHERE t.in_denominator
),
added AS (
  SELECT
    CAST(CASE grouping(t.city_code, t.county_code, t.school_code)
      WHEN 0 THEN t.school_code
      WHEN 1 THEN t.county_code
      WHEN 3 THEN t.city_code
      ELSE t.province_code
    END AS varchar) AS area_code,
    CAST(CASE grouping(t.city_code, t.county_code, t.school_code)
      WHEN 0 THEN 'school'
      WHEN 1 THEN 'county'
      WHEN 3 THEN 'city'
      ELSE 'province'
    END AS varchar) AS area_level,
    count(*) AS n_teachers,
    coalesce(CAST(sum(t.is_i1) AS bigint), 0) AS n_i1,
    coalesce(CAST(sum(t.is_i2) AS bigint), 0) AS n_i2,
    coalesce(CAST(sum(t.is_i3) AS bigint), 0) AS n_i3,
    coalesce(CAST(sum(t.is_i4) AS bigint), 0) AS n_i4,
    coalesce(CAST(sum(t.is_i5) AS bigint), 0) AS n_i5,
    coalesce(CAST(sum(t.is_i7) AS bigint), 0) AS n_i7,
    coalesce(CAST(sum(t.is_i8) AS bigint), 0) AS n_i8,
    coalesce(CAST(sum(t.is_any) AS bigint), 0) AS n_any
  FROM teacher AS t
  GROUP BY GROUPING SETS (
    (t.province_code, t.city_code, t.county_code, t.school_code),
    (t.province_code, t.city_code, t.county_code),
    (t.province_code, t.city_code),
    (t.province_code)
  )
)
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  CAST(f.figure_code AS varchar) AS figure_code,
  CASE f.figure_code
    WHEN 'I1' THEN a.n_i1
    WHEN 'I2' THEN a.n_i2
    WHEN 'I3' THEN a.n_i3
    WHEN 'I4' THEN a.n_i4
    WHEN 'I5' THEN a.n_i5
    WHEN 'I7' THEN a.n_i7
    WHEN 'I8' THEN a.n_i8
    ELSE a.n_any
  END AS n,
  a.n_teachers AS d
FROM added AS a
CROSS JOIN (
  VALUES ('I1'), ('I2'), ('I3'), ('I4'), ('I5'), ('I7'), ('I8'), ('I_any')
) AS f (figure_code)
WHERE a.area_level <> 'school'
  OR (f.figure_code <> 'I7' AND f.figure_code <> 'I8')
