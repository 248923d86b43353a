import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isInOrder } from "../../functions/ingest/in-order.ts";
import { openDuckDb, quoteText } from "../../functions/shared/sql-engine-duckdb-open.ts";

it("tells a file whose numbers ascend from one with a number twice or out of its place", async () => {
  const folder = mkdtempSync(join(tmpdir(), "order-"));
  const db = await openDuckDb({
    threads: 2, memoryLimit: "200MB", tempDir: join(folder, "spill"), allowed: [folder],
  });
  const path = join(folder, "rows.parquet");
  const look = async (numbers: string): Promise<boolean> => {
    await db.connection.run(`COPY (SELECT ${numbers} AS export_seq FROM range(300000) r(i))
      TO ${quoteText(path)} (FORMAT parquet)`);
    return isInOrder(db.connection, path);
  };
  try {
    expect(await look("i * 3")).toBe(true);
    expect(await look("CASE i WHEN 200001 THEN 200000 ELSE i END")).toBe(false);
    expect(await look("CASE i WHEN 299999 THEN 5 ELSE i END")).toBe(false);
    expect(await look("300000 - i")).toBe(false);
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
