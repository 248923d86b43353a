-- int_figure_practice: H4: how much of the wanted mix of practice is there, capped per teacher.
-- grain: area_code, figure_code
-- reads: int_area_county, int_county_reported, int_rule, int_teacher_practice, int_teacher_state
-- columns:
--   area_code varchar: 51, 5101 or 510104
--   area_level varchar: province, city, county
--   figure_code varchar: H4_evidence, H4_research, H4_recording
--   n bigint: seconds of the kind, of each teacher up to the share of the mix
--   d bigint: the share of the mix of all teachers
--   state_code varchar: not_reported or NULL
-- rule: [三.四.3] H4 of figures.md; every teacher by the mix of the own county
WITH teacher AS (
  SELECT
    t.county_code,
    k.figure_code,
    CASE k.figure_code
      WHEN 'H4_evidence' THEN r.mix_evidence_seconds
      WHEN 'H4_research' THEN r.mix_research_seconds
      ELSE r.mix_recording_seconds
    END AS wanted_seconds,
    coalesce(CASE k.figure_code
      WHEN 'H4_evidence' THEN p.evidence_seconds
      WHEN 'H4_research' THEN p.research_seconds
      ELSE p.recording_seconds
    END, 0) AS credited_seconds
  FROM int_teacher_state AS t
  JOIN int_rule AS r
    ON r.area_code = t.county_code
  LEFT JOIN int_teacher_practice AS p
    ON p.teacher_no = t.teacher_no
  CROSS JOIN (
    VALUES ('H4_evidence'), ('H4_research'), ('H4_recording')
  ) AS k (figure_code)
  WHERE t.in_denominator
),
county AS (
  SELECT
    t.county_code,
    t.figure_code,
    CAST(sum(
      CASE
        WHEN t.credited_seconds < t.wanted_seconds THEN t.credited_seconds
        ELSE t.wanted_seconds
      END
    ) AS bigint) AS n,
    CAST(sum(t.wanted_seconds) AS bigint) AS d
  FROM teacher AS t
  GROUP BY t.county_code, t.figure_code
)
SELECT
  CAST(a.area_code AS varchar) AS area_code,
  CAST(a.area_level AS varchar) AS area_level,
  CAST(c.figure_code AS varchar) AS figure_code,
  CAST(sum(c.n) AS bigint) AS n,
  CAST(sum(c.d) AS bigint) AS d,
  CAST(CASE
    WHEN a.area_level = 'county' AND count(r.county_code) = 0 THEN 'not_reported'
  END AS varchar) AS state_code
FROM int_area_county AS a
JOIN county AS c
  ON c.county_code = a.county_code
LEFT JOIN int_county_reported AS r
  ON r.county_code = a.county_code
GROUP BY a.area_code, a.area_level, c.figure_code
