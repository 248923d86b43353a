import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openIngestPool } from "../../../functions/ingest/ingest-pool.ts";
import { proveNight } from "../../../functions/ingest/prove-night.ts";
import { sha256OfFile } from "../../../functions/shared/sha256-of-file.ts";
import { freshFileNumber } from "../../../functions/ingest/file-number.ts";
import { NotPublishedError } from "../../../functions/shared/errors.ts";
import type { ClosedNight, LedgerRow } from "../../../functions/shared/ledger.ts";
import { silentLog } from "../../../functions/shared/log.ts";
import type { ObjectStore } from "../../../functions/shared/object-store.ts";
import { openDuckDb, quoteText } from "../../../functions/shared/sql-engine-duckdb-open.ts";
import { survey, surveyRow } from "./small-province.ts";
import { closeSharedWorkers, TrialHome } from "./trial-home.ts";

afterAll(closeSharedWorkers);

let home: TrialHome;
beforeEach(async () => {
  home = new TrialHome();
  await home.land("2021-03-01", "survey/a.csv",
    survey([surveyRow("E1", 90), surveyRow("E2", 101), surveyRow("E3", 70)]));
  await home.land("2021-03-01", "survey/b.csv", survey([surveyRow("E4", 50), surveyRow("E5", 60)]));
});
afterEach(() => home.remove());

const quarantineKey = "quarantine/survey/2021-03-01/a.csv.ndjson";
const slipKey = "slips/survey/2021-03-01/a.csv.json";
const lakeKey = "lake/evaluation/system=survey/known_on=2021-03-01/part-0.parquet";
const aFile = "landing/survey/2021-03-01/a.csv";
const bFile = "landing/survey/2021-03-01/b.csv";

/** A store that writes something else under one key than it was given. */
function sabotage(key: string, harm: (path: string) => void): ObjectStore {
  const { store, folder } = home;
  return {
    ...store,
    async putFile(at, path, condition) {
      if (at !== key) return store.putFile(at, path, condition);
      mkdirSync(folder, { recursive: true });
      const harmed = join(folder, "harmed");
      copyFileSync(path, harmed);
      harm(harmed);
      return store.putFile(at, harmed, condition);
    },
  };
}
const dropLine = (path: string): void =>
  writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(1).join("\n"));

describe("a night whose objects are not what was judged", () => {
  const losses: readonly (readonly [string, string, (path: string) => void, string])[] = [
    ["a quarantine line is missing", quarantineKey, dropLine,
      `${aFile}: rows rejected 1 but 0 in ${quarantineKey}`],
    ["a line of the slip is missing", slipKey, dropLine,
      `${aFile}: rows rejected 1 but 0 in ${slipKey}`],
    ["a quarantine line stands twice", quarantineKey,
      (path) => writeFileSync(path, readFileSync(path, "utf8").repeat(2)),
      `${aFile}: rows rejected 1 but 2 in ${quarantineKey}`],
    ["a lake object is truncated", lakeKey, (path) => truncateSync(path, 400),
      `${lakeKey}: not the bytes that were written (rows of ${aFile}, ${bFile})`],
  ];
  it.each(losses)("publishes nothing where %s", async (_, key, harm, message) => {
    const night = home.night("2021-03-01", { store: sabotage(key, harm) });
    await expect(night).rejects.toThrow(NotPublishedError);
    await expect(home.night("2021-03-01", { store: sabotage(key, harm) }))
      .rejects.toThrow(message);
    expect(await home.store.list("nights/")).toEqual([]);
    // Repaired, the next run closes it.
    expect((await home.night("2021-03-01")).closed).toHaveLength(1);
  });

  it("publishes nothing where a lake object is gone", async () => {
    const { store } = home;
    const losing: ObjectStore = {
      ...store,
      async putFile(key, path, condition) {
        const written = await store.putFile(key, path, condition);
        if (key === lakeKey) await store.delete(key);
        return written;
      },
    };
    await expect(home.night("2021-03-01", { store: losing }))
      .rejects.toThrow(`${lakeKey}: missing in the store`);
  });
});

