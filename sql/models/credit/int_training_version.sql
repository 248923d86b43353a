-- int_training_version: every sent version of a training or programme, with person and standing.
-- grain: relation, system, known_on, export_seq
-- reads: int_training_standing, seed_training_crosswalk, src_programme_record,
--   src_training_record
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row
--   written_person varchar: person as written in the record
--   teacher_no varchar: teacher to whom it belongs, NULL if nobody
--   match_reason varchar: unknown.person, contradictory.person, NULL if matched
--   standing varchar: newest, retracted, superseded
--   training varchar: id of the crosswalk, else system:id
--   category_as_sent varchar: online, practice, mixed, programme
--   practice_kind varchar: evidence, research, recording
--   credit_seconds bigint: seconds of a training
--   online_seconds bigint: seconds of a programme
--   practice_seconds bigint: seconds of a programme
--   is_passed boolean: passed as rows.md has it
--   is_failed boolean: judged failed by the school or on county review
--   event_on date: day of the training
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
-- rule: [五.三] Training of a row of figures.md
WITH sent AS (
  SELECT
    CAST('training_record' AS varchar) AS relation, t.system,
    coalesce(t.person_key, t.teacher_no, t.person_token, t.platform || '|' || t.account_token)
      AS written_person,
    t.source_training_id, t.source_training_id AS own_training_id,
    t.category AS category_as_sent, t.practice_kind, t.credit_seconds,
    CAST(NULL AS bigint) AS online_seconds, CAST(NULL AS bigint) AS practice_seconds,
    t.is_passed,
    coalesce(t.school_result = 'failed', false)
      OR coalesce(t.county_review = 'failed', false) AS is_failed,
    t.event_on, t.known_on, t.export_seq
  FROM src_training_record AS t
  WHERE NOT t.is_retraction
  UNION ALL
  SELECT
    CAST('programme_record' AS varchar) AS relation, p.system,
    coalesce(p.person_key, p.teacher_no) AS written_person,
    p.programme_title AS source_training_id,
    p.programme_title || '|' || coalesce(p.phase, '') AS own_training_id,
    CAST('programme' AS varchar) AS category_as_sent,
    CAST(NULL AS varchar) AS practice_kind, CAST(NULL AS bigint) AS credit_seconds,
    p.online_seconds, p.practice_seconds, p.is_passed, false AS is_failed,
    p.event_on, p.known_on, p.export_seq
  FROM src_programme_record AS p
  WHERE NOT p.is_retraction
),
crosswalk AS (
  SELECT x.source_system, x.source_training_id, min(x.training_id) AS training_id
  FROM seed_training_crosswalk AS x
  GROUP BY x.source_system, x.source_training_id
)
SELECT
  CAST(s.relation AS varchar) AS relation,
  CAST(s.system AS varchar) AS system,
  CAST(s.written_person AS varchar) AS written_person,
  CAST(g.teacher_no AS varchar) AS teacher_no,
  CAST(g.match_reason AS varchar) AS match_reason,
  CAST(g.standing AS varchar) AS standing,
  CAST(coalesce(x.training_id, s.system || ':' || coalesce(s.own_training_id, '')) AS varchar)
    AS training,
  CAST(s.category_as_sent AS varchar) AS category_as_sent,
  CAST(s.practice_kind AS varchar) AS practice_kind,
  s.credit_seconds,
  s.online_seconds,
  s.practice_seconds,
  coalesce(s.is_passed, false) AS is_passed,
  s.is_failed,
  s.event_on,
  s.known_on,
  s.export_seq
FROM sent AS s
JOIN int_training_standing AS g
  ON g.relation = s.relation
 AND g.system = s.system
 AND g.known_on = s.known_on
 AND g.export_seq = s.export_seq
LEFT JOIN crosswalk AS x
  ON x.source_system = s.system
 AND x.source_training_id = s.source_training_id
