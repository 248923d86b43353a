-- int_account_person: whose platform account it is.
-- grain: platform, account_token
-- reads: int_person, src_account
-- columns:
--   platform varchar: as exported
--   account_token varchar: token of the account's name
--   teacher_no varchar: the one teacher of the account, ever on a roll
-- rule: [五.三] one network, many platforms: Matched of figures.md
WITH ranked AS (
  SELECT
    a.platform,
    a.account_token,
    a.teacher_no,
    first_value(a.is_retraction) OVER (
      PARTITION BY a.record_id
      ORDER BY a.known_on DESC, a.is_retraction, a.export_seq DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS is_gone,
    row_number() OVER (
      PARTITION BY a.record_id
      ORDER BY a.is_retraction, a.record_version DESC, a.known_on DESC, a.export_seq DESC
    ) AS version_rank
  FROM src_account AS a
)
SELECT
  CAST(r.platform AS varchar) AS platform,
  CAST(r.account_token AS varchar) AS account_token,
  CAST(max(p.teacher_no) AS varchar) AS teacher_no
FROM ranked AS r
JOIN int_person AS p
  ON p.teacher_no = r.teacher_no
WHERE r.version_rank = 1
  AND NOT r.is_gone
  AND r.platform IS NOT NULL
  AND r.account_token IS NOT NULL
GROUP BY r.platform, r.account_token
HAVING count(DISTINCT p.teacher_no) = 1
