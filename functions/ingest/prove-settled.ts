import type { DuckDBConnection } from "@duckdb/node-api";

/**
 * File → rows that its night must store, from the tables of settleNight and without `kept` for
 * nearly all of them: what was staged, less rows without effect (held, superseded scope), less
 * rows whose newest version is known. Of a record that comes several times a version may be left
 * out only where its content is stored beside it or was before; what `kept` lost without such a
 * reason is still asked for, and then missing in the read-back of `proveNight`.
 */
export async function countRowsToStore(
  connection: DuckDBConnection,
): Promise<ReadonlyMap<number, number>> {
  const single = await connection.runAndReadAll(`
    SELECT c.file, count(*) FILTER (c.is_effective AND (r.record_hash IS NOT NULL OR c.is_new
      OR c.content_hash <> c.state_hash))
    FROM compared c LEFT JOIN repeated r ON r.record_hash = hash(c.kind, c.record_id)
    GROUP BY c.file`);
  const explained = await connection.runAndReadAll(`
    WITH several AS (
      SELECT c.*, NOT c.is_new AND c.content_hash = c.state_hash AS is_known
      FROM compared c SEMI JOIN repeated r ON r.record_hash = hash(c.kind, c.record_id)
      WHERE c.is_effective),
    beside AS (
      SELECT DISTINCT k.kind, k.record_id, k.content_hash FROM kept k
      SEMI JOIN several s USING (kind, record_id)),
    -- A full export repeats every version of a record whose newest one is known.
    standing AS (SELECT DISTINCT kind, record_id FROM several WHERE is_full AND is_known)
    SELECT s.file, count(*) FROM several s
    ANTI JOIN kept k USING (kind, record_id, file, seq)
    LEFT JOIN beside b USING (kind, record_id, content_hash)
    LEFT JOIN standing t USING (kind, record_id)
    WHERE s.is_known OR b.kind IS NOT NULL OR t.kind IS NOT NULL
    GROUP BY s.file`);
  const leftOut = new Map(explained.getRowsJS().map(([f, n]) => [Number(f), Number(n)]));
  return new Map(single.getRowsJS().map(([file, rows]) =>
    [Number(file), Number(rows) - (leftOut.get(Number(file)) ?? 0)]));
}
