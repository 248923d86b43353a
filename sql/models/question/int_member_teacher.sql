-- int_member_teacher: what each teacher adds to the figures that count teachers.
-- grain: figure_code, segment_code, member
-- reads: int_county_reported, int_rule, int_teacher_flag, int_teacher_practice,
--   int_teacher_state
-- columns:
--   figure_code varchar: H1 to H5, A2 to A4, I1 to I5, I7, I8, I_any
--   segment_code varchar: all or a helped group
--   member varchar: number of the teacher
--   school_code varchar: school in force on the day
--   county_code varchar: of that school
--   is_reported boolean: the county is
--   n bigint: 1 or 0; seconds for H3, H4 and H5
--   d bigint: 1; seconds for H3 and H4; NULL for H5
-- rule: [五.三] for questions about a figure; it must add up to the figure itself
WITH teacher AS (
  SELECT
    t.teacher_no, t.school_code, t.county_code, g.segment_code,
    t.online_seconds, t.practice_seconds, t.required_online_seconds,
    t.required_practice_seconds, t.is_complete, t.has_chosen, t.is_capable,
    CASE
      WHEN t.online_seconds < t.required_online_seconds
        THEN t.required_online_seconds - t.online_seconds
      ELSE 0
    END AS missing_online_seconds,
    CASE
      WHEN t.practice_seconds < t.required_practice_seconds
        THEN t.required_practice_seconds - t.practice_seconds
      ELSE 0
    END AS missing_practice_seconds
  FROM int_teacher_state AS t
  CROSS JOIN (
    VALUES
      ('all'), ('deep_poverty_rural'), ('ethnic'), ('village'), ('poverty'),
      ('three_prefectures')
  ) AS g (segment_code)
  WHERE t.in_denominator
    AND (g.segment_code = 'all'
      OR (g.segment_code = 'deep_poverty_rural' AND t.is_deep_poverty_rural)
      OR (g.segment_code = 'ethnic' AND t.is_ethnic)
      OR (g.segment_code = 'village' AND t.is_village)
      OR (g.segment_code = 'poverty' AND t.is_poverty)
      OR (g.segment_code = 'three_prefectures' AND t.is_three_prefectures))
),
hours AS (
  SELECT
    f.figure_code, t.segment_code, t.teacher_no, t.school_code, t.county_code,
    CASE f.figure_code
      WHEN 'H1' THEN CASE WHEN t.online_seconds + t.practice_seconds > 0 THEN 1 ELSE 0 END
      WHEN 'H2' THEN CASE WHEN t.is_complete THEN 1 ELSE 0 END
      WHEN 'H3' THEN t.required_online_seconds + t.required_practice_seconds
        - t.missing_online_seconds - t.missing_practice_seconds
      WHEN 'H5_online' THEN t.missing_online_seconds
      WHEN 'H5_practice' THEN t.missing_practice_seconds
      WHEN 'A2' THEN CASE WHEN t.has_chosen THEN 1 ELSE 0 END
      WHEN 'A3' THEN CASE WHEN t.is_capable THEN 1 ELSE 0 END
      ELSE CASE WHEN t.is_complete AND t.is_capable THEN 1 ELSE 0 END
    END AS n,
    CASE f.figure_code
      WHEN 'H3' THEN t.required_online_seconds + t.required_practice_seconds
      WHEN 'H5_online' THEN NULL
      WHEN 'H5_practice' THEN NULL
      ELSE 1
    END AS d
  FROM teacher AS t
  CROSS JOIN (
    VALUES
      ('H1'), ('H2'), ('H3'), ('H5_online'), ('H5_practice'), ('A2'), ('A3'), ('A4')
  ) AS f (figure_code)
),
practice AS (
  SELECT
    k.figure_code, t.segment_code, t.teacher_no, t.school_code, t.county_code,
    coalesce(CASE k.figure_code
      WHEN 'H4_evidence' THEN p.evidence_seconds
      WHEN 'H4_research' THEN p.research_seconds
      ELSE p.recording_seconds
    END, 0) AS credited_seconds,
    CASE k.figure_code
      WHEN 'H4_evidence' THEN r.mix_evidence_seconds
      WHEN 'H4_research' THEN r.mix_research_seconds
      ELSE r.mix_recording_seconds
    END AS d
  FROM teacher AS t
  JOIN int_rule AS r
    ON r.area_code = t.county_code
  LEFT JOIN int_teacher_practice AS p
    ON p.teacher_no = t.teacher_no
  CROSS JOIN (
    VALUES ('H4_evidence'), ('H4_research'), ('H4_recording')
  ) AS k (figure_code)
  WHERE t.segment_code = 'all'
),
flag AS (
  SELECT
    k.figure_code, t.segment_code, t.teacher_no, t.school_code, t.county_code,
    count(f.flag_code) AS n_flags
  FROM teacher AS t
  CROSS JOIN (
    VALUES
      ('I1', 'I1'), ('I2', 'I2'), ('I3', 'I3'), ('I4', 'I4'), ('I5', 'I5'), ('I7', 'I7'),
      ('I8', 'I8'), ('I_any', 'I1'), ('I_any', 'I2'), ('I_any', 'I3'), ('I_any', 'I4'),
      ('I_any', 'I5')
  ) AS k (figure_code, flag_code)
  LEFT JOIN int_teacher_flag AS f
    ON f.teacher_no = t.teacher_no
   AND f.flag_code = k.flag_code
  WHERE t.segment_code = 'all'
  GROUP BY k.figure_code, t.segment_code, t.teacher_no, t.school_code, t.county_code
),
member AS (
  SELECT h.figure_code, h.segment_code, h.teacher_no, h.school_code, h.county_code, h.n, h.d
  FROM hours AS h
  UNION ALL
  SELECT
    p.figure_code, p.segment_code, p.teacher_no, p.school_code, p.county_code,
    CASE WHEN p.credited_seconds < p.d THEN p.credited_seconds ELSE p.d END AS n, p.d
  FROM practice AS p
  UNION ALL
  SELECT
    f.figure_code, f.segment_code, f.teacher_no, f.school_code, f.county_code,
    CASE WHEN f.n_flags > 0 THEN 1 ELSE 0 END AS n, 1 AS d
  FROM flag AS f
)
SELECT
  CAST(m.figure_code AS varchar) AS figure_code,
  CAST(m.segment_code AS varchar) AS segment_code,
  CAST(m.teacher_no AS varchar) AS member,
  CAST(m.school_code AS varchar) AS school_code,
  CAST(m.county_code AS varchar) AS county_code,
  r.county_code IS NOT NULL AS is_reported,
  CAST(m.n AS bigint) AS n,
  CAST(m.d AS bigint) AS d
FROM member AS m
LEFT JOIN int_county_reported AS r
  ON r.county_code = m.county_code
