import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { readContracts } from "../../functions/measure/read-contracts.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import type { ClosedNight, LedgerRow } from "../../functions/shared/ledger.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { requireRelation } from "../../functions/shared/relations.ts";
import { createSmallTable } from "../../functions/shared/sql-engine-duckdb-load.ts";
import { fillLakeRow, typedCells } from "../sql/cases/fill-defaults.ts";

type Row = Readonly<Record<string, string>>;

export interface TestNight {
  readonly day: string;
  /** Relation → rows as in a SQL case: only the columns that matter. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly files?: readonly Partial<LedgerRow>[];
}

const contracts = readContracts().map((f) => f.contract);

/** Writes lake, ledger and closing mark of one night, as ingest leaves them. */
export async function writeNight(store: ObjectStore, night: TestNight): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "dudao-night-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const objects: { key: string; sha256: string; rows: number }[] = [];
  for (const [name, given] of Object.entries(night.rows)) {
    const relation = requireRelation(name);
    const filled = given.map((row, i) =>
      fillLakeRow(name, { known_on: night.day, ...row }, i + 1, contracts));
    for (const system of new Set(filled.map((row) => row.system!))) {
      const rows = filled.filter((row) => row.system === system)
        .map((row) => typedCells(relation.columns, row, name));
      const path = join(scratch, `${name}.parquet`);
      await createSmallTable(connection, { name: "rows", columns: relation.columns, rows });
      await connection.run(`COPY rows TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
      await connection.run("DROP TABLE rows");
      const key = relation.isPrivate ? homeKeys.privateLake(name, system, night.day, "f1")
        : homeKeys.lake(name, system, night.day, "f1");
      const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
      await store.putFile(key, path);
      objects.push({ key, sha256, rows: rows.length });
    }
  }
  connection.closeSync();
  instance.closeSync();
  rmSync(scratch, { recursive: true });
  const files = (night.files ?? []).map((file, i) => ledgerRow(night.day, i + 1, file));
  await store.put(homeKeys.ledger(night.day), files.map((f) => `${JSON.stringify(f)}\n`).join(""));
  const closed: ClosedNight = { day: night.day, objects, files: files.length };
  await store.put(homeKeys.night(night.day), JSON.stringify(closed));
}

function ledgerRow(day: string, line: number, given: Partial<LedgerRow>): LedgerRow {
  return {
    system: "registry", export: "teachers", landing_day: day, known_on: day,
    file_name: `f${line}.csv`, file_id: `f${line}`, sha256: `sha${line}`, bytes: 1,
    status: "accepted", reason: null, reason_zh: null, format: "csv", encoding: "utf-8",
    rows_skipped: 0, rows_read: 0, rows_accepted: 0, rows_rejected: 0, rows_duplicate: 0,
    rows_unchanged: 0, reasons: {}, warnings: {}, column_remarks: [], scopes: {}, seconds: 0.1,
    ...given,
  };
}
