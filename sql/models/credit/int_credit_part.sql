-- int_credit_part: sent versions with what they would credit, by category, judged by themselves.
-- grain: relation, system, known_on, export_seq, category
-- reads: int_rule, int_system_rank, int_training_version, run_context
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row; registry for programmes
--   system_rank bigint: 1 is the best
--   teacher_no varchar: teacher to whom it belongs, NULL if nobody
--   training varchar: id of the crosswalk, else system:id
--   category varchar: online, practice
--   practice_kind varchar: evidence, research, recording
--   credit_seconds bigint: seconds
--   is_failed_original boolean: newest version, judged failed by school or county review
--   event_on date: day of the training
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
--   own_outcome varchar: first outcome that the row itself is to blame for, NULL if none
-- rule: [二.1] Credit rows of figures.md; mixed trainings are split by the province's ratio
WITH part AS (
  SELECT
    v.relation, v.system, v.teacher_no, v.standing, v.training, k.category,
    v.practice_kind,
    CASE v.category_as_sent
      WHEN 'programme'
        THEN CASE WHEN k.category = 'online' THEN v.online_seconds ELSE v.practice_seconds END
      WHEN 'mixed'
        THEN CASE
          WHEN k.category = 'online' THEN CAST(floor(
            CAST(v.credit_seconds * r.mixed_online_parts AS double)
              / CAST(nullif(r.mixed_total_parts, 0) AS double)
          ) AS bigint)
          ELSE v.credit_seconds - CAST(floor(
            CAST(v.credit_seconds * r.mixed_online_parts AS double)
              / CAST(nullif(r.mixed_total_parts, 0) AS double)
          ) AS bigint)
        END
      ELSE v.credit_seconds
    END AS credit_seconds,
    v.is_passed, v.is_failed, v.event_on, v.known_on, v.export_seq, r.first_on, r.last_on
  FROM int_training_version AS v
  JOIN (
    VALUES
      ('online', 'online'), ('practice', 'practice'),
      ('mixed', 'online'), ('mixed', 'practice'),
      ('programme', 'online'), ('programme', 'practice')
  ) AS k (category_as_sent, category)
    ON k.category_as_sent = v.category_as_sent
  CROSS JOIN int_rule AS r
  WHERE r.area_level = 'province'
)
SELECT
  CAST(p.relation AS varchar) AS relation,
  CAST(p.system AS varchar) AS system,
  s.system_rank,
  CAST(p.teacher_no AS varchar) AS teacher_no,
  CAST(p.training AS varchar) AS training,
  CAST(p.category AS varchar) AS category,
  CAST(p.practice_kind AS varchar) AS practice_kind,
  p.credit_seconds,
  p.standing = 'newest' AND p.is_failed AS is_failed_original,
  p.event_on,
  p.known_on,
  p.export_seq,
  CAST(CASE
    WHEN p.standing <> 'newest' THEN p.standing
    WHEN p.event_on > rc.as_of_date THEN 'not_due'
    WHEN p.event_on < p.first_on OR p.event_on > p.last_on THEN 'out_of_period'
    WHEN NOT p.is_passed OR coalesce(p.credit_seconds, 0) = 0 THEN 'not_passed'
    WHEN p.teacher_no IS NULL THEN 'unmatched'
  END AS varchar) AS own_outcome
FROM part AS p
CROSS JOIN run_context AS rc
LEFT JOIN int_system_rank AS s
  ON s.system = p.system
