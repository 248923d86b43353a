-- int_system_rank: which system counts where two report the same training.
-- grain: system
-- reads: export_contract, seed_system_priority
-- columns:
--   system varchar: training system
--   system_rank bigint: 1 is the best; a system without priority comes after all with one
-- rule: [五.三] Credit rows of figures.md: priority of systems
WITH known AS (
  SELECT p.system FROM seed_system_priority AS p
  UNION
  SELECT c.system FROM export_contract AS c
)
SELECT
  CAST(k.system AS varchar) AS system,
  row_number() OVER (
    ORDER BY CASE WHEN p.priority IS NULL THEN 1 ELSE 0 END, p.priority, k.system
  ) AS system_rank
FROM known AS k
LEFT JOIN seed_system_priority AS p
  ON p.system = k.system
