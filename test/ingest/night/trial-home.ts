import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingestNight, type IngestRequest } from "../../../functions/ingest/ingest-night.ts";
import { openIngestPool, type IngestPool } from "../../../functions/ingest/ingest-pool.ts";
import { planNight } from "../../../functions/plan/plan-night.ts";
import { homeKeys } from "../../../functions/shared/home.ts";
import { silentLog } from "../../../functions/shared/log.ts";
import { createFolderStore } from "../../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../../functions/shared/object-store.ts";
import { openDuckDb, quoteText } from "../../../functions/shared/sql-engine-duckdb-open.ts";

/** Every trial home has this key, so that one pool of workers serves all homes of a test file. */
const tokenKey = "ab".repeat(32);

const workersFolder = mkdtempSync(join(tmpdir(), "workers-"));
let shared: IngestPool | undefined;

export async function closeSharedWorkers(): Promise<void> {
  await shared?.close();
  shared = undefined;
  rmSync(workersFolder, { recursive: true, force: true });
}

/** A home in a new folder, with the two steps of a night. */
export class TrialHome {
  readonly folder = mkdtempSync(join(tmpdir(), "home-"));
  readonly store: ObjectStore = createFolderStore(join(this.folder, "home"));

  async land(day: string, name: string, body: Uint8Array | string): Promise<void> {
    const [system, file] = name.split("/");
    await this.store.put(`landing/${system}/${day}/${file}`, body);
  }

  async night(day: string, options: Partial<IngestRequest> = {}) {
    const scratch = join(this.folder, "scratch");
    const store = options.store ?? this.store;
    await this.store.put(homeKeys.tokenKey, tokenKey, { ifNoneMatch: true, mode: 0o600 });
    if (options.workers === undefined) {
      shared ??= await openIngestPool({
        store: this.store, scratch: workersFolder, log: silentLog,
      });
    }
    const plan = await planNight({ store, day, scratch, log: silentLog });
    return ingestNight({
      store, plan, scratch, log: silentLog,
      ...(options.workers === undefined && shared ? { pool: shared } : {}), ...options,
    });
  }

  /** Ledger rows of a night as `file status read=accepted+rejected+duplicate unchanged`. */
  async ledger(day: string, options: Partial<IngestRequest> = {}): Promise<readonly string[]> {
    const { ledger } = await this.night(day, options);
    return ledger.map((r) => `${r.system}/${r.file_name} ${r.status}` + (r.rows_read === null ? ""
      : ` ${r.rows_read}=${r.rows_accepted}+${r.rows_rejected}+${r.rows_duplicate}` +
        ` u${r.rows_unchanged}`));
  }

  /** Rows of all lake files of one relation as objects, in order of night and export_seq. */
  async rows(relation: string, columns: string): Promise<readonly Record<string, unknown>[]> {
    const keys = (await this.store.list("")).map((o) => o.key)
      .filter((key) => new RegExp(`^(lake|private)/${relation}/.*\\.parquet$`).test(key));
    if (keys.length === 0) return [];
    const root = join(this.folder, "home");
    const db = await openDuckDb({
      threads: 1, memoryLimit: "500MB", tempDir: join(this.folder, "spill"), allowed: [root],
    });
    try {
      const files = keys.map((key) => quoteText(join(root, key))).join(", ");
      const read = await db.connection.runAndReadAll(`SELECT ${columns}
        FROM read_parquet([${files}],
        hive_partitioning = false) ORDER BY known_on, system, export_seq`);
      return read.getRowObjectsJS();
    } finally {
      db.close();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
