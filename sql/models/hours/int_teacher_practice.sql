-- int_teacher_practice: credited seconds of each kind of practice.
-- grain: teacher_no
-- reads: int_credit_row
-- columns:
--   teacher_no varchar: number on the roll
--   evidence_seconds bigint: evidence of ability points
--   research_seconds bigint: school-based research
--   recording_seconds bigint: classroom recording
-- rule: [三.四.3] 15 : 10 : 5 of the 30 hours of practice
SELECT
  CAST(c.teacher_no AS varchar) AS teacher_no,
  coalesce(CAST(sum(c.credit_seconds) FILTER (WHERE c.practice_kind = 'evidence') AS bigint), 0)
    AS evidence_seconds,
  coalesce(CAST(sum(c.credit_seconds) FILTER (WHERE c.practice_kind = 'research') AS bigint), 0)
    AS research_seconds,
  coalesce(CAST(sum(c.credit_seconds) FILTER (WHERE c.practice_kind = 'recording') AS bigint), 0)
    AS recording_seconds
FROM int_credit_row AS c
WHERE c.outcome = 'credited'
  AND c.practice_kind IS NOT NULL
GROUP BY c.teacher_no