describe("a judge that miscounts", () => {
  type Change = (file: Record<string, unknown>) => Record<string, unknown>;
  const changes: readonly (readonly [string, Change, string])[] = [
    ["the census finds one record more", (f) => ({ ...f, rowsCounted: Number(f["rowsCounted"]) + 1 }),
      "rows delivered 4 but rows counted in the bytes 5"],
    ["the reader loses a row", (f) => ({ ...f, rowsDelivered: Number(f["rowsDelivered"]) - 1 }),
      "rows delivered 3 but rows counted in the bytes 4"],
    ["a row is delivered and never judged", (f) => ({
      ...f, rowsRead: Number(f["rowsRead"]) - 1, rowsAccepted: Number(f["rowsAccepted"]) - 1,
    }), "rows delivered 4 but skipped + read + headers and empty end 3"],
    ["a row is accepted and never staged", (f) => ({
      ...f, rowsAccepted: Number(f["rowsAccepted"]) + 1, rowsRejected: 0, reasons: {}, rejects: null,
    }), "rows accepted 3 but rows in staging 2"],
  ];
  it.each(changes)("publishes nothing where %s, and names the file", async (_, change, message) => {
    const pool = await openIngestPool({ store: home.store, scratch: home.folder, log: silentLog });
    const workers = new Proxy(pool.workers, {
      get(target, name) {
        if (name !== "judge") {
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function" ? (value as () => unknown).bind(target) : value;
        }
        return async (...args: Parameters<typeof target.judge>) => {
          const results = new Map(await target.judge(...args));
          const [file] = [...results.keys()].sort();
          const result = results.get(file as number);
          results.set(file as number, change({ ...result }) as unknown as NonNullable<typeof result>);
          return results;
        };
      },
    });
    try {
      const night = home.night("2021-03-01", { pool: { ...pool, workers } });
      await expect(night).rejects.toThrow(`${aFile}: unbalanced: ${message}`);
      expect(await home.store.list("nights/")).toEqual([]);
    } finally {
      await pool.close();
    }
  });
});

describe("rows of the lake, read back", () => {
  /** Proves the closed night again, its lake object replaced by a query over it. */
  async function prove(query: string, rows?: number): Promise<void> {
    const { closed, ledger } = await home.night("2021-03-01");
    const root = join(home.folder, "home");
    const db = await openDuckDb({
      threads: 1, memoryLimit: "200MB", tempDir: join(home.folder, "spill"), allowed: [home.folder],
    });
    try {
      const path = join(root, lakeKey);
      const other = join(home.folder, "other.parquet");
      await db.connection.run(`COPY (${query.replace("lake", `read_parquet(${quoteText(path)},
        hive_partitioning = false)`)}) TO ${quoteText(other)} (FORMAT parquet)`);
      copyFileSync(other, path);
      const [object] = closed[0]?.objects ?? [];
      const objects: ClosedNight["objects"] = [{
        key: object?.key ?? "", sha256: await sha256OfFile(path), rows: rows ?? object?.rows ?? 0,
      }];
      await proveNight({
        knownOn: "2021-03-01", objects, store: home.store, connection: db.connection,
        folder: home.folder,
        rows: new Map(ledger.map((row, i): [number, LedgerRow] => [freshFileNumber(i), row])),
        rowsToStore: new Map(ledger.map((row, i) => [freshFileNumber(i), row.rows_accepted ?? 0])),
      });
    } finally {
      db.close();
    }
  }
  const all = "SELECT * FROM lake";

  it("balance where nothing was changed", async () => {
    await expect(prove(all)).resolves.toBeUndefined();
  });
  it("show a missing row", async () => {
    await expect(prove(`${all} WHERE record_id <> 'E4'`)).rejects.toThrow(
      `${lakeKey}: 3 rows but 4 written`);
    home.remove();
  });
  it("show a missing row of which the count knew nothing either", async () => {
    await expect(prove(`${all} WHERE record_id <> 'E4'`, 3)).rejects.toThrow(
      `${bFile}: 1 rows in the lake but 2 to store`);
  });
  it("show a row that stands twice in the place of another", async () => {
    await expect(prove(`SELECT * REPLACE (CASE WHEN record_id = 'E5' THEN export_seq - 1
      ELSE export_seq END AS export_seq) FROM lake`)).rejects.toThrow(
      `${bFile}: 2 rows in ${lakeKey}, 1 of them once`);
  });
  it("show a row under another file", async () => {
    await expect(prove("SELECT * REPLACE ('0123456789abcdef' AS file_id) FROM lake"))
      .rejects.toThrow(`${aFile}: rows of another file in ${lakeKey}`);
  });
});
