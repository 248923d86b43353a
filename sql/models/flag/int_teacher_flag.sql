-- int_teacher_flag: every flag of every teacher of the denominator.
-- grain: flag_code, teacher_no
-- reads: int_flag_day, int_flag_jump, int_flag_school, int_flag_summary
-- columns:
--   flag_code varchar: I1 to I5, I7, I8
--   teacher_no varchar: teacher of the denominator
-- rule: [五.三] Flags of figures.md
SELECT CAST(d.flag_code AS varchar) AS flag_code, CAST(d.teacher_no AS varchar) AS teacher_no
FROM int_flag_day AS d
UNION ALL
SELECT CAST(s.flag_code AS varchar) AS flag_code, CAST(s.teacher_no AS varchar) AS teacher_no
FROM int_flag_school AS s
UNION ALL
SELECT CAST(j.flag_code AS varchar) AS flag_code, CAST(j.teacher_no AS varchar) AS teacher_no
FROM int_flag_jump AS j
UNION ALL
SELECT CAST(m.flag_code AS varchar) AS flag_code, CAST(m.teacher_no AS varchar) AS teacher_no
FROM int_flag_summary AS m
