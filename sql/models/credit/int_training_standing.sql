-- int_training_standing: whose each sent version is, and whether it is the one that counts.
-- grain: relation, system, known_on, export_seq
-- reads: file_arrival, int_account_person, int_person, int_person_token, src_programme_record,
--   src_rejected_identity, src_training_record, src_voiding
-- per: system
-- columns:
--   relation varchar: training_record, programme_record
--   system varchar: system of the row
--   known_on date: knowledge day
--   export_seq bigint: order inside the night
--   teacher_no varchar: teacher to whom it belongs, NULL if nobody
--   match_reason varchar: unknown.person, contradictory.person, NULL if matched
--   standing varchar: newest, retracted, superseded
-- rule: [五.三] Matched of figures.md; Files and Records of rows.md
WITH snapshot AS (
  SELECT f.system, f.export, max(f.known_on) AS newest_on
  FROM file_arrival AS f
  WHERE f.status = 'accepted' OR f.status = 'partly'
  GROUP BY f.system, f.export
),
sent AS (
  SELECT
    CAST('training_record' AS varchar) AS relation, t.system, t.export, t.record_id,
    t.person_key, t.id_rest, t.record_version, t.known_on, t.export_seq, t.is_retraction,
    t.teacher_no, t.person_token, t.platform, t.account_token
  FROM src_training_record AS t
  UNION ALL
  SELECT
    CAST('programme_record' AS varchar) AS relation, p.system, p.export, p.record_id,
    p.person_key, p.id_rest, p.record_version, p.known_on, p.export_seq, p.is_retraction,
    p.teacher_no, CAST(NULL AS varchar), CAST(NULL AS varchar), CAST(NULL AS varchar)
  FROM src_programme_record AS p
  UNION ALL
  -- A rejected row of the newest snapshot is no version, but its record is not absent.
  SELECT
    CAST('rejected_identity' AS varchar) AS relation, j.system, j.export, j.record_id,
    j.person_key, j.id_rest, j.record_version, j.known_on, j.export_seq, j.is_retraction,
    j.teacher_no, j.person_token, CAST(NULL AS varchar), CAST(NULL AS varchar)
  FROM src_rejected_identity AS j
  LEFT JOIN snapshot AS n
    ON n.system = j.system
   AND n.export = j.export
  WHERE coalesce(j.known_on >= n.newest_on, true)
),
matched AS (
  SELECT
    s.relation, s.system, s.export, s.record_id, s.person_key, s.id_rest, s.record_version,
    s.known_on, s.export_seq, s.is_retraction,
    p.teacher_no <> k.teacher_no AS is_contradictory,
    CASE
      WHEN p.teacher_no <> k.teacher_no THEN NULL
      ELSE coalesce(p.teacher_no, k.teacher_no, a.teacher_no)
    END AS teacher_no
  FROM sent AS s
  LEFT JOIN int_person AS p
    ON p.teacher_no = s.teacher_no
  LEFT JOIN int_person_token AS k
    ON k.person_token = s.person_token
  LEFT JOIN int_account_person AS a
    ON a.platform = s.platform
   AND a.account_token = s.account_token
),
uneven AS (
  -- Records that are gone, or whose versions are not all of one teacher; few.
  SELECT
    m.relation, m.system, m.export, m.record_id,
    -- In one snapshot a row goes before the news that the record is gone.
    coalesce(max(m.known_on) FILTER (WHERE m.is_retraction)
      > max(m.known_on) FILTER (WHERE NOT m.is_retraction), false) AS is_gone
  FROM matched AS m
  GROUP BY m.relation, m.system, m.export, m.record_id
  HAVING max(m.known_on) FILTER (WHERE m.is_retraction)
      > max(m.known_on) FILTER (WHERE NOT m.is_retraction)
    OR min(m.teacher_no) <> max(m.teacher_no)
    OR (count(m.teacher_no) > 0 AND count(m.teacher_no) < count(*))
),
newest_teacher AS (
  SELECT
    m.relation, m.system, m.known_on, m.export_seq, u.is_gone,
    first_value(m.teacher_no) OVER (
      PARTITION BY m.relation, m.system, m.export, m.record_id
      ORDER BY m.is_retraction, m.record_version DESC, m.known_on DESC, m.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS teacher_no
  FROM matched AS m
  JOIN uneven AS u
    ON u.relation = m.relation
   AND u.system = m.system
   AND u.export = m.export
   AND u.record_id = m.record_id
),
written AS (
  SELECT
    m.relation, m.system, m.export, m.record_id, m.id_rest, m.record_version, m.known_on,
    m.export_seq, m.teacher_no, m.is_contradictory,
    coalesce(n.is_gone, false) AS is_gone,
    coalesce(
      CASE WHEN n.export_seq IS NULL THEN m.teacher_no ELSE n.teacher_no END, m.person_key, ''
    ) AS person
  FROM matched AS m
  LEFT JOIN newest_teacher AS n
    ON n.relation = m.relation
   AND n.system = m.system
   AND n.known_on = m.known_on
   AND n.export_seq = m.export_seq
  WHERE NOT m.is_retraction
),
together AS (
  -- Records of one teacher are one record, however the person was written.
  SELECT
    w.relation, w.system, w.record_id, w.known_on, w.export_seq, w.teacher_no,
    w.is_contradictory, w.is_gone,
    row_number() OVER (
      PARTITION BY w.system, w.export, w.person, w.id_rest
      ORDER BY CASE WHEN w.relation = 'rejected_identity' THEN 1 ELSE 0 END, w.is_gone,
        w.record_version DESC, w.known_on DESC, w.export_seq DESC
    ) AS version_rank,
    max(CASE WHEN w.relation = 'rejected_identity' THEN 1 ELSE 0 END) OVER (
      PARTITION BY w.system, w.export, w.person, w.id_rest
    ) AS is_in_rejected_row
  FROM written AS w
),
voiding_in_force AS (
  -- A voiding statement itself is taken back when its file is put on hold or read again.
  SELECT v.system, v.export, v.record_id, max(lower(v.target_id)) AS target_id
  FROM src_voiding AS v
  GROUP BY v.system, v.export, v.record_id
  HAVING coalesce(max(v.known_on) FILTER (WHERE v.is_retraction)
    <= max(v.known_on) FILTER (WHERE NOT v.is_retraction), true)
),
voided AS (
  SELECT DISTINCT f.system, f.target_id
  FROM voiding_in_force AS f
)
SELECT
  CAST(t.relation AS varchar) AS relation,
  CAST(t.system AS varchar) AS system,
  t.known_on,
  t.export_seq,
  CAST(t.teacher_no AS varchar) AS teacher_no,
  CAST(CASE
    WHEN t.is_contradictory THEN 'contradictory.person'
    WHEN t.teacher_no IS NULL THEN 'unknown.person'
  END AS varchar) AS match_reason,
  CAST(CASE
    WHEN t.version_rank > 1 THEN 'superseded'
    WHEN v.target_id IS NOT NULL THEN 'retracted'
    WHEN t.is_gone AND t.is_in_rejected_row = 0 THEN 'retracted'
    ELSE 'newest'
  END AS varchar) AS standing
FROM together AS t
LEFT JOIN voided AS v
  ON v.system = t.system
 AND v.target_id = lower(t.record_id)
WHERE t.relation <> 'rejected_identity'
