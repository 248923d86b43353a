-- check_file_balance: files whose rows read are not accepted, rejected or duplicate rows.
-- matters: a row is lost or counted twice; nothing is published on such a night.
-- resolve: dudao files --date of that day; compare the slip with the file as received.
-- grain: system, known_on, landing_day, file_name, file_id
-- reads: file_arrival
-- columns:
--   system varchar: system of the file
--   known_on date: night that took the file
--   landing_day date: day folder
--   file_name varchar: file
--   file_id varchar: first digits of its hash
--   rows_read bigint: counted by another way than the parser
--   rows_accepted bigint: taken
--   rows_rejected bigint: on the return slip
--   rows_duplicate bigint: same as a row before
WITH taken AS (
  SELECT
    a.system,
    a.known_on,
    a.landing_day,
    a.file_name,
    a.file_id,
    a.rows_read,
    a.rows_accepted,
    a.rows_rejected,
    a.rows_duplicate
  FROM file_arrival AS a
  WHERE a.status IN ('accepted', 'partly', 'held')
)
SELECT
  t.system,
  t.known_on,
  t.landing_day,
  t.file_name,
  t.file_id,
  t.rows_read,
  t.rows_accepted,
  t.rows_rejected,
  t.rows_duplicate
FROM taken AS t
WHERE t.rows_read IS NULL
  OR t.rows_accepted IS NULL
  OR t.rows_rejected IS NULL
  OR t.rows_duplicate IS NULL
  OR t.rows_read <> t.rows_accepted + t.rows_rejected + t.rows_duplicate
